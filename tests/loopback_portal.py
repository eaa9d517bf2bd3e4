"""A small portal on loopback for the matcher's tests: a TUF feed built with python-tuf, and the calls a matcher makes.

It knows the publication format from docs/publication-format.md; of the client's code it publishes only the type Row.
"""

import base64
import gzip
import io
import json
import threading
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from secrets import token_hex
from urllib.parse import parse_qs, urlsplit

import pyarrow as pa
import pyarrow.parquet as pq
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from securesystemslib.signer import CryptoSigner
from tuf.api.metadata import (
    DelegatedRole,
    Delegations,
    Metadata,
    MetaFile,
    Root,
    Snapshot,
    TargetFile,
    Targets,
    Timestamp,
)

from matcher_client.feed import Feed
from matcher_client.matcher import Matcher
from matcher_client.reads import Read
from matcher_client.rows import Row
from matcher_client.session import PortalSession
from tests.clocks import TravellingClock

LIST = "ra1b2"
OTHER = "rc3d4"
SITE = "site-1"
FOREVER = 4102444800
BITS = 4
DAY = timedelta(days=1)


def a_row(vrm="AB01CDE", **changes):
    return Row(
        country="GB",
        vrm=vrm,
        ref=f"entry-{vrm}",
        version=f"version-{vrm}",
        category="MIS-H",
        action="STOP",
        priority="HIGH",
        basis="FACT",
        grading="1AP",
        source_type="OFFICER",
        markers="",
        action_text="Stop for welfare.",
        contact="01632 960001",
        response="",
        scope="",
        last_verified_at=1790000000,
        starts_at=None,
        review_by=None,
        expires_at=None,
        lapses_at=None,
    )._replace(**changes)


def a_read(vrm="AB01CDE", **changes):
    content = {
        "vrm": vrm,
        "country": "GB",
        "site": SITE,
        "camera": "north",
        "captured_at": "2026-11-22T12:00:00+00:00",
        "confidence": 0.97,
    }
    return Read.parse({**content, **changes})


def in_service(*sites):
    return dict.fromkeys(sites or [SITE], FOREVER)


def parquet(rows, columns=Row._fields):
    kinds = [pa.int64() if name.endswith("_at") or name == "review_by" else pa.string() for name in columns]
    arrays = [pa.array([getattr(row, name) for row in rows], kind) for name, kind in zip(columns, kinds, strict=True)]
    sink = io.BytesIO()
    table = pa.Table.from_arrays(arrays, schema=pa.schema(list(zip(columns, kinds, strict=True))))
    pq.write_table(table, sink, compression="zstd", row_group_size=2)
    return sink.getvalue()


def a_delta(since, revision, before, after):
    """What leads from one revision's rows to another's."""
    before, after = ({row[:3]: row for row in rows} for rows in (before, after))
    changed = sorted(key for key in before | after if before.get(key) != after.get(key))
    lines = "".join(json.dumps(after.get(key, key)) + "\n" for key in changed)
    return {
        "since": since,
        "revision": revision,
        "changes": len(changed),
        "content": gzip.compress(lines.encode(), mtime=0),
    }


def line(row):
    return "\x1f".join("" if part is None else str(part) for part in row).encode() + b"\n"


def bucket(row, bits=BITS):
    return int.from_bytes(sha256(f"{row.country}\x1f{row.vrm}".encode()).digest(), "big") >> (256 - bits)


def merkle_root(rows, bits=BITS):
    buckets = [sha256(b"".join(line(row) for row in rows if bucket(row, bits) == n)).digest() for n in range(2**bits)]
    level = [sha256(b"\x00" + digest).digest() for digest in buckets]
    while len(level) > 1:
        level = [sha256(b"\x01" + level[n] + level[n + 1]).digest() for n in range(0, len(level), 2)]
    return level[0].hex()


class Keys:
    """The keys of a portal. Feeds share the online ones."""

    def __init__(self):
        self.root = [CryptoSigner.generate_ed25519() for _ in range(3)]
        self.targets, self.snapshot, self.timestamp = (CryptoSigner.generate_ed25519() for _ in range(3))
        self.lists = {}

    def of_list(self, role):
        return self.lists.setdefault(role, CryptoSigner.generate_ed25519())


