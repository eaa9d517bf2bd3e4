"""The delivered edition says the same in every portal, and no edition lacks a number that it has.

An earlier release delivered another daily number (R-030), and several numbers reached the delivered edition alone. What two
people adopted stays as they adopted it: only what they could not have known is added.
"""

from django.db import migrations


def level(apps, schema_editor):
    number = apps.get_model("standards", "Number")
    delivered = number.objects.filter(profile__is_delivered=True)
    delivered.filter(key="entry.daily", value=20).update(value=50)
    for profile in apps.get_model("standards", "StandardsProfile").objects.filter(is_delivered=False):
        for one in delivered.exclude(key__in=number.objects.filter(profile=profile).values("key")):
            facts = {"value": one.value, "unit": one.unit, "meaning": one.meaning, "source": one.source}
            number.objects.create(profile=profile, key=one.key, **facts)


class Migration(migrations.Migration):
    dependencies = [("standards", "0011_life_of_a_stolen_report")]

    operations = [migrations.RunPython(level, migrations.RunPython.noop)]
