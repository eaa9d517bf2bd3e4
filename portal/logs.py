"""What the portal writes of errors: never the database's words about a row, which would keep a plate past its record (R-065)."""

import logging
import re
from typing import Any

from psycopg import DataError, errors

# PostgreSQL names the row in DETAIL ("Failing row contains …"), in CONTEXT ("COPY …, column vrm: …") and in the LINE that it
# points into; each runs to the end of its paragraph or to the next of such words.
_OF_THE_ROW = re.compile(
    r"^(?:DETAIL|CONTEXT|LINE \d+):.*?(?=^(?:HINT:|DETAIL:|CONTEXT:|Traceback |The above |During handling )|^\s*$|\Z)",
    re.MULTILINE | re.DOTALL,
)
# What could not be read as a number, a date or a UUID is quoted in the first line, and may itself go over several.
_UNREADABLE = "|".join(
    sorted(name for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, DataError))
)
_OF_A_VALUE = re.compile(
    rf'^((?:psycopg\.errors\.(?:{_UNREADABLE})|psycopg\.DataError|django\.db\.utils\.DataError): [^"\n]*)"'
    r".*?(?=^(?:HINT:|DETAIL:|CONTEXT:|LINE \d+:|Traceback |The above |During handling )|^\s*$|\Z)",
    re.MULTILINE | re.DOTALL,
)
LEFT_OUT = "(what the database said of the row is left out)\n"


def without_rows(text: str) -> str:
    """The text without what the database said of a row."""
    return _OF_THE_ROW.sub(LEFT_OUT, _OF_A_VALUE.sub(rf"\1{LEFT_OUT}", text))


class Formatter(logging.Formatter):
    """Lines and tracebacks without rows."""

    def format(self, record: logging.LogRecord) -> str:
        """Whole, so that an error's words within a message are seen too."""
        return without_rows(super().format(record))


class Around(logging.Formatter):
    """The same around a formatter that somebody else made."""

    def __init__(self, inner: logging.Formatter) -> None:
        super().__init__()
        self.inner = inner

    def format(self, record: logging.LogRecord) -> str:
        """As the other formats it."""
        return without_rows(self.inner.format(record))


def keep_rows_out(logger: logging.Logger, **kwargs: Any) -> None:
    """Celery says that it set up a logger of its own."""
    for handler in logger.handlers:
        if handler.formatter is not None and not isinstance(handler.formatter, Formatter | Around):
            handler.setFormatter(Around(handler.formatter))
