"""Plates: normalising, classifying, printing. The oracle states the rules again and knows no pattern of ours."""

from datetime import date
from string import ascii_uppercase, digits

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher_client.vrm import (
    VrmClass,
    alternatives,
    classify,
    country_code,
    normalise,
    notices,
    printed,
    search_skeleton,
    skeleton,
)

MARK = st.text(alphabet=ascii_uppercase + digits, min_size=1, max_size=15)

# Made-up marks of every kind: what each may be, and how it stands on the plate.
SAMPLES = [
    ("AB02CDE", {"current"}, "AB02 CDE"),
    ("AB51CDZ", {"current"}, "AB51 CDZ"),
    ("YY49ZZZ", {"current"}, "YY49 ZZZ"),
    ("AB99CDE", {"current"}, "AB99 CDE"),
    ("AB01CDE", {"never_issued"}, "AB01 CDE"),
    ("AB00CDE", {"never_issued"}, "AB00 CDE"),
    ("XY50ZZZ", {"never_issued"}, "XY50 ZZZ"),
    ("ZB02CDE", {"unknown"}, "ZB02CDE"),
    ("AI02CDE", {"unknown"}, "AI02CDE"),
    ("AB02CDI", {"unknown"}, "AB02CDI"),
    ("AB02CDQ", {"unknown"}, "AB02CDQ"),
    ("A1BCD", {"prefix"}, "A1 BCD"),
    ("Y999YYY", {"prefix"}, "Y999 YYY"),
    ("A01BCD", {"unknown"}, "A01BCD"),
    ("U12BCD", {"unknown"}, "U12BCD"),
    ("Q12ABC", {"q_mark"}, "Q12 ABC"),
    ("ABC1D", {"suffix"}, "ABC 1D"),
    ("ABC999Y", {"suffix"}, "ABC 999Y"),
    ("ABC123U", {"unknown"}, "ABC123U"),
    ("A1", {"dateless"}, "A 1"),
    ("AB1234", {"dateless"}, "AB 1234"),
    ("ABC123", {"dateless"}, "ABC 123"),
    ("ABC1234", {"unknown"}, "ABC1234"),
    ("1A", {"dateless_reversed"}, "1 A"),
    ("1234AB", {"dateless_reversed"}, "1234 AB"),
    ("123ABC", {"dateless_reversed", "trade"}, "123 ABC"),
    ("12ABC", {"dateless_reversed"}, "12 ABC"),
    ("AIZ1234", {"northern_ireland"}, "AIZ 1234"),
    ("IA12", {"northern_ireland"}, "IA 12"),
    ("BZ1", {"northern_ireland"}, "BZ 1"),
    ("1234AIZ", {"northern_ireland_reversed"}, "1234 AIZ"),
    ("IAB1234", {"unknown"}, "IAB1234"),
    ("101D234", {"diplomatic"}, "101 D 234"),
    ("299X999", {"diplomatic"}, "299 X 999"),
    ("12AB34", {"military"}, "12 AB 34"),
    ("AB12CD", {"military"}, "AB 12 CD"),
    ("00123", {"trade", "guernsey"}, "00123"),
    ("12345", {"trade", "guernsey"}, "12345"),
    ("012ABC", {"trade"}, "012 ABC"),
    ("C1234567", {"trailer"}, "C1234567"),
    ("J12345", {"jersey"}, "J12345"),
    ("J123", {"jersey", "dateless"}, "J 123"),
    ("AY123", {"alderney", "dateless"}, "AY 123"),
    ("7", {"guernsey"}, "7"),
    ("MN12", {"isle_of_man", "dateless"}, "MN 12"),
    ("PMN123A", {"isle_of_man", "suffix"}, "PMN 123A"),
    ("MAN1A", {"isle_of_man", "suffix"}, "MAN 1A"),
    ("1234MAN", {"isle_of_man"}, "1234MAN"),
    ("0", {"guernsey"}, "0"),
    ("ABCDEFGHIJKLMNO", {"unknown"}, "ABCDEFGHIJKLMNO"),
]


@pytest.mark.parametrize(("mark", "kinds", "on_the_plate"), SAMPLES)
def test_sample_marks_are_classified_and_printed(mark, kinds, on_the_plate):
    assert classify(mark) == {VrmClass(kind) for kind in kinds}
    assert printed(mark) == on_the_plate


