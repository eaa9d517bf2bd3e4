"""Forms of scrutiny: shape only."""
