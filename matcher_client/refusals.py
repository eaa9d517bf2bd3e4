"""Why a publication was not taken: which attack was refused, or that the portal could not be reached."""

from tuf.api.exceptions import (
    BadVersionNumberError,
    DownloadError,
    DownloadHTTPError,
    DownloadLengthMismatchError,
    ExpiredMetadataError,
    LengthOrHashMismatchError,
    RepositoryError,
    UnsignedMetadataError,
)

ROLLBACK = "rollback"
FAST_FORWARD = "fast-forward"
FREEZE = "freeze"
TAMPER = "tamper"
MIX = "mix"
WRONG_FEED = "wrong feed"
ENDLESS = "endless data"
FORMAT = "format"
CUT_SHORT = "cut short"
LOCKED = "locked"


class Refused(Exception):
    """A publication that was offered and not taken. What was held before is still held and matched against."""

    def __init__(self, attack: str, why: str):
        super().__init__(f"Refused ({attack}): {why}")
        self.attack = attack


class Unreachable(Exception):
    """The portal did not answer, or not with a publication. Nothing was offered, so nothing was refused."""


def explained(error: Exception, name: str, asked: int | None, got: int | None) -> Exception:
    """The TUF client's `error` in our words.

    `name` is the file fetched last, `asked` the version its address named and `got` the version it says it is.
    """
    top_level = name in ("timestamp.json", "snapshot.json", "root.json")
    if isinstance(error, DownloadLengthMismatchError):
        return Refused(ENDLESS, f"{name} is longer than was signed for.")
    if isinstance(error, DownloadHTTPError):
        return Unreachable(f"The portal answered {error.status_code} for {name}.")
    if isinstance(error, DownloadError):
        return Unreachable(f"{name} could not be fetched.")
    if isinstance(error, ExpiredMetadataError):
        return Refused(FREEZE, f"{_sentence(error)} It may have been held back; nothing newer was offered.")
    if isinstance(error, UnsignedMetadataError):
        return Refused(TAMPER, f"{name} does not bear the signatures that it needs.")
    other_version = asked is not None and got is not None and asked != got
    if isinstance(error, BadVersionNumberError) or (isinstance(error, LengthOrHashMismatchError) and other_version):
        if top_level:
            return Refused(ROLLBACK, f"{name} is older than what is already known. {_sentence(error)}")
        return Refused(MIX, f"{name} is of another version than the snapshot says. {_sentence(error)}")
    if isinstance(error, LengthOrHashMismatchError):
        return Refused(TAMPER, f"{name} is not the file that was signed for: it was altered or cut short.")
    if isinstance(error, RepositoryError) and "is missing info for" in str(error):
        return Refused(ROLLBACK, f"{name} leaves out what an earlier one named. {_sentence(error)}")
    return Refused(TAMPER, f"{name} cannot be read as signed metadata.")


def _sentence(error: Exception) -> str:
    text = str(error).rstrip(".")
    return f"{text}." if text else ""
