"""The numbers and reference shapes by which entries are judged when they are written (R-025, R-027, R-028, R-049)."""

from django.db import migrations

from standards.migrations._first_delivered import NUMBERS, REFERENCE_PATTERNS

KEYS = {"reason.repeats", "reason.repeats.days", "reason.likeness", "protected.days", "marker.review", "intel.age"}


def deliver(apps, schema_editor):
    number, category = apps.get_model("standards", "Number"), apps.get_model("standards", "Category")
    for profile in apps.get_model("standards", "StandardsProfile").objects.all():
        for key, value, unit, meaning, source in NUMBERS:
            if key in KEYS:
                facts = {"value": value, "unit": unit, "meaning": meaning, "source": source}
                number.objects.get_or_create(profile=profile, key=key, defaults=facts)
        for code, patterns in REFERENCE_PATTERNS.items():
            category.objects.filter(profile=profile, code=code, reference_patterns=[]).update(reference_patterns=patterns)


class Migration(migrations.Migration):
    dependencies = [("standards", "0006_delivered_requirements")]

    operations = [migrations.RunPython(deliver, migrations.RunPython.noop)]
