"""The command line: run a matcher, or say what one holds."""

import argparse
import json
import logging
import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import httpx

from matcher_client.feed import Feed
from matcher_client.folder import Folder
from matcher_client.lines import take_lines
from matcher_client.listener import Listener, Open
from matcher_client.locking import MEMORY, NoKey, key_from
from matcher_client.matcher import Matcher
from matcher_client.rotation import rotate
from matcher_client.session import Answered, PortalSession, SilentPortal
from matcher_client.state import Applied, health, lock

LAST_HITS = 30.0  # seconds; what is not sent by then is sent at the next start
WELL, NOT_FRESH, CANNOT, SILENT, FAILED = 0, 1, 2, 3, 4
EXITS = (
    "Exit status: 0 all is well; 1 what is held is stale, dead or nothing; 2 it cannot start so, and says why; "
    "3 no matcher answers; 4 it failed while it ran."
)
WHO_MAY_POST = "a file that holds the token which whoever posts reads must send; needed unless only this machine can"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status."""
    options = parser().parse_args(arguments)
    if options.command == "rotate":
        return change_secret(options)
    if options.command == "status":
        return status(options.state)
    if options.command == "health":
        return ask_health(options.listen, options.token_file)
    return run(options)


def parser() -> argparse.ArgumentParser:
    """The command's options."""
    top = argparse.ArgumentParser(prog="anpr-matcher", description=__doc__, epilog=EXITS)
    commands = top.add_subparsers(dest="command", required=True)
    one = commands.add_parser("run", help="fetch, verify, match, report and prove, until stopped")
    one.add_argument("--portal", required=True, metavar="URL", help="where to sign in and to report to")
    one.add_argument("--metadata-url", required=True, metavar="URL", help="the feed's metadata, …/<feed>/metadata/")
    one.add_argument("--targets-url", required=True, metavar="URL", help="the files that the metadata names")
    one.add_argument("--client-id", required=True)
    one.add_argument("--client-secret-file", required=True, type=Path, help="a file that holds only the secret")
    one.add_argument("--root", required=True, type=Path, help="the feed's root.json, got by a way you trust")
    one.add_argument("--state", required=True, type=Path, help="a directory of this matcher's own")
    one.add_argument("--listen", default="127.0.0.1:8600", metavar="HOST:PORT", help="for POST /reads and GET /health")
    one.add_argument("--token-file", type=Path, help=WHO_MAY_POST)
    one.add_argument(
        "--folder",
        type=Path,
        help="where cameras leave files as <site>/<camera>/…: Hikvision event XML (.xml) and Axis event JSON (.json). All that lies "
        "there is taken away: files are deleted once they are matched, pictures too; what cannot be read lies in bad/ for a day",
    )
    one.add_argument(
        "--keep-hits", type=Path, metavar="FOLDER", help="where files of --folder with a hit are moved instead"
    )
    one.add_argument(
        "--stdin",
        action="store_true",
        help="take reads from standard input too, as JSON, one or a list of them a line; stop at its end, once the hits are sent",
    )
    one.add_argument("--enrol-code", default="", help="the one-time code that registers this matcher's key")
    one.add_argument(
        "--key",
        default=MEMORY,
        metavar="SOURCE",
        help="what locks the lists and the waiting hits on disk: memory (the default: both are gone when this process ends, "
        "and the lists are fetched anew), kernel (kept by the Linux kernel until the power is off), or a file outside the "
        "state directory (made when it is not there; whoever takes both can read both)",
    )
    one.add_argument("--poll", default=3.0, type=float, help="seconds between attempts when waiting for news fails")
    one.add_argument(
        "--report-lapsed-sites", action="store_true", help="match reads of every site, in service or not (for tests)"
    )
    third = commands.add_parser("health", help="ask a running matcher how it is")
    third.add_argument("--listen", default="127.0.0.1:8600", metavar="HOST:PORT")
    third.add_argument("--token-file", type=Path, help=WHO_MAY_POST)
    other = commands.add_parser("status", help="say what a matcher holds, from its state directory")
    other.add_argument("--state", required=True, type=Path)
    secret = commands.add_parser("rotate", help="change the secret by which this matcher signs in; then start it again")
    secret.add_argument("--portal", required=True, metavar="URL")
    secret.add_argument("--client-id", required=True)
    secret.add_argument("--client-secret-file", required=True, type=Path, help="is written anew")
    return top


