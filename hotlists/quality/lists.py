"""What the list itself allows."""

from collections.abc import Iterator

from hotlists.quality.asked import Asked, Fault


def are_kept_to(asked: Asked) -> Iterator[Fault]:
    """Category, action and markers are among those that the list holds."""
    version, hotlist = asked.version, asked.version.entry.hotlist
    if version.category and (asked.category is None or version.category not in hotlist.categories):
        yield "category", f"The list {hotlist.title} does not hold this category. Choose another."
    if version.action and version.action not in hotlist.actions:
        yield "action", f"The list {hotlist.title} does not allow this action."
    extra = sorted(set(version.markers) - set(hotlist.markers))
    if extra:
        yield "markers", f"The list {hotlist.title} does not allow the markers {', '.join(extra)}."