class TinyFeed:
    """One feed: its files by the path that the portal serves them under."""

    def __init__(self, name, keys):
        self.name = name
        self.keys = keys
        self.files = {}
        self.rows = {}  # (role, revision) -> rows
        self.versions = {"root": 0, "targets": 0, "snapshot": 0, "timestamp": 0}
        self._roles = {}  # role -> (version, metadata bytes)
        self._revisions = {}
        self.undelegated = set()
        self.says_when = True  # timestamps say when they were signed
        self.told_deltas = None  # what the manifest says of deltas instead
        self.root = self.sign_root()

    def sign_root(self):
        self.versions["root"] += 1
        root = Root(version=self.versions["root"], expires=datetime.now(UTC) + 365 * DAY, consistent_snapshot=True)
        for signer in self.keys.root:
            root.add_key(signer.public_key, "root")
        root.roles["root"].threshold = 2
        for role in ("targets", "snapshot", "timestamp"):
            root.add_key(getattr(self.keys, role).public_key, role)
        signed = Metadata(root)
        for signer in self.keys.root[:2]:
            signed.sign(signer, append=True)
        self.files[self._path(f"{self.versions['root']}.root.json")] = signed.to_bytes()
        return signed.to_bytes()

    def publish(
        self, lists, sites=None, *, life=timedelta(minutes=10), custom=None, sites_file=True, where=None, until=FOREVER
    ):
        """Publish rows by role, and sites in service; return the version of the timestamp."""
        expires = datetime.now(UTC).replace(microsecond=0) + 7 * DAY
        for role, rows in lists.items():
            self.publish_list(role, rows, expires, dict((custom or {}).get(role, {})))
        targets = Targets(version=self._next("targets"), expires=expires)
        targets.unrecognized_fields["x-feed"] = self.name
        targets.unrecognized_fields["x-until"] = dict.fromkeys(self.roles(), until) if until else {}
        if sites_file:
            content = json.dumps(
                {"generated_at": int(datetime.now(UTC).timestamp()), "sites": sites or {}, **(where or {})}
            ).encode()
            targets.targets["sites.json"] = self._target("sites.json", content)
        delegated = {
            role: DelegatedRole(role, [], threshold=1, terminating=True, paths=[f"d/{role}/*"]) for role in self.roles()
        }
        targets.delegations = Delegations(keys={}, roles=delegated)
        for role in self.roles():
            targets.add_key(self.keys.of_list(role).public_key, role)
        self._store("targets", Metadata(targets), self.keys.targets)

        snapshot = Snapshot(version=self._next("snapshot"), expires=expires)
        snapshot.unrecognized_fields["x-feed"] = self.name
        snapshot.meta = {"targets.json": MetaFile(self.versions["targets"])}
        for role, version in self._roles.items():
            snapshot.meta[f"{role}.json"] = MetaFile(version)
        self._store("snapshot", Metadata(snapshot), self.keys.snapshot)
        return self.sign_timestamp(life)

    def roles(self):
        return [role for role in self._roles if role not in self.undelegated]

    def forget(self, role):
        """Leave a role out of snapshots too, which TUF does not allow."""
        del self._roles[role]

    def sign_timestamp(self, life=timedelta(minutes=10)):
        expires = datetime.now(UTC).replace(microsecond=0) + life
        timestamp = Timestamp(version=self._next("timestamp"), expires=expires)
        timestamp.unrecognized_fields["x-feed"] = self.name
        if self.says_when:
            timestamp.unrecognized_fields["x-at"] = int(datetime.now(UTC).timestamp())
        timestamp.snapshot_meta = MetaFile(self.versions["snapshot"])
        signed = Metadata(timestamp)
        signed.sign(self.keys.timestamp)
        self.files[self._path("timestamp.json")] = signed.to_bytes()
        return self.versions["timestamp"]

    def publish_list(self, role, rows, expires, changes):
        content = changes.pop("content", None)
        whole = changes.pop("whole", None)  # (revision, its rows), when the file is of an earlier one
        deltas = changes.pop("deltas", [])  # of a_delta
        rows = sorted(rows, key=lambda row: (row.country, row.vrm, row.ref))
        previous = self._revisions.get(role, 0)
        manifest = {
            "format": 4,
            "revision": previous + 1,
            "previous_revision": previous,
            "rows": len(rows),
            "bucket_bits": BITS,
            "root": merkle_root(rows),
            "generated_at": int(datetime.now(UTC).timestamp()),
            "list_lapses_at": None,
            "offline_life": 86400,
            "marking": "OFFICIAL-SENSITIVE",
            "standards_profile": "test",
            "title": "Test list",
            "terminal": False,
            "rows_verified_at": None,
            "full_revision": whole[0] if whole else changes.get("revision", previous + 1),
            "deltas": [{name: delta[name] for name in ("since", "revision", "changes")} for delta in deltas],
            **changes,
        }
        if self.told_deltas is not None:
            manifest["deltas"] = self.told_deltas
        self._revisions[role] = previous + 1
        self.rows[role, manifest["revision"]] = rows
        path = f"d/{role}/full.parquet"
        in_file = sorted(whole[1], key=lambda row: row[:3]) if whole else rows
        target = self._target(path, parquet(in_file) if content is None else content)
        target.unrecognized_fields["custom"] = manifest
        targets = Targets(version=self._roles.get(role, 0) + 1, expires=expires)
        targets.targets[path] = target
        for delta in deltas:
            path = f"d/{role}/{delta['revision']}.delta.jsonl.gz"
            targets.targets[path] = self._target(path, delta["content"])
        self._roles[role] = targets.version
        self._store(role, Metadata(targets), self.keys.of_list(role), targets.version)

    def _target(self, path, content):
        target = TargetFile.from_data(path, content, ["sha256"])
        folder, _, name = path.rpartition("/")
        self.files[f"/publication/targets/{folder}{'/' if folder else ''}{target.hashes['sha256']}.{name}"] = content
        return target

    def _store(self, role, signed, signer, version=None):
        signed.sign(signer)
        self.files[self._path(f"{version or self.versions[role]}.{role}.json")] = signed.to_bytes()

    def _next(self, role):
        self.versions[role] += 1
        return self.versions[role]

    def _path(self, name):
        return f"/publication/{self.name}/metadata/{name}"


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        """A matcher that is killed hangs up in the middle of an answer: that is what the test wanted."""


