"""What retention tells ahead, what it calls late, and how much of a run is looked at (R-082, R-084)."""

from django.db import migrations

NUMBERS = [
    ("retention.outlook", 30, "days", "What falls due is told ahead for", "R-082 [D]"),
    ("retention.grace", 1, "days", "Past its period for longer than this, a record is late", "R-084 [D]"),
    ("retention.silence", 36, "hours", "A deletion run or a stocktake is missed after", "R-084 [D]"),
    ("retention.sample", 20, "records", "Of each kind that a run would erase, a look shows at most", "R-084 [D]"),
]


def deliver(apps, schema_editor):
    number = apps.get_model("standards", "Number")
    for profile in apps.get_model("standards", "StandardsProfile").objects.all():
        for key, value, unit, meaning, source in NUMBERS:
            facts = {"value": value, "unit": unit, "meaning": meaning, "source": source}
            number.objects.get_or_create(profile=profile, key=key, defaults=facts)


class Migration(migrations.Migration):
    dependencies = [('standards', '0027_how_long_a_reason_stands')]

    operations = [migrations.RunPython(deliver, migrations.RunPython.noop)]
