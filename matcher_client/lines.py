"""Reads from another program, a line each: what a pipe brings to standard input."""

import json
import logging
from typing import BinaryIO

from matcher_client.matcher import Matcher
from matcher_client.reads import Read

log = logging.getLogger(__name__)

LONGEST = 4 << 20  # bytes of one line


def take_lines(file: BinaryIO, matcher: Matcher) -> None:
    """Match every line until there is no more: a JSON object or a list of them. What cannot be read is counted and left out."""
    while line := file.readline(LONGEST):
        if not line.strip():
            continue
        try:
            content = json.loads(line)
        except (ValueError, RecursionError):
            _count_bad(matcher, "It is no JSON.")
            continue
        reads = []
        for each in content if isinstance(content, list) else [content]:
            try:
                reads.append(Read.parse(each))
            except ValueError as error:
                _count_bad(matcher, str(error))
        matcher.match(reads)


def _count_bad(matcher: Matcher, why: str) -> None:
    matcher.counts["bad_lines"] += 1
    log.warning("A line of standard input was left out. %s", why)
