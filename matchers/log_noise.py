"""What is asked of the publication as a matter of course and is not worth a line in the log of the server."""

import logging
import re
from http import HTTPStatus

_ROOT = re.compile(r"/publication/[0-9a-f]+/metadata/[0-9]+\.root\.json")


class NoNextRoot(logging.Filter):
    """Drops the warning of Django that a root is not there: TUF clients ask for the next one before each update and
    learn by a 404 that there is none (TUF specification, 5.3.3). With many matchers nothing else would be seen."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether it is logged."""
        if getattr(record, "status_code", None) != HTTPStatus.NOT_FOUND:
            return True
        return _ROOT.fullmatch(getattr(getattr(record, "request", None), "path", "")) is None
