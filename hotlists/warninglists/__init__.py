"""Files of warninglists: how they are read, and how a million plates come into the database at once."""
