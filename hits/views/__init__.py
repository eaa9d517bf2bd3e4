"""Pages of hits."""
