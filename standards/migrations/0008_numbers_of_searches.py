"""What one search or export may show, in the editions that there were before part of a plate could be searched for."""

from django.db import migrations

NUMBERS = [
    ("search.known.least", 3, "characters", "Letters or digits that a search for part of a plate gives at least", "R-062 [D]"),
    ("search.shown.most", 200, "rows", "The most entries, and the most rows of feeds, that one search shows", "R-062 [D]"),
    ("export.most", 5000, "rows", "The most rows that one export takes away", "DPA 2018 s.35 [D]"),
]


def deliver(apps, schema_editor):
    number = apps.get_model("standards", "Number")
    for profile in apps.get_model("standards", "StandardsProfile").objects.all():
        for key, value, unit, meaning, source in NUMBERS:
            facts = {"value": value, "unit": unit, "meaning": meaning, "source": source}
            number.objects.get_or_create(profile=profile, key=key, defaults=facts)


class Migration(migrations.Migration):
    dependencies = [('standards', '0007_numbers_for_writing')]

    operations = [migrations.RunPython(deliver, migrations.RunPython.noop)]