@pytest.mark.parametrize(
    ("entered", "mark"),
    [
        ("ab01 cde", "AB01CDE"),
        (" AB-01.CDE\t", "AB01CDE"),
        ("ab01cde", "AB01CDE"),
        ("ＡＢ０１ＣＤＥ", "AB01CDE"),
        ("MÜ AB 123", "MUAB123"),
        ("ABCDEFGHIJKLMNO", "ABCDEFGHIJKLMNO"),
    ],
)
def test_marks_are_normalised(entered, mark):
    assert normalise(entered) == mark


@pytest.mark.parametrize("entered", ["", " ", "--", "чрк", "ABCDEFGHIJKLMNOP"])
def test_what_is_no_mark_is_refused_with_a_reason(entered):
    with pytest.raises(ValueError, match="registration mark"):
        normalise(entered)


@given(st.text())
def test_normalising_leaves_only_capitals_and_digits_and_changes_nothing_twice(text):
    try:
        mark = normalise(text)
    except ValueError:
        return
    assert 1 <= len(mark) <= 15
    assert set(mark) <= set(ascii_uppercase + digits)
    assert normalise(mark) == mark


@given(st.text(alphabet=ascii_uppercase + ascii_uppercase.lower() + digits + " -.", max_size=20))
def test_normalising_plain_text_is_upper_case_without_the_rest(text):
    expected = [character for character in text.upper() if character not in " -."]
    if not 1 <= len(expected) <= 15:
        with pytest.raises(ValueError, match="registration mark"):
            normalise(text)
    else:
        assert normalise(text) == "".join(expected)


# The oracle: characters taken one by one.
NEVER_IN_GB = "IQZ"
AGE_LETTERS = set("ABCDEFGHJKLMNPRSTVWXY")


def is_letters(text, size, without=""):
    return len(text) in size and all(c in ascii_uppercase and c not in without for c in text)


def is_number(text, most, leading_zero=False):
    return 1 <= len(text) <= most and all(c in digits for c in text) and (leading_zero or text[0] != "0")


def splits(mark):
    return [(mark[:n], mark[n:]) for n in range(1, len(mark))]


def oracle(mark):
    kinds = set()
    head, age, tail = mark[:2], mark[2:4], mark[4:]
    if is_letters(head, [2], NEVER_IN_GB) and age.isdecimal() and len(age) == 2 and is_letters(tail, [3], "IQ"):
        kinds.add("never_issued" if int(age) in (0, 1, 50) else "current")
    if is_number(mark[1:-3], 3) and is_letters(mark[-3:], [3], NEVER_IN_GB):
        if mark[0] in AGE_LETTERS:
            kinds.add("prefix")
        if mark[0] == "Q":
            kinds.add("q_mark")
    if is_letters(mark[:3], [3], NEVER_IN_GB) and is_number(mark[3:-1], 3) and mark[-1] in AGE_LETTERS:
        kinds.add("suffix")
    for left, right in splits(mark):
        for letters, number, suffix in ((left, right, ""), (right, left, "_reversed")):
            if is_letters(letters, [1, 2, 3], NEVER_IN_GB) and is_number(number, 3 if len(letters) == 3 else 4):
                kinds.add("dateless" + suffix)
            irish = is_letters(letters, [2, 3], "Q") and (len(letters) == 2 or letters[0] not in "IZ")
            if irish and set(letters) & {"I", "Z"} and is_number(number, 4):
                kinds.add("northern_ireland" + suffix)
        if len(left) == 3 and is_number(left, 3, True) and is_letters(right, [1, 2, 3]):
            kinds.add("trade")
        if left == "J" and is_number(right, 6, True):
            kinds.add("jersey")
        if left == "AY" and is_number(right, 4, True):
            kinds.add("alderney")
        if is_letters(left, [1]) and len(right) == 7 and is_number(right, 7, True):
            kinds.add("trailer")
    shape = "".join("9" if c in digits else "A" for c in mark)
    if shape == "999A999" and mark[3] in "DX":
        kinds.add("diplomatic")
    if shape in ("99AA99", "AA99AA"):
        kinds.add("military")
    if is_number(mark, 5, True):
        kinds.add("guernsey")
        if len(mark) == 5:
            kinds.add("trade")
    if is_manx(mark):
        kinds.add("isle_of_man")
    return kinds or {"unknown"}


