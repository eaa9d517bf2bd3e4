"""Addresses. Each room keeps its own: `urlpatterns` for pages, `api_urlpatterns` for what stands under /api/v1/."""

from importlib import import_module

from allauth.account import views as account
from allauth.socialaccount import views as socialaccount
from django.apps import apps
from django.urls import URLPattern, URLResolver, include, path
from django.utils.module_loading import module_has_submodule
from drf_spectacular.views import SpectacularAPIView
from oauth2_provider.views import TokenView

from portal import health, style, views

handler400 = "portal.views.bad_request"
handler403 = "portal.views.forbidden"
handler404 = "portal.views.not_found"
handler500 = "portal.views.server_error"

# Top floor first: the home page and the public pages are asked for most.
ROOMS = (
    "oversight", "scrutiny", "hits", "matchers", "hotlists", "camera_sites", "retention", "accounts", "standards", "audit",
)  # fmt: skip

pages: list[URLPattern | URLResolver] = []
api: list[URLPattern | URLResolver] = [path("schema/", SpectacularAPIView.as_view(), name="api_schema")]
for room in ROOMS:
    if module_has_submodule(apps.get_app_config(room).module, "urls"):
        urls = import_module(f"{room}.urls")
        pages += urls.urlpatterns
        api += getattr(urls, "api_urlpatterns", [])

# Of allauth's addresses only these: accounts are made by an administrator, who also sets a forgotten password.
entrance = [
    path("login/", account.login, name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("password/change/", account.password_change, name="account_change_password"),
    path("2fa/", include("allauth.mfa.urls")),
    path("3rdparty/login/cancelled/", socialaccount.login_cancelled, name="socialaccount_login_cancelled"),
    path("3rdparty/login/error/", socialaccount.login_error, name="socialaccount_login_error"),
    path(
        "3rdparty/signup/", socialaccount.signup, name="socialaccount_signup"
    ),  # says that accounts are made for people
    path("", include("allauth.socialaccount.providers.openid_connect.urls")),
]

urlpatterns = [
    *pages,
    path("accounts/", include(entrance)),
    path("api/v1/", include(api)),
    path("oauth/token/", TokenView.as_view(), name="oauth_token"),  # machines only: no other OAuth flow has an address
    path("healthz", health.healthz, name="healthz"),
    path("accessibility/", views.accessibility, name="accessibility"),
    path("style/", style.style, name="style"),
]
