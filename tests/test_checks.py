"""What `bin/check` finds in files, and that generated pages cannot differ from the code unseen."""

import pytest

from portal import checks, docs


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("see https://py~pi.org/simple", "a package registry's host"),
        ("https://registry.npm~js.org/x", "a package registry's host"),
        ("cd /wor~k/main", "an absolute path of one machine"),
        ('open("/roo~t/.ssh")', "an absolute path of one machine"),
        ("/hom~e/jane/portal", "an absolute path of one machine"),
        ("-----BEGIN EC PRIV~ATE KEY-----", "a private key"),
        ("<<<<~<<< HEAD", "two versions that nobody chose between"),
    ],
)
def test_a_leak_is_found_with_its_line(line, what):
    # Written with a ~, or this very file would be found.
    assert checks.leaks(f"harmless\n{line.replace('~', '')}\n") == [(2, what)]


@pytest.mark.parametrize(
    "line", ["the root/ of it", "https://x.example/work/", "network/rooted", "-----BEGIN PUBLIC KEY-----"]
)
def test_what_only_looks_like_one_is_left_alone(line):
    assert checks.leaks(line) == []


def test_every_check_of_types_names_files_that_exist():
    files = checks.typed_files()
    assert files
    assert {file.parent.name for file in files} >= {"portal", "hotlists", "audit"}


def test_a_generated_page_that_was_edited_is_stale_until_written_again(tmp_path, monkeypatch):
    monkeypatch.setattr(docs, "_pages", {"a/page.md": lambda: "as the code says\n\n"})
    assert docs.stale(tmp_path) == ["a/page.md"]
    assert docs.write(tmp_path) == ["a/page.md"]
    assert docs.stale(tmp_path) == []
    assert docs.write(tmp_path) == []
    (tmp_path / "a" / "page.md").write_text("as somebody would like it\n")
    assert docs.stale(tmp_path) == ["a/page.md"]


def test_states_are_drawn_for_every_table_of_moves():
    text = docs.states()
    assert text.count("```mermaid") >= 1
    assert "stateDiagram-v2" in text