def is_manx(mark):
    for before in ("", *ascii_uppercase):
        for after in ("", *ascii_uppercase):
            if not (mark.startswith(before) and mark.endswith(after) and len(mark) > len(before) + len(after)):
                continue
            core = mark[len(before) : len(mark) - len(after)]
            if core[:2] == "MN" and is_number(core[2:], 4, True):
                return True
            if core[:3] == "MAN" and is_number(core[3:], 3 if before else 4, True):
                return True
            if not after and core[-3:] == "MAN" and is_number(core[:-3], 4, True):
                return True
    return False


PIECES = st.one_of(
    st.text(alphabet=ascii_uppercase, min_size=1, max_size=3),
    st.text(alphabet=digits, min_size=1, max_size=4),
    st.sampled_from(["MN", "MAN", "AY", "J", "Q", "IZ", "01", "50", "D", "X", "0", "1"]),
)
PLATE_LIKE = st.lists(PIECES, min_size=1, max_size=4).map("".join).filter(lambda mark: len(mark) <= 15)


@given(st.one_of(MARK, PLATE_LIKE))
def test_every_mark_is_classified_as_the_oracle_does(mark):
    assert classify(mark) == oracle(mark)


@given(st.one_of(MARK, PLATE_LIKE))
def test_printing_only_adds_spaces(mark):
    assert printed(mark).replace(" ", "") == mark
    assert "  " not in printed(mark)
    assert printed(mark) == printed(mark).strip()


@given(PLATE_LIKE)
def test_alternatives_are_other_known_marks_that_look_the_same(mark):
    found = alternatives(mark)
    assert mark not in found
    assert found == sorted(set(found))
    for other in found:
        assert oracle(other) != {"unknown"}
        assert skeleton(other) == skeleton(mark)


def test_a_letter_o_typed_for_a_zero_offers_the_right_spelling():
    assert "AB01CDE" in alternatives("ABO1CDE")
    assert "AB01CDE" in alternatives("ABOICDE")


def test_skeletons_make_alike_characters_one():
    assert skeleton("ABOICDE") == "AB01CDE"
    assert skeleton("SB8") == "SB8"
    assert search_skeleton("ODQ0IL1Z2A4S5G6T7B8") == "0000111224455667788"


def test_another_countrys_mark_is_taken_as_it_is():
    assert classify("AB99CDE", "FR") == {VrmClass.UNKNOWN}
    assert printed("AB99CDE", "FR") == "AB99CDE"
    assert notices("AB99CDE", date(2026, 1, 1), "FR") == []


@pytest.mark.parametrize(
    ("mark", "on", "codes"),
    [
        ("AB26CDE", date(2026, 2, 28), ["future_age_identifier"]),
        ("AB26CDE", date(2026, 3, 1), []),
        ("AB76CDE", date(2026, 8, 31), ["future_age_identifier"]),
        ("AB76CDE", date(2026, 9, 1), []),
        ("AB51CDE", date(2001, 9, 1), []),
        ("AB02CDE", date(2026, 1, 1), []),
        ("AB49CDE", date(2026, 1, 1), ["future_age_identifier"]),
        ("AB01CDE", date(2026, 1, 1), ["never_issued"]),
        ("AB50CDE", date(2026, 1, 1), ["never_issued"]),
        ("ZZZZZZZ", date(2026, 1, 1), ["unknown_syntax"]),
        ("A1BCD", date(2026, 1, 1), []),
    ],
)
def test_notices_say_what_is_odd_about_a_mark(mark, on, codes):
    found = notices(mark, on)
    assert [notice.code for notice in found] == codes
    assert all(str(notice).endswith(".") for notice in found)


@pytest.mark.parametrize(("sign", "code"), [("gb", "GB"), ("UK", "GB"), ("D", "DE"), (" irl ", "IE"), ("FR", "FR")])
def test_signs_carried_on_vehicles_become_country_codes(sign, code):
    assert country_code(sign) == code


@pytest.mark.parametrize("sign", ["", "XYZ", "1", "Q", "G8"])
def test_an_unknown_sign_is_no_country(sign):
    with pytest.raises(ValueError, match="Not a country"):
        country_code(sign)
