"""The REST doors of camera sites: the same verbs as the pages."""
