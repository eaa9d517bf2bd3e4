"""Rows, their digests and receipts, held against vectors and against a plain second statement of the rules."""

import json
from datetime import datetime
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from matcher_client import rows, scope
from matcher_client.rows import Row

VECTORS = json.loads((Path(__file__).parent.parent / "docs" / "vectors" / "rows.json").read_text())

NAMES = [
    "country",
    "vrm",
    "ref",
    "version",
    "category",
    "action",
    "priority",
    "basis",
    "grading",
    "source_type",
    "markers",
    "action_text",
    "contact",
    "response",
    "scope",
    "last_verified_at",
    "starts_at",
    "review_by",
    "expires_at",
    "lapses_at",
]
WORDS = st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), max_size=8)
TIMES = st.one_of(st.none(), st.integers(min_value=0, max_value=2**40))
ROWS = st.builds(
    Row,
    country=st.sampled_from(["GB", "FR", "IE"]),
    vrm=st.from_regex(r"[A-C]{2}01[A-C]{3}", fullmatch=True),
    ref=st.text(alphabet="abÿ€😀 ", max_size=3),
    **dict.fromkeys(NAMES[3:15], WORDS),
    **dict.fromkeys(NAMES[15:], TIMES),
)


def plain_canonical(row):
    return b"\x1f".join(str("" if part is None else part).encode("utf-8") for part in row) + b"\x0a"


