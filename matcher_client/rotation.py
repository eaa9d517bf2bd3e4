"""Changing the secret by which a matcher signs in, without a moment at which neither works."""

import os
from pathlib import Path

from matcher_client.session import PortalSession


def rotate(portal: str, client_id: str, secret_file: Path) -> None:
    """Have another secret issued, write it to the file and sign in by it, which ends the old.

    Raises Answered or SilentPortal; killed or refused at any step, the file holds a secret that works.
    """
    session = PortalSession(portal, client_id, secret_file.read_text().strip())
    try:
        secret = str(session.post("/api/v1/matchers/own/secret/", {})["client_secret"])
    finally:
        session.close()
    part = secret_file.with_name(f"{secret_file.name}.part")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(secret)
        file.flush()
        os.fsync(file.fileno())
    part.replace(secret_file)
    session = PortalSession(portal, client_id, secret)
    try:
        session.sign_in()
    finally:
        session.close()
