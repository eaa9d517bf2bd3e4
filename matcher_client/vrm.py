"""Number plates: normalised, classified, printed. Pure, and shared, so that portal and client cannot disagree."""

import re
import unicodedata
from datetime import date
from enum import StrEnum
from itertools import product
from typing import NamedTuple

MAX_LENGTH = 15  # UK marks end at 8; foreign ones are allowed up to 15


class VrmClass(StrEnum):
    """A kind of registration mark. One mark may be of several kinds: 123ABC is both reversed dateless and old trade."""

    CURRENT = "current"
    PREFIX = "prefix"
    Q_MARK = "q_mark"
    SUFFIX = "suffix"
    DATELESS = "dateless"
    DATELESS_REVERSED = "dateless_reversed"
    NORTHERN_IRELAND = "northern_ireland"
    NORTHERN_IRELAND_REVERSED = "northern_ireland_reversed"
    DIPLOMATIC = "diplomatic"
    MILITARY = "military"
    TRADE = "trade"
    TRAILER = "trailer"
    JERSEY = "jersey"
    GUERNSEY = "guernsey"
    ALDERNEY = "alderney"
    ISLE_OF_MAN = "isle_of_man"
    NEVER_ISSUED = "never_issued"
    UNKNOWN = "unknown"


class Notice(NamedTuple):
    """Something a person should know about a mark before they rely on it; never a reason to reject it (R-151)."""

    code: str
    words: str

    def __str__(self) -> str:
        return self.words


L = "[A-HJ-PR-Y]"  # GB area and serial letters: no I, Q, Z
S = "[A-HJ-PR-Z]"  # the last three letters of a current mark: no I, Q
AGE_LETTER = "[A-HJ-NPR-TV-Y]"  # year letters of prefix and suffix marks: no I, O, Q, U, Z

# In order of preference for printing; the groups of a pattern are what stands apart on the plate.
PATTERNS = {
    VrmClass.CURRENT: rf"({L}{{2}}(?:0[2-9]|[1-4][0-9]|5[1-9]|[6-9][0-9]))({S}{{3}})",
    VrmClass.NEVER_ISSUED: rf"({L}{{2}}(?:0[01]|50))({S}{{3}})",  # 00, 01 and 50 are not age identifiers
    VrmClass.PREFIX: rf"({AGE_LETTER}[1-9][0-9]{{0,2}})({L}{{3}})",
    VrmClass.Q_MARK: rf"(Q[1-9][0-9]{{0,2}})({L}{{3}})",
    VrmClass.SUFFIX: rf"({L}{{3}})([1-9][0-9]{{0,2}}{AGE_LETTER})",
    VrmClass.DATELESS: rf"({L}{{1,2}})([1-9][0-9]{{0,3}})|({L}{{3}})([1-9][0-9]{{0,2}})",
    VrmClass.DATELESS_REVERSED: rf"([1-9][0-9]{{0,3}})({L}{{1,2}})|([1-9][0-9]{{0,2}})({L}{{3}})",
    VrmClass.NORTHERN_IRELAND: rf"(?=[A-Z]*[IZ])({L}?[A-PR-Z]{{2}})([1-9][0-9]{{0,3}})",
    VrmClass.NORTHERN_IRELAND_REVERSED: rf"([1-9][0-9]{{0,3}})(?=[A-Z]*[IZ])({L}?[A-PR-Z]{{2}})",
    VrmClass.DIPLOMATIC: r"([0-9]{3})([DX])([0-9]{3})",
    VrmClass.MILITARY: r"([0-9]{2})([A-Z]{2})([0-9]{2})|([A-Z]{2})([0-9]{2})([A-Z]{2})",
    VrmClass.TRADE: r"([0-9]{5})|([0-9]{3})([A-Z]{1,3})",
    VrmClass.TRAILER: r"([A-Z][0-9]{7})",
    VrmClass.JERSEY: r"(J[0-9]{1,6})",
    VrmClass.GUERNSEY: r"([0-9]{1,5})",
    VrmClass.ALDERNEY: r"(AY)([0-9]{1,4})",
    VrmClass.ISLE_OF_MAN: (
        r"([A-Z]?MN[0-9]{1,4}[A-Z]?|MAN[0-9]{1,4}[A-Z]?|[A-Z]?[0-9]{1,4}MAN|[A-Z]MAN[0-9]{1,3}[A-Z]?)"
    ),
}
COMPILED = {kind: re.compile(pattern) for kind, pattern in PATTERNS.items()}

# Whose marks the patterns describe. A mark of any other country is taken as it is.
BRITISH_ISLES = frozenset({"GB", "JE", "GG", "IM"})

# Signs seen on vehicles and in older systems that are not ISO 3166-1 alpha-2 codes (decision 18).
SIGNS = {
    "UK": "GB", "NIR": "GB", "GBJ": "JE", "GBG": "GG", "GBA": "GG", "GBM": "IM", "GBZ": "GI", "IRL": "IE",
    "A": "AT", "B": "BE", "D": "DE", "E": "ES", "F": "FR", "H": "HU", "I": "IT", "L": "LU", "M": "MT", "N": "NO",
    "P": "PT", "S": "SE", "V": "VA", "FIN": "FI", "EST": "EE", "SLO": "SI", "SRB": "RS", "MNE": "ME", "NMK": "MK",
    "BIH": "BA", "RKS": "XK", "RSM": "SM", "AND": "AD", "FL": "LI", "UKR": "UA", "RUS": "RU", "TUR": "TR",
    "BLR": "BY", "ROU": "RO", "BGR": "BG",
}  # fmt: skip

