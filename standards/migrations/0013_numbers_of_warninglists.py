"""How much a warninglist may hold, in every edition that was adopted before there were any."""

from django.db import migrations

NUMBERS = [
    ("warninglist.items", 1_000_000, "rows", "The most plates that one edition of a warninglist holds"),
    ("warninglist.patterns", 10_000, "rows", "Of these, the most that stand for several plates"),
    ("warninglist.known.least", 3, "characters", "Letters or digits that such a pattern gives at least"),
    ("warninglist.bad.most", 1000, "rows", "A file with more rows that cannot be read is not taken"),
]


def deliver(apps, schema_editor):
    number = apps.get_model("standards", "Number")
    for profile in apps.get_model("standards", "StandardsProfile").objects.all():
        for key, value, unit, meaning in NUMBERS:
            facts = {"value": value, "unit": unit, "meaning": meaning, "source": "5.1 [D]"}
            number.objects.get_or_create(profile=profile, key=key, defaults=facts)


class Migration(migrations.Migration):
    dependencies = [("standards", "0012_one_truth_of_numbers")]

    operations = [migrations.RunPython(deliver, migrations.RunPython.noop)]
