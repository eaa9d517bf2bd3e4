"""The page from which a vendor writes a matcher says what the code does: its tables are held against the code."""

import re
from pathlib import Path

import pytest

from matcher_client import refusals
from matcher_client.manifest import KINDS
from matcher_client.rows import ACTIONS, BASES, FORMAT, MAX_BUCKET_BITS, PRIORITIES, RESPONSES, TIME_FIELDS, Row
from matcher_client.scope import DIRECTIONS, KEYS

PAGE = (Path(__file__).parent.parent / "docs" / "publication-format.md").read_text()


def table(section):
    """The cells of the first table after a heading."""
    text = PAGE.split(f"\n## {section}", 1)[1]
    lines = re.search(r"(?:^\|.*\n)+", text, re.MULTILINE).group().splitlines()[2:]
    return [[cell.strip().strip("`") for cell in line.strip("|").split("|")] for line in lines]


def test_the_columns_are_those_of_a_row():
    rows = table("5. Rows")
    assert [int(cells[0]) for cells in rows] == list(range(1, len(Row._fields) + 1))
    assert [cells[1] for cells in rows] == list(Row._fields)
    assert [cells[1] for cells in rows if cells[2] == "int64 or null"] == list(TIME_FIELDS)
    assert {cells[2] for cells in rows} == {"text", "int64 or null"}


@pytest.mark.parametrize(
    ("column", "words"), [("action", ACTIONS), ("priority", PRIORITIES), ("basis", BASES), ("response", RESPONSES)]
)
def test_the_words_of_a_column_are_those_of_the_code(column, words):
    (meaning,) = [cells[3] for cells in table("5. Rows") if cells[1] == column]
    assert tuple(re.findall(r"`?([A-Z_]{3,})`?", meaning)) == words


def test_the_manifest_is_that_of_the_code():
    rows = table("4. The manifest")
    assert [cells[0] for cells in rows] == ["format", *KINDS]
    assert f"integer, 0 to {MAX_BUCKET_BITS}" in [cells[1] for cells in rows]


def test_every_refusal_has_its_name_on_the_page():
    names = {value for name, value in vars(refusals).items() if name.isupper()}
    assert {cells[0] for cells in table("10. What to refuse")} == names


def test_the_page_is_of_the_format_and_names_what_a_scope_may_hold():
    assert PAGE.startswith(f"# Publication format {FORMAT}\n")
    about_scope = PAGE.split("**Scope**", 1)[1].split("**Response**", 1)[0]
    named = set(re.findall(r"`(\w+)`", about_scope))
    assert set(KEYS) | set(DIRECTIONS) <= named
