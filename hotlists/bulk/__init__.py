"""Files of entries: their columns, how a cell is read, what is wrong with a row."""
