"""R-049: a category that claims an offence carries a reference of the right shape, so that nobody lists a vehicle without one."""

from collections.abc import Iterator

from hotlists.quality.asked import Asked, Fault


def has_the_right_shape(asked: Asked) -> Iterator[Fault]:
    """The source reference, or the crime number beside it, looks as the category wants it."""
    version, category = asked.version, asked.category
    if category is None or not category.reference_patterns or not version.source_ref.strip():
        return
    given = [reference.strip() for reference in (version.source_ref, version.crime_ref) if reference.strip()]
    if not any(category.accepts_reference(reference) for reference in given):
        wanted = " or ".join(example(pattern) for pattern in category.reference_patterns)
        yield "source_ref", f"{category.name} entries need a reference such as {wanted} (R-049)."


def example(pattern: str) -> str:
    """A reference of this shape, for the author to go by."""
    return pattern.replace("#", "1234", 1).replace("#", "26").replace("*", "…")
