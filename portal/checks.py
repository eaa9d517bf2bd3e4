"""The rules that code keeps here, each a program that says no: `bin/check`."""

import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from portal import embedded, setup

ROOMS = (
    "audit", "standards", "accounts", "retention", "camera_sites", "hotlists", "matchers", "hits", "scrutiny", "oversight",
)  # fmt: skip

# Whose types are checked: what decides and what acts, and what is pure. Pages and tables are left to the tests.
TYPED = ("actions", "policies", "workflow", "reconcile", "quality", "ranks", "roles", "schedule", "sentences", "verbs")
TYPED_OF_PORTAL = ("docs", "errors", "health", "ids", "moments", "partitions", "policies", "setup", "supervisor",
                   "workflow")  # fmt: skip

# What must not stand in a tracked file. Spelt so that this file does not find itself.
LEAKS = {
    "a package registry's host": re.compile(
        r"registry\.npm" r"js|files\.pythonhosted|py" r"pi\.org|regis" r"try\.yarnpkg"
    ),
    "an absolute path of one machine": re.compile(r"(?<![\w.:/-])/(?:wor" r"k|roo" r"t|hom" r"e/\w+|Use" r"rs/\w+)/"),
    "a private key": re.compile(r"-----BEGIN [A-Z ]*PRIV" r"ATE KEY-----"),
    "two versions that nobody chose between": re.compile(r"^(<{7}|>{7}) "),
}


def leaks(text: str) -> list[tuple[int, str]]:
    """Line numbers and what each of them gives away."""
    return [
        (number, what)
        for number, line in enumerate(text.splitlines(), 1)
        for what, pattern in LEAKS.items()
        if pattern.search(line)
    ]


def scan_tracked_files() -> tuple[bool, str]:
    """Every tracked file, read for what should not leave a machine."""
    found = []
    for name in setup.run(["git", "ls-files", "-z"]).split("\0"):
        file = setup.ROOT / name
        if not name or not file.is_file():
            continue
        try:
            text = file.read_text()
        except UnicodeDecodeError:
            continue  # pictures
        found += [f"{name}:{number}: {what}" for number, what in leaks(text)]
    return not found, "\n".join(found)


def typed_files() -> list[Path]:
    """The modules and packages whose types are checked."""
    files = [
        setup.ROOT / "matcher_client",
        setup.ROOT / "portal" / "embedded",
        *(setup.ROOT / "portal" / f"{name}.py" for name in TYPED_OF_PORTAL),
    ]
    for room in ROOMS:
        for name in TYPED:
            files += [setup.ROOT / room / f"{name}.py", setup.ROOT / room / name]
    return [file for file in files if file.exists()]


def program(*command: str | Path) -> Callable[[], tuple[bool, str]]:
    """A program of the virtual environment as a check: whether it is content, and what it said."""

    def ask() -> tuple[bool, str]:
        done = subprocess.run(  # noqa: S603
            [str(word) for word in command], cwd=setup.ROOT, capture_output=True, text=True, check=False
        )
        return done.returncode == 0, (done.stdout + done.stderr).strip()

    return ask


def checks() -> dict[str, Callable[[], tuple[bool, str]]]:
    """Each check by name, quick ones first."""
    bin_ = setup.VENV / "bin"
    manage = (setup.PYTHON, "manage.py")
    return {
        "style": program(bin_ / "ruff", "check", "."),
        "format": program(bin_ / "ruff", "format", "--check", "."),
        "nothing leaks": scan_tracked_files,
        "floors": program(bin_ / "lint-imports", "--no-cache"),
        "system check": program(*manage, "check", "--fail-level", "WARNING"),
        "migrations": program(*manage, "makemigrations", "--check", "--dry-run"),
        "generated pages": program(*manage, "write_docs", "--check"),
        "types": program(bin_ / "mypy", "--follow-imports=silent", *typed_files()),
    }


def main(names: list[str]) -> int:
    """`bin/check [name…]`"""
    with embedded.use(embedded.state_dir()):
        return run(names)


def run(names: list[str]) -> int:
    """Those named, or all."""
    failed = []
    for name, ask in checks().items():
        if names and name not in names:
            continue
        began = time.monotonic()
        is_content, said = ask()
        setup.say(f"{'ok    ' if is_content else 'FAILED'} {name}  {time.monotonic() - began:.1f} s")
        if not is_content:
            failed.append(name)
            setup.say("\n".join(f"    {line}" for line in said.splitlines()[-60:]))
    if failed:
        setup.say(f"\nNot yet: {', '.join(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