def run(options: argparse.Namespace) -> int:
    """Run a matcher until it is told to stop."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s", stream=sys.stderr)
    logging.getLogger("httpx").setLevel(logging.WARNING)
    if (wrong := wrong_folders(options.folder, options.keep_hits)) != "":
        sys.stderr.write(f"{wrong}\n")
        return CANNOT
    options.state.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        lock(options.state)
    except BlockingIOError:
        sys.stderr.write(f"Another matcher is using {options.state}.\n")
        return CANNOT
    try:
        key = key_from(options.key, options.state)
    except NoKey as error:
        sys.stderr.write(f"{error}\n")
        return CANNOT
    try:
        secret, root = options.client_secret_file.read_text().strip(), options.root.read_bytes()
    except OSError as error:
        sys.stderr.write(f"{error.filename} cannot be read: {error.strerror}.\n")
        return CANNOT
    session = PortalSession(options.portal, options.client_id, secret)
    feed = Feed(session, options.metadata_url, options.targets_url, root, options.state, key)
    matcher = Matcher(
        session,
        feed,
        options.state,
        enrol_code=options.enrol_code,
        poll=options.poll,
        report_lapsed_sites=options.report_lapsed_sites,
    )
    matcher.load_held()  # before the first read is taken, lest it be held against nothing
    host, _, port = options.listen.rpartition(":")
    try:
        listener = Listener((host or "127.0.0.1", int(port)), matcher, token_in(options.token_file))
    except (Open, OSError, ValueError) as error:
        sys.stderr.write(f"Nobody could listen on {options.listen}. {error}\n")
        return CANNOT
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    works: dict[str, Callable[[threading.Event], object]] = {
        "updates": matcher.run, "reads": lambda _: listener.serve_forever(),
    }  # fmt: skip
    if options.folder is not None:
        works["folder"] = Folder(options.folder, matcher, options.keep_hits).run
    if options.stdin:
        works["lines"] = partial(take_all, matcher)
    failed: list[str] = []
    for name, work in works.items():
        threading.Thread(target=keep_running, args=[name, work, stop, failed], name=name, daemon=True).start()
    while not stop.wait(3600):
        pass
    listener.shutdown()
    return FAILED if failed else WELL


def take_all(matcher: Matcher, stop: threading.Event) -> None:
    """Take what standard input brings, and stop when it ended and the portal has the hits, or could not take them for long."""
    take_lines(sys.stdin.buffer, matcher)
    ends = time.monotonic() + LAST_HITS
    while len(matcher.spool) and time.monotonic() < ends and not stop.wait(0.1):
        pass
    stop.set()


def wrong_folders(folder: Path | None, kept: Path | None) -> str:
    """What is wrong with the folders, in words; nothing when nothing is."""
    if folder is None:
        return "" if kept is None else "--keep-hits says where files of --folder go, and there is no --folder."
    if not folder.is_dir() or not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        return f"{folder} is no folder from which this matcher may take files."
    if kept is not None and kept.resolve().is_relative_to(folder.resolve()):
        return "--keep-hits lies in --folder: what is kept there would be taken again."
    return ""


def keep_running(
    name: str, work: Callable[[threading.Event], object], stop: threading.Event, failed: list[str]
) -> None:
    """Do one thread's work; when it fails in a way nobody foresaw, end the process, so that it is seen and started again."""
    try:
        work(stop)
    except Exception as error:  # noqa: BLE001 - said, and the process ends
        # Where it failed and not in which words, which may be those of a read.
        where = "".join(traceback.format_tb(error.__traceback__))
        logging.getLogger(__name__).error(
            "The matcher stops, since its %s failed: %s\n%s", name, type(error).__name__, where
        )
        failed.append(name)
        stop.set()


def status(state: Path) -> int:
    """Print what a matcher holds, as JSON. Exit status 1 when it holds nothing."""
    applied = Applied.read(state / "applied.json")
    waiting = len(list((state / "spool").glob("*.json")))
    sys.stdout.write(json.dumps({**health(applied, time.time()), "spool": waiting}, indent=2) + "\n")
    return 0 if applied.lists else 1


def ask_health(address: str, token_file: Path | None) -> int:
    """Print what a running matcher says of itself, as JSON."""
    headers = {"Authorization": f"Bearer {token}"} if (token := token_in(token_file)) else {}
    try:
        answer = httpx.get(f"http://{address}/health", headers=headers, timeout=10)
        told = answer.raise_for_status().json()
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        sys.stderr.write(f"No matcher answers at {address} as one does. {error}\n")
        return SILENT
    sys.stdout.write(json.dumps(told, indent=2) + "\n")
    return WELL if told.get("state") == "fresh" else NOT_FRESH


def token_in(path: Path | None) -> str:
    """The token in a file; none without a file. ValueError for a file with nothing in it."""
    if path is None:
        return ""
    token = path.read_text().strip()
    if not token:
        raise ValueError(f"There is no token in {path}.")
    return token


def change_secret(options: argparse.Namespace) -> int:
    """Change the secret. Exit status 1 when the portal refused or did not answer."""
    try:
        rotate(options.portal, options.client_id, options.client_secret_file)
    except (Answered, SilentPortal) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write("The secret was changed; the old one works no more. Start the matcher again.\n")
    return 0
