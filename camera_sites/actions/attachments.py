"""Attaching files to a draft, having them scanned, taking them off again, opening them."""

import re
from pathlib import PurePosixPath

import puremagic
from django.db import transaction
from django.utils import timezone

from accounts.models import Actor, User
from audit.actions import record
from audit.verbs import Verb
from camera_sites import policies
from camera_sites.actions.dpias import contribute, locked
from camera_sites.models import DpiaAttachment, DpiaVersion
from camera_sites.nudges import scan_soon
from portal.errors import Refused, TooLate, Unfit
from portal.kept_files import keep, path_of
from portal.policies import require
from portal.scanning import Verdict, scanner
from standards.models import StandardsProfile

# What a reader opens without running anything: the type by content, and what its names end in.
TYPES = {
    "application/pdf": (".pdf",),
    "image/png": (".png",),
    "image/jpeg": (".jpg", ".jpeg"),
}
MOST = 20  # files of one version
GONE = Verdict(is_clean=False, words="the same file was refused before, and deleted")


@transaction.atomic
def attach(version: DpiaVersion, *, by: User, name: str, content: bytes) -> DpiaAttachment:
    """A file for a draft: type by content, size by the standards. It waits for the scanner, where there is one."""
    version = locked(version, by=by)
    require(policies.may_edit_version(by, version))
    _require_draft(version)
    now = timezone.now()
    name, media_type = _judged(name, content)
    largest = StandardsProfile.objects.in_force(now).number("dpia.attachment.size")
    if len(content) > largest << 20:
        raise _unfit(f"At most {largest} megabytes are taken.")
    if version.attachments.count() >= MOST:
        raise _unfit(f"A version takes {MOST} files. Put some of them into one.")
    sha256 = keep(content)
    if version.attachments.filter(sha256=sha256).exists():
        raise _unfit("This very file is attached already.")
    is_scanned = scanner() is not None
    made = DpiaAttachment.objects.create(
        version=version, name=name, media_type=media_type, size=len(content), sha256=sha256, attached_by=by,
        attached_at=now, judged_at=None if is_scanned else now,
        status=DpiaAttachment.Status.WAITING if is_scanned else DpiaAttachment.Status.UNSCANNED,
    )  # fmt: skip
    contribute(version, by=by, at=now)
    record(Verb.DPIA_FILE_ATTACHED, target=version.dpia, by=by, also=[version], name=name, sha256=sha256)
    if is_scanned:
        scan_soon()
    return made


@transaction.atomic
def detach(attachment: DpiaAttachment, *, by: User) -> None:
    """Takes a file off a draft. Its content goes once no version has it."""
    version = locked(attachment.version, by=by)
    require(policies.may_edit_version(by, version))
    _require_draft(version)
    attachment.delete()
    contribute(version, by=by, at=timezone.now())
    record(Verb.DPIA_FILE_DETACHED, target=version.dpia, by=by, also=[version], name=attachment.name)


@transaction.atomic
def scan(attachment: DpiaAttachment, *, by: Actor) -> DpiaAttachment:
    """Asks the scanner. What is found out is deleted at once and said. Raises portal.scanning.Away when nobody answers."""
    attachment = (
        DpiaAttachment.objects.select_for_update(of=("self",)).select_related("version__dpia").get(pk=attachment.pk)
    )
    in_use = scanner()
    if attachment.status != DpiaAttachment.Status.WAITING:
        return attachment
    path = path_of(attachment.sha256)
    attachment.judged_at = timezone.now()
    if in_use is None:
        attachment.status = DpiaAttachment.Status.UNSCANNED
    else:
        verdict = in_use.scan(path.read_bytes()) if path.exists() else GONE
        attachment.status = DpiaAttachment.Status.CLEAN if verdict.is_clean else DpiaAttachment.Status.REFUSED
        attachment.found = verdict.words[:200]
    attachment.save(update_fields=["status", "found", "judged_at"])
    if attachment.status == DpiaAttachment.Status.REFUSED:
        record(
            Verb.DPIA_FILE_REFUSED, target=attachment.version.dpia, by=by, also=[attachment.version], name=attachment.name,
            found=attachment.found, sha256=attachment.sha256,
        )  # fmt: skip
        transaction.on_commit(lambda: path.unlink(missing_ok=True))
    return attachment


@transaction.atomic
def open_attachment(attachment: DpiaAttachment, *, by: Actor) -> bytes:
    """What a file holds, for who may open its assessment. Raises TooLate before it was scanned, Refused when it was refused."""
    policies.require_sight_of_dpia(by, attachment.version.dpia)
    require(policies.may_open_registry(by))
    if attachment.status == DpiaAttachment.Status.WAITING:
        raise TooLate("This file waits for the scanner. Try again in a minute.")
    if attachment.status == DpiaAttachment.Status.REFUSED:
        raise Refused(f"The scanner refused this file ({attachment.found}), and it was deleted.")
    content = path_of(attachment.sha256).read_bytes()
    record(
        Verb.DPIA_FILE_OPENED, target=attachment.version.dpia, by=by, also=[attachment.version], name=attachment.name
    )
    return content


def _require_draft(version: DpiaVersion) -> None:
    if version.status != DpiaVersion.Status.DRAFT:
        raise TooLate("This version was submitted, so its files stay as they are. Write a new version instead.")


def _judged(name: str, content: bytes) -> tuple[str, str]:
    """(a name that is safe to hand out, the type by content)."""
    name = re.sub(r"[^\w .,()\-]", "_", PurePosixPath(name.replace("\\", "/")).name).strip(" .")
    try:
        media_type = puremagic.from_string(content, mime=True) if content else ""
    except puremagic.PureError:
        media_type = ""
    if media_type not in TYPES:
        raise _unfit("Attach a PDF, or a picture as PNG or JPEG. What the file holds counts, not its name.")
    endings = TYPES[media_type]
    stem = name[: -len(PurePosixPath(name).suffix) or None] or "file"
    suffix = PurePosixPath(name).suffix.lower()
    return f"{stem[:110]}{suffix if suffix in endings else endings[0]}", media_type


def _unfit(words: str) -> Unfit:
    return Unfit("This file cannot be attached.", {"file": [words]})
