"""What one look at a map shows, when signs are inspected, and when sites may stand around a town (R-117, R-118, R-120)."""

from django.db import migrations

NUMBERS = [
    ("site.signs.notice", 30, "days", "An inspection of signs is announced this long before it is due", "R-117 [D]"),
    ("site.map.pins", 400, "pins", "The most camera sites that one look at a map tells apart", "R-120 [D]"),
    ("site.ring.metres", 5000, "metres", "Sites so near a proposal are looked at together for a ring around a town", "R-118 [D]"),
    ("site.ring.sectors", 6, "eighths", "Sites in so many of eight directions may leave no way round", "R-118 [D]"),
]


def deliver(apps, schema_editor):
    number = apps.get_model("standards", "Number")
    for profile in apps.get_model("standards", "StandardsProfile").objects.all():
        for key, value, unit, meaning, source in NUMBERS:
            facts = {"value": value, "unit": unit, "meaning": meaning, "source": source}
            number.objects.get_or_create(profile=profile, key=key, defaults=facts)


class Migration(migrations.Migration):
    dependencies = [('standards', '0022_accuracy_and_reviews')]

    operations = [migrations.RunPython(deliver, migrations.RunPython.noop)]