def plain_root(leaves):
    """RFC 6962, section 2.1, as written there: split at the largest power of two below the number of leaves."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return sha256(b"\x00" + leaves[0]).digest()
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return sha256(b"\x01" + plain_root(leaves[:split]) + plain_root(leaves[split:])).digest()


def plain_bucket(row, bits):
    spelled_out = "".join(f"{byte:08b}" for byte in sha256(f"{row.country}\x1f{row.vrm}".encode()).digest())
    return int(spelled_out[:bits] or "0", 2)


def in_order(found):
    by_key = {(row.country, row.vrm, row.ref): row for row in found}
    return sorted(by_key.values(), key=lambda row: f"{row.country}\x1f{row.vrm}\x1f{row.ref}".encode())


def test_fields_stand_in_the_published_order():
    assert list(Row._fields) == NAMES
    assert list(rows.TEXT_FIELDS + rows.TIME_FIELDS) == NAMES


@given(ROWS)
def test_canonical_bytes_are_the_fields_in_order(row):
    assert rows.canonical(row) == plain_canonical(row)


@given(ROWS, st.sampled_from(NAMES[:15]), st.sampled_from([*map(chr, range(0x20)), "\x7f"]))
def test_a_control_character_is_refused_and_the_field_named(row, name, control):
    with pytest.raises(ValueError, match=name):
        rows.canonical(row._replace(**{name: f"a{control}b"}))


@given(st.lists(ROWS, max_size=20))
def test_rows_sort_alike_by_key_and_by_bytes(found):
    assert sorted({rows.row_key(row) for row in found}) == [rows.row_key(row) for row in in_order(found)]


@given(st.lists(ROWS, max_size=30), st.integers(min_value=0, max_value=6))
def test_digests_made_row_by_row_are_those_of_the_whole(found, bits):
    found = in_order(found)
    digests = rows.BucketDigests(bits)
    fell_into = [digests.add(row) for row in found]
    buckets = [[row for row in found if plain_bucket(row, bits) == number] for number in range(2**bits)]
    expected = [sha256(b"".join(map(plain_canonical, bucket))).digest() for bucket in buckets]
    assert fell_into == [plain_bucket(row, bits) for row in found]
    assert digests.count == len(found)
    assert digests.digests() == expected == [rows.bucket_digest(bucket) for bucket in buckets]
    assert digests.root() == plain_root(expected).hex()


@given(st.lists(st.binary(min_size=32, max_size=32), max_size=40))
def test_the_root_is_that_of_rfc_6962_for_any_number_of_leaves(leaves):
    assert rows.root(leaves) == plain_root(leaves)


def test_rows_out_of_order_or_twice_are_refused():
    row = Row(**VECTORS["lists"][1]["rows"][0])
    digests = rows.BucketDigests(4)
    digests.add(row)
    with pytest.raises(ValueError, match="order"):
        digests.add(row)
    with pytest.raises(ValueError, match="order"):
        digests.add(row._replace(country="AA"))


@pytest.mark.parametrize("bits", [-1, 21])
def test_bucket_bits_are_bounded(bits):
    with pytest.raises(ValueError, match="bucket bits"):
        rows.BucketDigests(bits)


@given(st.binary(max_size=40), st.lists(st.binary(max_size=40), max_size=5))
def test_an_answer_hashes_the_nonce_and_then_the_rows(nonce, lines):
    assert rows.answer(nonce, iter(lines)) == sha256(nonce + b"".join(lines)).hexdigest()


def test_an_answer_under_another_nonce_is_another():
    assert rows.answer(b"a", [b"row\n"]) != rows.answer(b"b", [b"row\n"])


def test_a_receipt_is_spelled_in_one_way():
    message = rows.receipt_message({"b": {"10": "ff", "9": "é"}, "a": [1, None, True]})
    assert message == b'{"a":[1,null,true],"b":{"10":"ff","9":"\\u00e9"}}'


@pytest.mark.parametrize("fields", [{"a": 1.5}, {"a": {"b": [float("nan")]}}])
def test_a_receipt_with_a_fraction_is_refused(fields):
    with pytest.raises(ValueError, match="whole numbers"):
        rows.receipt_message(fields)


def test_a_receipt_with_a_name_that_is_not_text_is_refused():
    with pytest.raises(ValueError, match="names"):
        rows.receipt_message({"buckets": {7: "ff"}})


@pytest.mark.parametrize("vector", VECTORS["lists"], ids=lambda vector: vector["title"])
def test_lists_agree_with_the_vectors(vector):
    found = [Row(**fields) for fields in vector["rows"]]
    assert [rows.canonical(row).hex() for row in found] == vector["canonical"]
    assert [plain_canonical(row).hex() for row in found] == vector["canonical"]
    digests = rows.BucketDigests(vector["bucket_bits"])
    assert [digests.add(row) for row in found] == vector["buckets"]
    assert [digest.hex() for digest in digests.digests()] == vector["bucket_digests"]
    assert digests.root() == vector["root"] == plain_root([bytes.fromhex(d) for d in vector["bucket_digests"]]).hex()


def test_answers_agree_with_the_vectors():
    for vector in VECTORS["answers"]:
        lines = [bytes.fromhex(line) for line in vector["canonical"]]
        assert rows.answer(bytes.fromhex(vector["nonce"]), lines) == vector["answer"]


def test_receipts_agree_with_the_vectors():
    vector = VECTORS["receipt"]
    message = rows.receipt_message(vector["fields"])
    assert message.decode() == vector["message"]
    key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(vector["private_key"]))
    assert key.public_key().public_bytes_raw().hex() == vector["public_key"]
    assert key.sign(message).hex() == vector["signature"]
    public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(vector["public_key"]))
    public.verify(bytes.fromhex(vector["signature"]), message)


@pytest.mark.parametrize("vector", VECTORS["scopes"], ids=lambda vector: f"{vector['scope']} {vector['read']['at']}")
def test_scopes_agree_with_the_vectors(vector):
    read = {**vector["read"], "at": datetime.fromisoformat(vector["read"]["at"])}
    assert scope.covers(scope.parse(vector["scope"]), **read) is vector["covers"]


def test_a_row_of_format_1_is_still_read_as_one_without_limits():
    row = Row(**VECTORS["lists"][1]["rows"][0])
    old = [value for name, value in zip(NAMES, row, strict=True) if name not in ("response", "scope")]
    line = plain_canonical(old).decode().removesuffix("\n")
    assert rows.fields_of(line) == rows.fields_of(rows.canonical(row).decode().removesuffix("\n"))
    with pytest.raises(ValueError, match="argument"):
        rows.fields_of("GB\x1fAB01CDE")
