"""Generated pages: each is a function of the code, written by `manage.py write_docs` and compared by `bin/check`."""

from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.utils.module_loading import autodiscover_modules
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiYamlRenderer

from portal import workflow

NOTE = "<!-- Written by `manage.py write_docs` from the code: change that, not this. -->"

_pages: dict[str, Callable[[], str]] = {}


def register(path: str, function: Callable[[], str]) -> None:
    """A page under docs/ whose text is what `function` returns; rooms call it in AppConfig.ready()."""
    _pages[path] = function


def stale(root: Path) -> list[str]:
    """The pages under `root` that are not what the code says."""
    return [path for path, text in texts().items() if not _is_right(root / path, text)]


def write(root: Path) -> list[str]:
    """Brings the pages under `root` to what the code says; returns those that changed."""
    changed = []
    for path, text in texts().items():
        if not _is_right(root / path, text):
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(text)
            changed.append(path)
    return changed


def texts() -> dict[str, str]:
    """Every page as it should be, ending in one newline."""
    return {path: function().rstrip() + "\n" for path, function in sorted(_pages.items())}


def docs_dir() -> Path:
    """Where they stand."""
    return settings.BASE_DIR / "docs"


def _is_right(file: Path, text: str) -> bool:
    return file.exists() and file.read_text() == text


def states() -> str:
    """Every thing that has states, and what may follow what."""
    autodiscover_modules("workflow")
    parts = [
        "# States",
        NOTE,
        "What may follow what, as each room's `workflow.py` has it, with the verb that leads there.",
    ]
    for moves in workflow.tables():
        parts += [f"## {moves.thing.capitalize()}", f"```mermaid\n{moves.mermaid()}\n```"]
    return "\n\n".join(parts)


def api_schema() -> str:
    """The OpenAPI document that /api/v1/schema/ serves. RuntimeError where it could not say what the code does."""
    GENERATOR_STATS.reset()
    schema = SchemaGenerator().get_schema(request=None, public=True)
    if GENERATOR_STATS:  # two shapes of one name, say: it was printed, and would be a wrong document
        raise RuntimeError("The API's document would be wrong: see the warnings above.")
    return OpenApiYamlRenderer().render(schema).decode()


register("states.md", states)
register("api.yaml", api_schema)
