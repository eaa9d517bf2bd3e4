"""Where cameras post their reads and operators ask after the matcher's health."""

import hmac
import ipaddress
import json
import logging
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from matcher_client.matcher import Matcher
from matcher_client.reads import Read

log = logging.getLogger(__name__)

LARGEST_BODY = 4 * 1024 * 1024
MOST_DIGITS = 9  # of its length
MOST_CONNECTIONS = 256  # each has a thread; a camera keeps one open


class Open(Exception):
    """Anybody on a network could post reads: the matcher does not start so."""


class Listener(ThreadingHTTPServer):
    """Serves one matcher, and whoever has the token where there is one. Raises Open where one is needed and there is none."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, address: tuple[str, int], matcher: Matcher, token: str = "", most: int = MOST_CONNECTIONS):
        if not token and not is_loopback(address[0]):
            raise Open(f"{address[0]} can be reached from other machines: give those that may post a token.")
        super().__init__(address, Handler)
        self.matcher = matcher
        self.token = token
        self._places = threading.BoundedSemaphore(most)

    def process_request(self, request: Any, client_address: Any) -> None:
        """In a thread of its own, or not at all when too many are at it."""
        if self._places.acquire(blocking=False):
            super().process_request(request, client_address)
            return
        try:
            request.sendall(b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n")
        except OSError:
            log.debug("Who was turned away had gone.")
        self.shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """As the server does, and makes place again."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._places.release()


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches what listens there."""
    found = {information[4][0] for information in socket.getaddrinfo(host, None)}
    return all(ipaddress.ip_address(address).is_loopback for address in found)


class Handler(BaseHTTPRequestHandler):
    """POST /reads and GET /health."""

    protocol_version = "HTTP/1.1"
    timeout = 60
    disable_nagle_algorithm = True  # head and body go out apart, and would wait for each other
    server: Listener

    def do_GET(self) -> None:
        if not self._may():
            return
        if self.path != "/health":
            self._problem(404, "Not found", "There is /health and there is /reads.")
            return
        self._answer(200, self.server.matcher.health())

    def do_POST(self) -> None:
        told = self.headers.get("Content-Length", "")
        length = int(told) if told.isdecimal() and len(told) <= MOST_DIGITS else -1
        if not 0 <= length <= LARGEST_BODY:
            self.close_connection = True  # what was not read would be taken for the next request
            self._problem(413, "Too large", f"Send at most {LARGEST_BODY} bytes, with their Content-Length.")
            return
        body = self.rfile.read(length)
        if not self._may():
            return
        if self.path != "/reads":
            self._problem(404, "Not found", "There is /health and there is /reads.")
            return
        try:
            content = json.loads(body)
        except (ValueError, RecursionError):
            self._problem(400, "Not JSON", "Reads are a JSON object or a list of them.")
            return
        self._take(content if isinstance(content, list) else [content])

    def _may(self) -> bool:
        """Whether who asks has the token; if not, it is said."""
        token, given = self.server.token, self.headers.get("Authorization", "")
        if not token or hmac.compare_digest(given.encode(), f"Bearer {token}".encode()):
            return True
        self._problem(401, "No right token", "Send the token of this matcher: Authorization: Bearer …")
        return False

    def _take(self, contents: list[Any]) -> None:
        reads, problems = [], []
        for index, content in enumerate(contents):
            try:
                reads.append(Read.parse(content))
            except ValueError as error:
                problems.append({"index": index, "detail": str(error)})
        hits = self.server.matcher.match(reads)
        if problems and not reads:
            self._answer(
                400, {"title": "No read could be taken", "detail": problems[0]["detail"], "problems": problems}
            )
            return
        self._answer(200, {"reads": len(reads), "hits": hits, "problems": problems})

    def _problem(self, status: int, title: str, detail: str) -> None:
        self._answer(status, {"title": title, "detail": detail})

    def _answer(self, status: int, content: dict[str, Any]) -> None:
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json" if status < 400 else "application/problem+json")
        self.send_header("Content-Length", str(len(body)))
        if status == 401:
            self.send_header("WWW-Authenticate", "Bearer")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing is logged of a request: it would be a trace of a read."""