_NOT_A_MARK = re.compile(r"[^A-Z0-9]+")
_ALIKE = str.maketrans("OI", "01")
_CONFUSABLE = str.maketrans("OIDQLZASGTB", "01001245678")


def normalise(text: str) -> str:
    """The mark in upper case with everything but A-Z and 0-9 taken out (R-150).

    Accents and full-width forms are first folded to their plain letters, so that no letter is lost unseen.
    ValueError when nothing is left or more than 15 characters are (R-158).
    """
    if not (text.isascii() and text.isalnum()):
        text = unicodedata.normalize("NFKD", text)
    mark = _NOT_A_MARK.sub("", text.upper())
    if not mark:
        raise ValueError("A registration mark needs at least one letter or digit.")
    if len(mark) > MAX_LENGTH:
        raise ValueError(f"A registration mark has at most {MAX_LENGTH} letters and digits; this has {len(mark)}.")
    return mark


def country_code(sign: str) -> str:
    """The ISO 3166-1 alpha-2 code for a country code or a sign carried on vehicles: D is DE, UK is GB.

    ValueError for a sign that is not known.
    """
    sign = sign.strip().upper()
    code = SIGNS.get(sign, sign)
    if len(code) == 2 and code.isascii() and code.isalpha():
        return code
    raise ValueError("Not a country: use the two letters of ISO 3166-1, such as GB or FR.")


def classify(vrm: str, country: str = "GB") -> frozenset[VrmClass]:
    """Every kind of mark that the normalised `vrm` may be; {UNKNOWN} when it fits none. Never rejects (R-151)."""
    if country not in BRITISH_ISLES:
        return frozenset({VrmClass.UNKNOWN})
    kinds = frozenset(kind for kind, pattern in COMPILED.items() if pattern.fullmatch(vrm))
    return kinds or frozenset({VrmClass.UNKNOWN})


def skeleton(vrm: str) -> str:
    """The mark with glyphs that the UK plate font draws alike made one: O is 0 and I is 1 (R-154, R-155)."""
    return vrm.translate(_ALIKE)


def search_skeleton(vrm: str) -> str:
    """The mark with all characters that plate readers confuse made one; for searches only, not for matching (R-155)."""
    return vrm.translate(_CONFUSABLE)


def alternatives(vrm: str) -> list[str]:
    """The other spellings of `vrm` by 0/O and 1/I alone that are of a known kind, sorted (R-154)."""
    if len(vrm) > 8:  # no known kind is longer, and the spellings double with each character
        return []
    choices = [{"0": "0O", "O": "0O", "1": "1I", "I": "1I"}.get(character, character) for character in vrm]
    spellings = {"".join(spelling) for spelling in product(*choices)} - {vrm}
    return sorted(spelling for spelling in spellings if VrmClass.UNKNOWN not in classify(spelling))


def printed(vrm: str, country: str = "GB") -> str:
    """The mark spaced as on the plate: AB01CDE is AB01 CDE. A mark of no known kind is left whole."""
    if country in BRITISH_ISLES:
        for pattern in COMPILED.values():
            if match := pattern.fullmatch(vrm):
                return " ".join(group for group in match.groups() if group)
    return vrm


def issued_from(vrm: str) -> date | None:
    """The first day on which a current mark's age identifier was or will be issued; None for other marks (R-153)."""
    if not COMPILED[VrmClass.CURRENT].fullmatch(vrm):
        return None
    identifier = int(vrm[2:4])
    return date(2000 + identifier, 3, 1) if identifier < 50 else date(1950 + identifier, 9, 1)


# What a text is taken to name a mark by: shapes that nothing else has. "A12 and" is a road, so older marks count unspaced.
_TOLD = re.compile(
    rf"(?<![A-Z0-9])(?:{L}{{2}} ?[0-9]{{2}} ?{S}{{3}}|{AGE_LETTER}[1-9][0-9]{{1,2}}{L}{{3}}"
    rf"|{L}{{3}}[1-9][0-9]{{1,2}}{AGE_LETTER})(?![A-Z0-9])"
)


def named_in(text: str) -> bool:
    """Whether a text seems to name a mark of a shape issued since 1963."""
    return bool(_TOLD.search(unicodedata.normalize("NFKC", text).upper()))


def notices(vrm: str, on: date, country: str = "GB") -> list[Notice]:
    """What a person should be told about the mark as seen on the day `on`."""
    if country not in BRITISH_ISLES:
        return []
    found = []
    kinds = classify(vrm, country)
    issued = issued_from(vrm)
    if VrmClass.NEVER_ISSUED in kinds:
        found.append(Notice("never_issued", f"The age identifier {vrm[2:4]} has never been issued."))
    if issued is not None and issued > on:
        when = f"{issued:%B %Y}"
        found.append(Notice("future_age_identifier", f"The age identifier {vrm[2:4]} is not issued before {when}."))
    if VrmClass.UNKNOWN in kinds:
        found.append(Notice("unknown_syntax", "This is no known form of mark of the United Kingdom or its islands."))
    return found