class LoopbackPortal:
    """Serves one feed to one machine client and keeps what the matcher posts."""

    def __init__(self, feed):
        self.feed = feed
        self.files = {}  # what an attacker serves instead
        self.asked = []
        self.secret = token_hex(8)
        self.code = token_hex(8)
        self.tokens = set()
        self.token_status = 200
        self.public_key = None
        self.challenges = {}
        self.buckets = list(range(2**BITS))
        self.receipts = []
        self.hits = {}
        self.hit_posts = 0
        self.hit_status = 201
        self.loses_answers = False
        self.sign_ins = 0
        self.is_down = False
        self.published = threading.Condition()
        self.server = Server(("127.0.0.1", 0), make_handler(self))
        threading.Thread(target=self.server.serve_forever, args=[0.05], daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        self.metadata_url = f"{self.url}/publication/{feed.name}/metadata/"
        self.targets_url = f"{self.url}/publication/targets/"

    def publish(self, *args, **kwargs):
        with self.published:
            version = self.feed.publish(*args, **kwargs)
            self.published.notify_all()
        return version

    @contextmanager
    def down(self):
        self.is_down = True
        try:
            yield
        finally:
            self.is_down = False

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    # What the portal does

    def token(self, handler, _body):
        if self.token_status != 200:
            return self.token_status, {"error": "invalid_request"}
        scheme, _, credentials = handler.headers.get("Authorization", "").partition(" ")
        if scheme != "Basic" or base64.b64decode(credentials).decode() != f"matcher-1:{self.secret}":
            return 401, {"error": "invalid_client"}
        self.sign_ins += 1
        token = token_hex(8)
        self.tokens.add(token)
        return 200, {"access_token": token, "expires_in": 300, "token_type": "Bearer", "scope": "matcher"}

    def wait(self, query):
        seen = int(query["seen"][0])
        with self.published:
            self.published.wait_for(lambda: self.feed.versions["timestamp"] > seen, timeout=2)
        return 200, {"timestamp": self.feed.versions["timestamp"]}

    def enrol(self, content):
        if content["code"] != self.code:
            return 409, {"title": "Conflict", "detail": "This code is spent."}
        self.code = None
        self.public_key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(content["public_key"]))
        return 201, {"matcher": "m1"}

    def challenge(self, content):
        number, nonce = token_hex(8), token_hex(16)
        self.challenges[number] = (content["hotlist"], content["revision"], nonce)
        return 201, {"id": number, "nonce": nonce, "buckets": self.buckets}

    def receipt(self, content):
        role, revision, nonce = self.challenges.pop(content["challenge"])
        signature = bytes.fromhex(content.pop("signature"))
        signed = json.dumps({**content, "matcher": "m1"}, sort_keys=True, separators=(",", ":")).encode()
        try:
            self.public_key.verify(signature, signed)
        except InvalidSignature:
            return 422, {"title": "Unprocessable", "detail": "The signature is not right."}
        rows = self.feed.rows[role, revision]
        expected = {
            str(n): sha256(bytes.fromhex(nonce) + b"".join(line(row) for row in rows if bucket(row) == n)).hexdigest()
            for n in self.buckets
        }
        is_right = content["buckets"] == expected and content["rows"] == len(rows)
        self.receipts.append({**content, "is_right": is_right})
        return 201, {"id": token_hex(4), "is_right": is_right, "recalls_closed": 0}

    def hit(self, content):
        self.hit_posts += 1
        if self.hit_status != 201:
            return self.hit_status, {"title": "No", "detail": "Not now."}
        is_known = content["reference"] in self.hits
        self.hits[content["reference"]] = content
        if self.loses_answers:
            self.loses_answers = False
            return None
        return (200 if is_known else 201), {"id": "h1"}


