"""One feed of the portal, read through the TUF client: verified, of one moment, and ours."""

import json
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import urljoin, urlsplit

import pyarrow as pa
from tuf.api.exceptions import DownloadError, LengthOrHashMismatchError, RepositoryError
from tuf.api.metadata import Metadata, Root, TargetFile, Targets, Timestamp
from tuf.ngclient import Updater

from matcher_client import whole
from matcher_client.at_rest import AtRest
from matcher_client.deltas import Step
from matcher_client.fetcher import PortalFetcher
from matcher_client.held import DeltaFile, Files
from matcher_client.manifest import Manifest
from matcher_client.refusals import FORMAT, Refused, explained
from matcher_client.scope import direction_of
from matcher_client.session import PortalSession
from matcher_client.store import Where
from matcher_client.witness import read_log

SITES = "sites.json"


@dataclass(frozen=True, slots=True)
class PublishedList:
    """One list of a publication: its role, its manifest, the file that holds its rows, and until when it is given to us."""

    role: str
    manifest: Manifest
    target: TargetFile
    until: int | None  # None only of a list that was taken away


@dataclass(frozen=True, slots=True)
class Publication:
    """Everything that one snapshot of a feed holds. `sites` maps a site to the moment it goes out of service."""

    timestamp_version: int
    timestamp_at: int  # when it was signed; 0 when that is not told
    timestamp_expires: int
    timestamp_keys: tuple[str, ...]  # which the root names; others, after a theft, begin to count anew
    keys_note: str  # what the root says of its own keys: that they are for show
    log: str  # the newest checkpoint of the portal's log; empty when none is told
    lists: tuple[PublishedList, ...]
    sites: dict[str, int]
    where: Where
    updater: Updater


class Feed:
    """A feed at its two addresses, with the TUF client's cache of it under `state`."""

    def __init__(
        self,
        session: PortalSession,
        metadata_url: str,
        targets_url: str,
        root: bytes,
        state: Path,
        key: bytes | None = None,
    ):
        self.metadata_url = metadata_url if metadata_url.endswith("/") else f"{metadata_url}/"
        self.name = feed_name(self.metadata_url)
        self.wait_url = urljoin(self.metadata_url, "../wait")
        self._targets_url = targets_url
        self._root = root
        self.at_rest = AtRest(self.name, key)
        self._writing = ""  # what prune leaves alone
        self._metadata = state / "tuf"
        self._targets = state / "targets"
        self._fetcher = PortalFetcher(session, self.name)
        for folder in (self._metadata, self._targets):
            folder.mkdir(parents=True, exist_ok=True)

    def refresh(self, newest_known: int = 0) -> Publication:
        """The feed's newest publication, verified, when its timestamp is no wild leap from the newest known. Raises Refused
        or Unreachable."""
        self._fetcher.newest_known = newest_known
        with self._in_our_words():
            updater = Updater(
                metadata_dir=str(self._metadata),
                metadata_base_url=self.metadata_url,
                target_dir=str(self._targets),
                target_base_url=self._targets_url,
                fetcher=self._fetcher,
                bootstrap=self._root,
            )
            updater.refresh()
            # These files were verified just now; they name the roles, which the client does not tell.
            root = Metadata[Root].from_file(str(self._metadata / "root.json")).signed
            timestamp = Metadata[Timestamp].from_file(str(self._metadata / "timestamp.json")).signed
            targets = Metadata[Targets].from_file(str(self._metadata / "targets.json")).signed
            roles = list(targets.delegations.roles or {}) if targets.delegations else []
            ends = targets.unrecognized_fields.get("x-until")
            found = []
            for role in roles:
                target = updater.get_targetinfo(f"d/{role}/full.parquet")
                if target is not None:
                    manifest = Manifest.read(target.unrecognized_fields.get("custom"))
                    if not role.isalnum() or "sha256" not in target.hashes:
                        raise Refused(FORMAT, "a list has no plain role name or no SHA-256.")
                    found.append(PublishedList(role, manifest, target, read_end(ends, role, manifest)))
            sites, where = self._sites(updater)
        return Publication(
            timestamp.version,
            read_moment_signed(timestamp.unrecognized_fields.get("x-at", 0)),
            int(timestamp.expires.timestamp()),
            tuple(sorted(root.roles["timestamp"].keyids)),
            str(root.unrecognized_fields.get("x-note", "")),
            read_log(timestamp.unrecognized_fields.get("x-log")),
            tuple(found),
            sites,
            where,
            updater,
        )

    def path_of(self, name: str) -> Path:
        """Where a file of a list is kept."""
        return self._targets / name

    def fetch(self, published: PublishedList) -> str:
        """The name of the verified whole file of a list, downloaded unless it is there already. Raises Refused or Unreachable.

        Files are named by content, so that a new one never overwrites the one in use.
        """
        name = f"{published.role}.{published.target.hashes['sha256']}.parquet"
        self._have(published.target, name)
        return name

    def fetch_delta(self, publication: Publication, published: PublishedList, step: Step) -> DeltaFile:
        """The same of one delta."""
        path = f"d/{published.role}/{step.name}"
        with self._in_our_words():
            target = publication.updater.get_targetinfo(path)
        if target is None or "sha256" not in target.hashes:
            raise Refused(FORMAT, f"{path} is told of and not published.")
        name = f"{published.role}.{target.hashes['sha256']}.{step.name}"
        self._have(target, name)
        return DeltaFile(name, step)

    def write(self, name: str, batches: Iterable[pa.RecordBatch]) -> None:
        """Keep rows as a whole file of our own."""
        self._writing = name
        try:
            with self.at_rest.create(self.path_of(name)) as file:
                whole.write(file, batches)
        finally:
            self._writing = ""

    def open(self, name: str) -> BinaryIO:
        """A file of a list, unlocked. Raises Refused when it is not there as it was put there."""
        try:
            return self.at_rest.open(self.path_of(name))
        except OSError as error:
            raise Refused(FORMAT, f"{name} cannot be read: {error.strerror}.") from error

    def drop(self, files: Files) -> None:
        """Remove the files of a list, so that they are fetched anew."""
        for name in files.names:
            self.path_of(name).unlink(missing_ok=True)

    def prune(self, keep: set[str], unused_for: float = 0) -> None:
        """Delete every list file but those to keep, once it has lain so many seconds. What is withdrawn must not stay on disk."""
        for path in self._targets.iterdir():
            is_being_written = bool(self._writing) and path.name.startswith(self._writing)
            if path.name in keep or path.name == SITES or is_being_written:
                continue
            if unused_for == 0 or abs(time.time() - path.stat().st_mtime) > unused_for:
                path.unlink()

    def _have(self, target: TargetFile, name: str) -> None:
        path = self.path_of(name)
        with self._in_our_words():
            if not self._is_there(target, path):
                self._download(target, path)

    def _sites(self, updater: Updater) -> tuple[dict[str, int], Where]:
        target = updater.get_targetinfo(SITES)
        if target is None:
            return {}, Where()  # no site is known to be in service, so none is matched at
        path = self._targets / SITES
        if updater.find_cached_target(target, str(path)) is None:
            part = path.with_name(f"{path.name}.part")
            updater.download_target(target, str(part))
            part.replace(path)
        try:
            content = json.loads(path.read_bytes())
            return read_sites(content), read_where(content)
        except ValueError as error:
            raise Refused(FORMAT, "sites.json cannot be read.") from error

    def _is_there(self, target: TargetFile, path: Path) -> bool:
        """Whether a file is there already, whole and locked under our key."""
        try:
            with self.at_rest.open(path) as file:
                target.verify_length_and_hashes(file)
        except (OSError, Refused, LengthOrHashMismatchError):
            return False
        return True

    def _download(self, target: TargetFile, path: Path) -> None:
        """Fetch what was signed for, and lock it as it comes: at no moment does it lie on disk in clear."""
        with self.at_rest.create(path) as file:
            self._fetcher.copy_target(urljoin(self._targets_url, target.get_prefixed_paths()[0]), target, file)

    @contextmanager
    def _in_our_words(self) -> Iterator[None]:
        try:
            yield
        except (RepositoryError, DownloadError) as error:
            fetcher = self._fetcher
            raise explained(error, fetcher.name, fetcher.asked, fetcher.got) from error


