"""What a token may carry: a machine is given no scope that its own row does not name."""

from typing import Any

from oauth2_provider.oauth2_validators import OAuth2Validator

from accounts.credentials import signs_in
from accounts.models import MachineClient


class ScopesOfTheMachine(OAuth2Validator):
    """Asked for none, a token carries all that its machine may; asked for more, it is refused (invalid_scope)."""

    def validate_scopes(
        self, client_id: str, scopes: list[str], client: Any, request: Any, *args: Any, **kwargs: Any
    ) -> bool:
        """Whether all of them are the machine's."""
        return set(scopes) <= set(_scopes_of(client)) and super().validate_scopes(
            client_id, scopes, client, request, *args, **kwargs
        )

    def _check_secret(self, provided_secret: str, stored_secret: str) -> bool:
        """The machine's secret, or the one that was issued to take its place."""
        machine = MachineClient.objects.filter(application__client_secret=stored_secret).first()
        if machine is None:
            return super()._check_secret(provided_secret, stored_secret)
        return signs_in(machine, provided_secret, stored=stored_secret)

    def get_default_scopes(self, client_id: str, request: Any, *args: Any, **kwargs: Any) -> list[str]:
        """All of the machine's."""
        return _scopes_of(request.client)


def _scopes_of(application: Any) -> list[str]:
    machine = MachineClient.objects.filter(pk=application.pk, is_active=True).first()
    return machine.scopes.split() if machine else []
