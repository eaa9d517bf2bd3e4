"""By when complaints, requests and breaches are answered (R-131, R-133)."""

from django.db import migrations

NUMBERS = [
    ("concern.complaint.answer", 30, "days", "A complaint is answered within", "R-131 [D]"),
    ("concern.request.answer", 1, "months", "A request of somebody about their data is answered within", "R-131"),
    ("concern.breach.answer", 72, "hours", "The Commissioner is told of a breach within, or it is written down why not", "R-133"),
]


def deliver(apps, schema_editor):
    number = apps.get_model("standards", "Number")
    for profile in apps.get_model("standards", "StandardsProfile").objects.all():
        for key, value, unit, meaning, source in NUMBERS:
            facts = {"value": value, "unit": unit, "meaning": meaning, "source": source}
            number.objects.get_or_create(profile=profile, key=key, defaults=facts)


class Migration(migrations.Migration):
    dependencies = [("standards", "0029_numbers_of_roads")]

    operations = [migrations.RunPython(deliver, migrations.RunPython.noop)]
