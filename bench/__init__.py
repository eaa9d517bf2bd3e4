"""Measurements, each against a peer that does the same work in the same run, or against a limit."""
