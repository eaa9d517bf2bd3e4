"""Pages of retention."""
