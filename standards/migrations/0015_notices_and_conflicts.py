"""How soon notices and conflicts of interest are answered, and how long a declared vehicle bars (R-027, R-032)."""

from django.db import migrations

NUMBERS = [
    ("notice.answer", 3, "days", "The data protection officer answers a notice within", "R-027 [D]"),
    ("conflict.answer", 3, "days", "Professional standards answer a reported conflict of interest within", "R-032 [D]"),
    ("declared.after", 365, "days", "A declared vehicle bars its declarer so long after it is withdrawn", "R-032 [D]"),
]


def deliver(apps, schema_editor):
    number = apps.get_model("standards", "Number")
    for profile in apps.get_model("standards", "StandardsProfile").objects.all():
        for key, value, unit, meaning, source in NUMBERS:
            facts = {"value": value, "unit": unit, "meaning": meaning, "source": source}
            number.objects.get_or_create(profile=profile, key=key, defaults=facts)


class Migration(migrations.Migration):
    dependencies = [("standards", "0014_numbers_of_loads")]

    operations = [migrations.RunPython(deliver, migrations.RunPython.noop)]
