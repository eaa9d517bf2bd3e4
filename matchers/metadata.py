"""The TUF documents, signed: each function takes facts and gives bytes. What they mean is in docs/publication-format.md."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from securesystemslib.signer import Key, Signer
from tuf.api.metadata import (
    DelegatedRole,
    Delegations,
    Metadata,
    MetaFile,
    Signed,
    Snapshot,
    TargetFile,
    Targets,
    Timestamp,
)

from matchers import keys

UNTIL_FIELD = "x-until"  # role -> the second at which the matcher drops the list by itself
LOG_FIELD = "x-log"  # the newest checkpoint of the audit log: matchers are its witnesses
AT_FIELD = "x-at"  # when a timestamp was signed: no matcher's clock can be right that is earlier
FEED_FIELD = "x-feed"  # signed inside: feeds share keys, and TUF alone does not stop one feed's document in another


def targets(
    feed: str, version: int, expires_at: dt.datetime, roles: Mapping[str, Key], files: Iterable[TargetFile] = (),
    *, until: Mapping[str, int],
) -> bytes:  # fmt: skip
    """A feed's targets: it names the feed's lists, and no list beside them; and until when each is given."""
    signed = Targets(version=version, expires=_whole(expires_at), targets={file.path: file for file in files})
    signed.unrecognized_fields[FEED_FIELD] = feed
    signed.unrecognized_fields[UNTIL_FIELD] = dict(until)
    signed.delegations = Delegations(
        keys={key.keyid: key for key in roles.values()},
        roles={
            name: DelegatedRole(name, [key.keyid], threshold=1, terminating=True, paths=[f"d/{name}/*"])
            for name, key in roles.items()
        },
    )
    return _signed(signed, keys.online("targets"))


def list_role(
    role: str, version: int, expires_at: dt.datetime, *, sha256: str, length: int, manifest: Any, key_id: str,
    deltas: Iterable[TargetFile] = (),
) -> bytes:  # fmt: skip
    """One list: the whole file of its rows with its manifest, at a constant path, and the deltas that follow that file."""
    path = f"d/{role}/full.parquet"
    whole = TargetFile(length, {"sha256": sha256}, path, {"custom": manifest})
    files = {each.path: each for each in (whole, *deltas)}
    signed = Targets(version=version, expires=_whole(expires_at), targets=files)
    return _signed(signed, keys.of_list(role, key_id))


def snapshot(feed: str, version: int, expires_at: dt.datetime, versions: Mapping[str, int]) -> bytes:
    """Which versions of a feed's documents belong together, so that no old list passes beside a new one."""
    signed = Snapshot(
        version=version,
        expires=_whole(expires_at),
        meta={f"{name}.json": MetaFile(number) for name, number in versions.items()},
    )
    signed.unrecognized_fields[FEED_FIELD] = feed
    return _signed(signed, keys.online("snapshot"))


def timestamp(
    feed: str, version: int, expires_at: dt.datetime, snapshot_version: int, *, at: dt.datetime, signer: Signer | None = None,
    log: str = "",
) -> bytes:  # fmt: skip
    """That the snapshot is the newest there is at this moment, and for a few minutes; and how the audit log stands. A signer
    that was found before need not be sought."""
    signed = Timestamp(version=version, expires=_whole(expires_at), snapshot_meta=MetaFile(snapshot_version))
    signed.unrecognized_fields |= {FEED_FIELD: feed, AT_FIELD: int(at.timestamp())}
    if log:
        signed.unrecognized_fields[LOG_FIELD] = log
    return _signed(signed, signer or keys.online("timestamp"))


def file(path: str, *, sha256: str, length: int) -> TargetFile:
    """A file that a document names."""
    return TargetFile(length, {"sha256": sha256}, path)


def _signed(signed: Signed, *signers: Signer) -> bytes:
    document = Metadata(signed)
    for signer in signers:
        document.sign(signer, append=True)
    return document.to_bytes()


def _whole(moment: dt.datetime) -> dt.datetime:
    return moment.astimezone(dt.UTC).replace(microsecond=0)
