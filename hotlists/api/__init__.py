"""The REST doors of hotlists: the same verbs as the pages."""
