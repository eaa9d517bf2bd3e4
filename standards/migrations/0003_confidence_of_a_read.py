"""The delivered profile says below which confidence a read is a caution; portals set up before did not have it."""

from django.db import migrations


def deliver(apps, schema_editor):
    number = apps.get_model("standards", "Number")
    for profile in apps.get_model("standards", "StandardsProfile").objects.all():
        number.objects.get_or_create(
            profile=profile,
            key="hit.confidence.low",
            defaults={
                "value": 80,
                "unit": "per cent",
                "meaning": "A read that the camera is less sure of is a caution",
                "source": "R-057 [D]",
            },
        )


class Migration(migrations.Migration):
    dependencies = [("standards", "0002_delivered_profile")]

    operations = [migrations.RunPython(deliver, migrations.RunPython.noop)]