def make_handler(portal):
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # head and body go out apart, and would wait for each other

        def do_GET(self):
            if portal.is_down:
                return self.hang_up()
            if not self.is_signed_in():
                return self.answer(401, b"{}")
            url = urlsplit(self.path)
            portal.asked.append(url.path)
            if url.path == f"/publication/{portal.feed.name}/wait":
                return self.json(portal.wait(parse_qs(url.query)))
            content = portal.files.get(url.path, portal.feed.files.get(url.path))
            return self.answer(404, b"") if content is None else self.answer(200, content)

        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if portal.is_down:
                return self.hang_up()
            if self.path == "/oauth/token/":
                return self.json(portal.token(self, body))
            if not self.is_signed_in():
                return self.answer(401, b"{}")
            verb = {
                "/api/v1/matchers/enrol/": portal.enrol,
                "/api/v1/challenges/": portal.challenge,
                "/api/v1/receipts/": portal.receipt,
                "/api/v1/hits/": portal.hit,
            }[self.path]
            return self.json(verb(json.loads(body)))

        def is_signed_in(self):
            return self.headers.get("Authorization", "").removeprefix("Bearer ") in portal.tokens

        def json(self, answer):
            if answer is None:
                return self.hang_up()
            return self.answer(answer[0], json.dumps(answer[1]).encode())

        def answer(self, status, content):
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def hang_up(self):
            self.close_connection = True

        def log_message(self, *_):
            pass

    return Handler


@contextmanager
def a_portal(feed=None):
    """A portal on loopback that has published nothing yet."""
    portal = LoopbackPortal(feed or TinyFeed("0a0b0c", Keys()))
    try:
        yield portal
    finally:
        portal.close()


KEPT_KEY = bytes(range(32))  # as from a file: the next start has it too


@contextmanager
def matchers_of(portal, state):
    """A way to start matchers on one state directory, one after the other, as a machine does when it starts again."""
    sessions = []

    def make(store=None, **options):
        session = PortalSession(portal.url, "matcher-1", options.pop("secret", portal.secret))
        sessions.append(session)
        state.mkdir(exist_ok=True)
        options.setdefault("clock", TravellingClock())
        key = options.pop("key", KEPT_KEY)
        feed = Feed(session, portal.metadata_url, portal.targets_url, portal.feed.root, state, key)
        matcher = Matcher(session, feed, state, store=store, enrol_code=portal.code or "", **options)
        matcher.load_held()
        return matcher

    try:
        yield make
    finally:
        for session in sessions:
            session.close()
