"""What is wanted, by whose authority, until when: hotlists, entries, decisions, feeds."""
