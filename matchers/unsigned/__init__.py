"""Unsigned files, for systems that cannot verify: what the old formats can carry, and how they are written (R-100)."""
