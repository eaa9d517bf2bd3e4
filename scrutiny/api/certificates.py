"""The annual certification over the API."""

from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.authentication import PEOPLE_ONLY, Has, actor
from portal.idempotency import idempotent
from portal.policies import require
from scrutiny import actions, policies
from scrutiny.models import Area, Certificate


class AnnualCertificateSerializer(serializers.ModelSerializer):
    """One area's year, as it was signed."""

    class Meta:
        model = Certificate
        fields = ("id", "year", "area", "figures", "policy", "violations", "signed_by", "signed_at")


class SignSerializer(serializers.Serializer):
    """What whoever signs says of one area's year."""

    year = serializers.IntegerField(min_value=2000, max_value=2199)
    area = serializers.ChoiceField(Area.choices)
    policy = serializers.CharField(max_length=1000)
    violations = serializers.CharField(max_length=1000)


class CertificateList(generics.ListAPIView):
    """Certificates; POST signs one."""

    permission_classes = (Has,)
    machine_scopes = PEOPLE_ONLY
    serializer_class = AnnualCertificateSerializer

    def get_queryset(self):
        """All of them."""
        if getattr(self, "swagger_fake_view", False):
            return Certificate.objects.none()
        require(policies.may_see_certificates(actor(self.request)))
        return Certificate.objects.order_by("-id")

    @extend_schema(request=SignSerializer, responses={201: AnnualCertificateSerializer})
    @idempotent
    def post(self, request: Request) -> Response:
        """Signs a year that is over; the figures are those of this moment."""
        given = SignSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        made = actions.sign_certificate(by=actor(request), **given.validated_data)
        return Response(AnnualCertificateSerializer(made).data, status=status.HTTP_201_CREATED)
