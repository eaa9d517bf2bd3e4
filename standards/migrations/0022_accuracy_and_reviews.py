"""What cameras have to reach and how often they are tested, and how often needs and the code are looked at afresh (R-090, R-094, R-116)."""

from django.db import migrations

NUMBERS = [
    ("site.clock", 1000, "milliseconds", "A camera's clock is off a traceable source by at most", "R-094 [M]"),
    ("site.latency", 5000, "milliseconds", "Nineteen in twenty reads are delivered within", "R-094 [M]"),
    ("site.accuracy.test", 365, "days", "A camera's accuracy is tested at least every", "R-090 [D]"),
    ("site.accuracy.confidence", 95, "per cent", "How sure it is that a true rate lies in its interval", "R-090 [D]"),
    ("site.accuracy.import", 1000, "rows", "The longest file of accuracy tests that is taken at once", "R-090 [D]"),
    ("site.need.review", 365, "days", "The need of a camera site is reviewed at least every", "R-116"),
    ("code.review", 365, "days", "The self-assessment under the camera code is made afresh at least every", "R-116"),
    ("code.gaps.most", 20, "gaps", "The most gaps that one principle of a self-assessment lists", "5.8 [D]"),
]


def deliver(apps, schema_editor):
    number = apps.get_model("standards", "Number")
    for profile in apps.get_model("standards", "StandardsProfile").objects.all():
        for key, value, unit, meaning, source in NUMBERS:
            facts = {"value": value, "unit": unit, "meaning": meaning, "source": source}
            number.objects.get_or_create(profile=profile, key=key, defaults=facts)


class Migration(migrations.Migration):
    dependencies = [('standards', '0021_secrets_of_machines')]

    operations = [migrations.RunPython(deliver, migrations.RunPython.noop)]
