"""The days in which a finding is answered, in the profile that was delivered before findings were (R-071)."""

from django.db import migrations

KEY = "finding.answer"


def deliver(apps, schema_editor):
    number = apps.get_model("standards", "Number")
    facts = {"value": 14, "unit": "days", "meaning": "A finding is answered within", "source": "R-071"}
    for profile in apps.get_model("standards", "StandardsProfile").objects.filter(is_delivered=True):
        number.objects.get_or_create(profile=profile, key=KEY, defaults=facts)


class Migration(migrations.Migration):
    dependencies = [("standards", "0003_confidence_of_a_read")]

    operations = [migrations.RunPython(deliver, migrations.RunPython.noop)]
