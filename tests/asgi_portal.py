"""The portal behind a live ASGI server, as it is served: for what streams and for browsers that watch it."""

import threading
import time

import pytest
import uvicorn
from django.contrib.staticfiles.handlers import ASGIStaticFilesHandler
from django.core.asgi import get_asgi_application


@pytest.fixture
def asgi_portal(transactional_db):
    """The address of a portal that runs in a thread of this process, on the test's own database and Redis."""
    config = uvicorn.Config(
        ASGIStaticFilesHandler(get_asgi_application()), port=0, log_level="warning", lifespan="off",
        timeout_graceful_shutdown=1,
    )  # fmt: skip
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 20
    while not server.started and time.monotonic() < deadline:
        time.sleep(0.02)
    assert server.started
    yield f"http://localhost:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join(10)
