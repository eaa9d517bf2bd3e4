"""Journeys: people in browsers, matchers and cameras, on the whole portal as bin/demo runs it."""
