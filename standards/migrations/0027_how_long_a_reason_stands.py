"""How long a stated reason to look stands before it is asked for again (R-062)."""

from django.db import migrations

NUMBERS = [
    ("look.reason.hours", 8, "hours", "A reason to look, once stated, stands for", "R-062 [D]"),
    ("log.purpose.minutes", 60, "minutes", "A purpose for reading the log, once chosen, stands for", "R-063 [D]"),
]


def deliver(apps, schema_editor):
    number = apps.get_model("standards", "Number")
    for profile in apps.get_model("standards", "StandardsProfile").objects.all():
        for key, value, unit, meaning, source in NUMBERS:
            facts = {"value": value, "unit": unit, "meaning": meaning, "source": source}
            number.objects.get_or_create(profile=profile, key=key, defaults=facts)


class Migration(migrations.Migration):
    dependencies = [('standards', '0026_accuracy_before_live')]

    operations = [migrations.RunPython(deliver, migrations.RunPython.noop)]
