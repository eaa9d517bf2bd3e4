"""`python -m audit.seal EXPORT --key …`: checks an export of the log, with neither Django nor the database."""

import argparse
import sys
from pathlib import Path

from audit.seal import exports, notes


def main(arguments: list[str]) -> int:
    """0 when all is proved, 1 when something is wrong, 2 when it cannot be read."""
    parser = argparse.ArgumentParser(prog="python -m audit.seal", description=__doc__)
    parser.add_argument("export", type=Path, help="the file as it was handed out")
    parser.add_argument("--key", required=True, help="the public key, as whoever seals the log handed it on")
    parser.add_argument(
        "--record", type=Path, metavar="EXPORT", help="an export of the event that records this one: who took what, and all of it"
    )  # fmt: skip
    options = parser.parse_args(arguments)
    try:
        verifier = notes.Verifier.read(options.key)
        found = _read(options.export, verifier)
        record = _read(options.record, verifier) if options.record else None
    except (OSError, exports.Unreadable, notes.Forged) as problem:
        sys.stderr.write(f"{problem}\n")
        return 2
    sys.stdout.write(
        f"{found.events:,} events, {found.with_words:,} with their words, out of the log {found.checkpoint.origin} as it stood"
        f" at {found.checkpoint.size:,}.\nSHA-256 {found.sha256}\n"
    )
    problems = list(found.problems)
    if record is not None:
        problems += [f"The record: {problem}" for problem in record.problems]
        if not record.problems and found.sha256 not in [said.get("sha256") for said in record.said]:
            problems.append("The record is that of another export.")
    for problem in problems:
        sys.stderr.write(f"{problem}\n")
    return 1 if problems else 0


def _read(path: Path, verifier: notes.Verifier) -> exports.Checked:
    with path.open("rb") as lines:
        return exports.check(lines, verifier)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
