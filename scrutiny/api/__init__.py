"""Scrutiny over the API."""