def feed_name(metadata_url: str) -> str:
    """The feed's id, from an address such as https://portal/publication/<feed>/metadata/."""
    parts = [part for part in urlsplit(metadata_url).path.split("/") if part]
    if len(parts) < 2 or parts[-1] != "metadata":
        raise ValueError("The metadata address must end in /<feed>/metadata/, so that the feed can be told from it.")
    return parts[-2]


def read_end(ends: Any, role: str, manifest: Manifest) -> int | None:
    """Until when a list is given to us. Raises Refused when the feed does not say it of a list that has not ended."""
    until = ends.get(role) if isinstance(ends, dict) else None
    if manifest.terminal:
        return None
    if type(until) is not int:
        raise Refused(FORMAT, f"the feed does not say until when list {role} is given to us.")
    return until


def read_moment_signed(moment: Any) -> int:
    """When a timestamp was signed. Raises Refused when that is no time."""
    if type(moment) is not int:
        raise Refused(FORMAT, "timestamp.json does not say when it was signed as it should.")
    return moment


def read_sites(content: Any) -> dict[str, int]:
    """The sites in service and until when. ValueError when the content is not as published."""
    sites = content.get("sites") if isinstance(content, dict) else None
    if not isinstance(sites, dict) or any(type(until) is not int for until in sites.values()):
        raise ValueError("not a table of sites")
    return sites


def read_where(content: dict[str, Any]) -> Where:
    """The areas of sites and the directions of cameras; none where they are not published. ValueError when they are not
    as published."""
    areas, cameras = content.get("areas", {}), content.get("cameras", {})
    if not all(
        isinstance(table, dict) and all(isinstance(text, str) for text in table.values()) for table in (areas, cameras)
    ):
        raise ValueError("not tables of areas and cameras")
    return Where(areas, {camera: direction_of(text) for camera, text in cameras.items()})
