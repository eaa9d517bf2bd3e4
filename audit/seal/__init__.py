"""What seals the log: a Merkle tree over its events, and signed notes of how it stood. Pure; needs neither Django nor a database."""
