"""What was done and looked at: record, seal, verify; the log's pages for the data protection officer."""
