"""How large the pictures are that cameras send (R-093)."""

from django.db import migrations

NUMBERS = [
    ("site.patch", 3, "kilobytes", "The picture of a plate that a camera sends is at most", "R-093"),
    ("site.overview", 25, "kilobytes", "The overview that a camera sends is at most", "R-093"),
]


def deliver(apps, schema_editor):
    number = apps.get_model("standards", "Number")
    for profile in apps.get_model("standards", "StandardsProfile").objects.all():
        for key, value, unit, meaning, source in NUMBERS:
            facts = {"value": value, "unit": unit, "meaning": meaning, "source": source}
            number.objects.get_or_create(profile=profile, key=key, defaults=facts)


class Migration(migrations.Migration):
    dependencies = [("standards", "0030_numbers_of_concerns")]

    operations = [migrations.RunPython(deliver, migrations.RunPython.noop)]
