"""Proving to the portal what is held: enrolment with our own key, challenges, signed answers."""

import json
from pathlib import Path
from typing import Any

from matcher_client.rows import receipt_message
from matcher_client.session import Answered, PortalSession
from matcher_client.state import own_key, write_whole
from matcher_client.store import Store


class Identity:
    """This matcher as the portal knows it: its number there and the key enrolled for it."""

    def __init__(self, state: Path):
        self._path = state / "matcher.json"
        self._key = own_key(state / "key")
        self.matcher: str | None = json.loads(self._path.read_bytes())["matcher"] if self._path.exists() else None

    def enrol(self, session: PortalSession, code: str) -> None:
        """Register our public key with the one-time `code`. Raises Answered or SilentPortal."""
        public = self._key.public_key().public_bytes_raw().hex()
        answer = session.post("/api/v1/matchers/enrol/", {"code": code, "public_key": public})
        matcher = answer.get("matcher")
        if not isinstance(matcher, str | int):
            raise Answered(201, "the answer to enrolment names no matcher.")
        self.matcher = str(matcher)
        write_whole(self._path, json.dumps({"matcher": self.matcher}).encode())

    def sign(self, fields: dict[str, Any]) -> str:
        """The signature over a receipt's fields, in hexadecimal."""
        return self._key.sign(receipt_message(fields)).hex()


def give_receipt(
    session: PortalSession, identity: Identity, store: Store, role: str, seen: dict[str, str]
) -> dict[str, Any] | None:
    """Ask for a challenge about a list, answer it from the store, and say what the portal made of the answer. `seen`: what
    of the portal's log the receipt bears witness to.

    None when the list became another meanwhile: then there is something else to prove. Raises Answered or SilentPortal.
    """
    held = store.lists.get(role)
    if held is None:
        return None
    revision = held.manifest.revision
    challenge = session.post("/api/v1/challenges/", {"hotlist": role, "revision": revision})
    try:
        nonce, number = bytes.fromhex(challenge["nonce"]), challenge["id"]
        buckets = [int(bucket) for bucket in challenge["buckets"]]
    except (KeyError, TypeError, ValueError) as error:
        raise Answered(201, "the challenge cannot be read.") from error
    try:
        answers = {str(bucket): store.answer(role, nonce, bucket) for bucket in buckets}
    except LookupError:  # a bucket that is none, or a list that is gone
        answers = {}
    now = store.lists.get(role)
    if now is None or now.manifest.revision != revision:
        return None
    receipt = {
        "challenge": number,
        "hotlist": role,
        "revision": revision,
        "rows": store.count(role),
        "buckets": answers,
        "applied_at": held.applied_at,
        **seen,
    }
    signature = identity.sign({**receipt, "matcher": identity.matcher})
    answer = session.post("/api/v1/receipts/", {**receipt, "signature": signature})
    return {
        "id": answer.get("id"),
        "revision": revision,
        "is_right": answer.get("is_right") is True,
        "recalls_closed": answer.get("recalls_closed", 0),
    }
