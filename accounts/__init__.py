"""People, roles, sign-in, machine clients: whoever can act."""
