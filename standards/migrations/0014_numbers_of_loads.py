"""How long changes of one list's loads count together, and how long a file set aside is kept, in portals that stand already."""

from django.db import migrations

NUMBERS = [
    (
        "feed.change.window",
        24,
        "hours",
        "Changes of one list's loads count together for as long, or until a second person accepts one",
        "R-103",
    ),
    ("feed.set-aside.kept", 7, "days", "A file left for a list that could not be taken is deleted after this", "R-080"),
]


def deliver(apps, schema_editor):
    number = apps.get_model("standards", "Number")
    for profile in apps.get_model("standards", "StandardsProfile").objects.filter(is_delivered=True):
        for key, value, unit, meaning, source in NUMBERS:
            facts = {"value": value, "unit": unit, "meaning": meaning, "source": source}
            number.objects.get_or_create(profile=profile, key=key, defaults=facts)


class Migration(migrations.Migration):
    dependencies = [("standards", "0013_numbers_of_warninglists")]

    operations = [migrations.RunPython(deliver, migrations.RunPython.noop)]
