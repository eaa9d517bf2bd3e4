"""A network that cannot be relied on, on loopback: drops, delays and cuts off what passes, by a seed."""

import random
import socket
import threading
import time
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

ILLS = ("drop", "delay", "truncate", "stall")
CONNECTION_BYTES = 60_000  # then the next connection, which may suffer something else


class BadNetwork:
    """Passes connections on to one address; each connection may suffer one ill."""

    def __init__(self, upstream, seed, share=0.6):
        self.upstream = upstream
        self.random = random.Random(seed)
        self.share = share
        self.suffered = dict.fromkeys(ILLS, 0)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        with suppress(OSError):
            while True:
                client, _ = self.listener.accept()
                ill = self.random.choice(ILLS) if self.random.random() < self.share else ""
                cut = self.random.randrange(20, 30_000)
                threading.Thread(target=self.carry, args=[client, ill, cut], daemon=True).start()

    def carry(self, client, ill, cut):
        if ill:
            self.suffered[ill] += 1
        with client, suppress(OSError):
            if ill == "drop":
                return
            with socket.create_connection(self.upstream, timeout=30) as server:
                threading.Thread(target=self.pump, args=[client, server], daemon=True).start()
                try:
                    self.pass_back(server, client, ill, cut)
                finally:
                    for end in (client, server):  # closing alone would wait for whoever reads from it
                        with suppress(OSError):
                            end.shutdown(socket.SHUT_RDWR)

    def pass_back(self, server, client, ill, cut):
        passed = 0
        while data := server.recv(4096):
            if ill == "delay":
                time.sleep(0.05)
            if ill in ("truncate", "stall") and passed + len(data) > cut:
                client.sendall(data[: cut - passed])
                time.sleep(0.3 if ill == "stall" else 0)
                return
            client.sendall(data)
            passed += len(data)
            if passed > CONNECTION_BYTES:
                return

    def pump(self, client, server):
        with suppress(OSError):
            while data := client.recv(4096):
                server.sendall(data)


@contextmanager
def bad_network(url, seed, share=0.6):
    """A bad network in front of the server at `url`."""
    parts = urlsplit(url)
    network = BadNetwork((parts.hostname, parts.port), seed, share)
    try:
        yield network
    finally:
        network.listener.close()
