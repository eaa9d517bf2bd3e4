"""The profile that comes with the portal, so that there is one before anybody can propose another."""

import datetime as dt

from django.db import migrations

from standards.migrations._first_delivered import CATEGORIES, NUMBERS


def deliver(apps, schema_editor):
    profile = apps.get_model("standards", "StandardsProfile").objects.create(
        name="Delivered with the portal",
        effective_from=dt.datetime(2020, 1, 1, tzinfo=dt.UTC),
        source="docs/how-to/adopt-a-standards-profile.md",
        is_delivered=True,
    )
    number = apps.get_model("standards", "Number")
    number.objects.bulk_create(
        number(profile=profile, key=key, value=value, unit=unit, meaning=meaning, source=source)
        for key, value, unit, meaning, source in NUMBERS
    )
    category = apps.get_model("standards", "Category")
    category.objects.bulk_create(
        category(
            profile=profile, code=code, name=name, max_expiry_hours=expiry, review_hours=review, decider_rank=rank,
            deciders=deciders, default_action=action, default_priority=priority, is_feed=is_feed,
            needs_missing_risk=missing_risk, note=note,
        )
        for code, name, expiry, review, rank, deciders, action, priority, is_feed, missing_risk, note in CATEGORIES
    )


class Migration(migrations.Migration):
    dependencies = [("standards", "0001_profile")]

    operations = [migrations.RunPython(deliver, migrations.RunPython.noop)]
