"""Reading a source's file, staging its rows, merging them into the list."""
