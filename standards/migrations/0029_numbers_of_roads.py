"""How near a camera stands to the road that it watches, and how much road is a place (R-118)."""

from django.db import migrations

NUMBERS = [
    ("site.road.metres", 40, "metres", "A camera watches the road that it stands nearer to than", "R-118 [D]"),
    ("site.encircled.metres", 1500, "metres", "So much road that nobody enters unrecorded is a place", "R-118 [D]"),
]


def deliver(apps, schema_editor):
    number = apps.get_model("standards", "Number")
    for profile in apps.get_model("standards", "StandardsProfile").objects.all():
        for key, value, unit, meaning, source in NUMBERS:
            facts = {"value": value, "unit": unit, "meaning": meaning, "source": source}
            number.objects.get_or_create(profile=profile, key=key, defaults=facts)


class Migration(migrations.Migration):
    dependencies = [("standards", "0028_numbers_of_retention")]

    operations = [migrations.RunPython(deliver, migrations.RunPython.noop)]
