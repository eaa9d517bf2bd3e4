"""How far a camera may be from its survey, how often signs are inspected, and the longest file of sites (R-091, R-117)."""

from django.db import migrations

NUMBERS = [
    ("site.position", 50, "metres", "A camera that says it stands further from its survey is a finding", "R-091 [D]"),
    ("site.signs", 365, "days", "The signs of a camera site are inspected at least every", "R-117 [D]"),
    ("site.import", 1000, "rows", "The longest file of camera sites that is taken at once", "5.5 [D]"),
]


def deliver(apps, schema_editor):
    number = apps.get_model("standards", "Number")
    for profile in apps.get_model("standards", "StandardsProfile").objects.all():
        for key, value, unit, meaning, source in NUMBERS:
            facts = {"value": value, "unit": unit, "meaning": meaning, "source": source}
            number.objects.get_or_create(profile=profile, key=key, defaults=facts)


class Migration(migrations.Migration):
    dependencies = [("standards", "0019_allocations_that_end")]

    operations = [migrations.RunPython(deliver, migrations.RunPython.noop)]
