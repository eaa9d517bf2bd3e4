"""Where cameras post their reads and operators ask after the matcher's health."""

import json
import logging
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from matcher_client.matcher import Matcher
from matcher_client.reads import Read

log = logging.getLogger(__name__)

LARGEST_BODY = 4 * 1024 * 1024


class Listener(ThreadingHTTPServer):
    """Serves one matcher. Meant for a network that only cameras can reach: it asks nobody who they are."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, address: tuple[str, int], matcher: Matcher):
        super().__init__(address, Handler)
        self.matcher = matcher


class Handler(BaseHTTPRequestHandler):
    """POST /reads and GET /health."""

    protocol_version = "HTTP/1.1"
    timeout = 60
    disable_nagle_algorithm = True  # head and body go out apart, and would wait for each other
    server: Listener

    def do_GET(self) -> None:
        if self.path != "/health":
            self._problem(404, "Not found", "There is /health and there is /reads.")
            return
        self._answer(200, self.server.matcher.health())

    def do_POST(self) -> None:
        length = int(length) if (length := self.headers.get("Content-Length", "")).isdecimal() else -1
        if not 0 <= length <= LARGEST_BODY:
            self.close_connection = True  # what was not read would be taken for the next request
            self._problem(413, "Too large", f"Send at most {LARGEST_BODY} bytes, with their Content-Length.")
            return
        body = self.rfile.read(length)
        if self.path != "/reads":
            self._problem(404, "Not found", "There is /health and there is /reads.")
            return
        try:
            content = json.loads(body)
        except ValueError:
            self._problem(400, "Not JSON", "Reads are a JSON object or a list of them.")
            return
        self._take(content if isinstance(content, list) else [content])

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
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing is logged of a request: it would be a trace of a read."""
