"""A matcher anyone can run: fetches signed hotlists, verifies, matches, reports hits and proves what it holds."""
