"""The signed-in connection to the portal: one token, renewed once when it is refused."""

from collections.abc import Generator
from typing import Any

import httpx

TIMEOUT = httpx.Timeout(20, connect=5)


class Answered(Exception):
    """The portal answered, and the answer was no."""

    def __init__(self, status: int, words: str):
        super().__init__(f"The portal answered {status}: {words}")
        self.status = status


class NotSignedIn(Answered):
    """The portal did not take the secret: nothing was asked yet, so it said nothing of that."""


class SilentPortal(Exception):
    """The portal did not answer."""


class ClientCredentials(httpx.Auth):
    """Signs a machine in by OAuth 2 client credentials."""

    def __init__(self, token_url: str, client_id: str, client_secret: str):
        self._token_url = token_url
        self._basic = httpx.BasicAuth(client_id, client_secret)
        self._token = ""

    def sync_auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        if not self._token:
            yield from self._sign_in()
        request.headers["Authorization"] = f"Bearer {self._token}"
        response = yield request
        if response.status_code == 401:
            yield from self._sign_in()
            request.headers["Authorization"] = f"Bearer {self._token}"
            yield request

    def _sign_in(self) -> Generator[httpx.Request, httpx.Response, None]:
        form = {"grant_type": "client_credentials", "scope": "matcher"}
        request = next(self._basic.auth_flow(httpx.Request("POST", self._token_url, data=form)))
        response = yield request
        response.read()
        if response.status_code != 200:
            self._token = ""
            raise NotSignedIn(response.status_code, f"signing in failed. {problem_words(response)}")
        try:
            self._token = str(response.json()["access_token"])
        except (ValueError, KeyError, TypeError) as error:
            raise NotSignedIn(response.status_code, "signing in gave no token.") from error


class PortalSession:
    """Calls to the portal, each with the matcher's token."""

    def __init__(self, portal: str, client_id: str, client_secret: str):
        self.portal = portal.rstrip("/")
        credentials = ClientCredentials(f"{self.portal}/oauth/token/", client_id, client_secret)
        self.http = httpx.Client(auth=credentials, timeout=TIMEOUT)

    def get(self, url: str, *, seconds: float | None = None) -> dict[str, Any]:
        """The JSON object at `url`. Raises Answered or SilentPortal."""
        return self._call("GET", url, timeout=TIMEOUT if seconds is None else httpx.Timeout(seconds, connect=5))

    def post(self, path: str, content: dict[str, Any]) -> dict[str, Any]:
        """What the portal answers to `content` posted as JSON. Raises Answered or SilentPortal."""
        return self._call("POST", f"{self.portal}{path}", json=content)

    def sign_in(self) -> None:
        """Sign in, and nothing else. Raises Answered or SilentPortal."""
        try:
            self.http.get(f"{self.portal}/healthz")
        except httpx.HTTPError as error:
            raise SilentPortal(str(error)) from error

    def close(self) -> None:
        self.http.close()

    def _call(self, method: str, url: str, **options: Any) -> dict[str, Any]:
        try:
            response = self.http.request(method, url, **options)
            if not response.is_success:
                raise Answered(response.status_code, problem_words(response))
            answer = response.json()
        except (httpx.HTTPError, ValueError) as error:
            raise SilentPortal(f"The portal did not answer: {type(error).__name__}.") from error
        if not isinstance(answer, dict):
            raise SilentPortal("The portal answered with something that is no JSON object.")
        return answer


def problem_words(response: httpx.Response) -> str:
    """The title and detail of an RFC 9457 problem, or the status line's reason."""
    try:
        problem = response.json()
        words = [str(problem[key]) for key in ("title", "detail") if problem.get(key)]
    except (ValueError, AttributeError):
        words = []
    return " ".join(words) or response.reason_phrase
