"""When reviews show, who renews what was never hit, and how soon an entry ends, in the profile that was delivered before."""

from django.db import migrations

NUMBERS = [
    ("review.soon", 7, "days", "A review shows in the queue this long before it is due", "R-014 [D]"),
    ("review.no_hits", 3, "periods", "Renewal after so many periods without a hit needs a supervisor", "domain.md 5.4"),
    ("review.no_hits.rank", 20, "rank", "Least rank of that supervisor", "domain.md 5.4 [D]"),
    ("removal.target", 12, "hours", "What happened ends the entry within a shift", "R-024"),
]


def deliver(apps, schema_editor):
    number = apps.get_model("standards", "Number")
    for profile in apps.get_model("standards", "StandardsProfile").objects.filter(is_delivered=True):
        for key, value, unit, meaning, source in NUMBERS:
            facts = {"value": value, "unit": unit, "meaning": meaning, "source": source}
            number.objects.get_or_create(profile=profile, key=key, defaults=facts)


class Migration(migrations.Migration):
    dependencies = [('standards', '0009_emergency_authority')]

    operations = [migrations.RunPython(deliver, migrations.RunPython.noop)]
