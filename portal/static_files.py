"""How static files are named and found."""

from typing import Any

from django.contrib.staticfiles.finders import AppDirectoriesFinder
from django.contrib.staticfiles.storage import ManifestStaticFilesStorage


class Storage(ManifestStaticFilesStorage):
    """Names carry a hash of the content where files were collected, and are plain otherwise.

    So tests and a first start need no collectstatic, and what an ES module imports by its plain name is there too.
    """

    def stored_name(self, name: str) -> str:
        """The hashed name if there is one."""
        return self.hashed_files.get(self.hash_key(self.clean_name(name)), name)


class PackagesFinder(AppDirectoriesFinder):
    """Static files that packages bring. Ours are built first and stand in STATICFILES_DIRS."""

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.storages.pop("portal", None)
        self.apps = list(self.storages)
