"""Measurements, each against a peer that does the same work in the same run, or against a limit."""

import os

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "bench.settings"
django.setup()
