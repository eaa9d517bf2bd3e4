"""The times of a lost or stolen report, in the profile that was delivered before feeds had a life cycle (R-022)."""

from django.db import migrations

NUMBERS = [
    ("stolen.confirm", 48, "hours", "A lost or stolen report is confirmed within"),
    ("stolen.reminder", 14, "days", "The source is reminded of an unconfirmed report after"),
    ("stolen.unconfirmed", 42, "days", "An unconfirmed report is weeded after"),
    ("stolen.confirmed", 6, "years", "A confirmed report is weeded after"),
    ("stolen.warning", 30, "days", "The source is warned before a confirmed report is weeded"),
]


def deliver(apps, schema_editor):
    number = apps.get_model("standards", "Number")
    for profile in apps.get_model("standards", "StandardsProfile").objects.filter(is_delivered=True):
        for key, value, unit, meaning in NUMBERS:
            facts = {"value": value, "unit": unit, "meaning": meaning, "source": "R-022"}
            number.objects.get_or_create(profile=profile, key=key, defaults=facts)


class Migration(migrations.Migration):
    dependencies = [('standards', '0010_reviews_and_removals')]

    operations = [migrations.RunPython(deliver, migrations.RunPython.noop)]
