"""What counts as a high risk, how long the Commissioner has, and what may be attached to an assessment (R-114, R-115)."""

from django.db import migrations

NUMBERS = [
    ("dpia.risk.medium", 4, "score", "Likelihood times severity from which a risk is medium", "R-114 [D]"),
    ("dpia.risk.high", 9, "score", "Likelihood times severity from which a risk is high", "R-115 [D]"),
    ("dpia.consultation.answer", 42, "days", "The Commissioner answers a prior consultation within", "R-115 [M]"),
    ("dpia.consultation.extension", 31, "days", "By which the Commissioner may extend that", "R-115 [M]"),
    ("dpia.attachments.most", 20, "files", "The most files attached to one version of a DPIA", "5.7 [D]"),
    ("dpia.attachment.size", 10, "megabytes", "The largest file attached to a DPIA", "5.7 [D]"),
]


def deliver(apps, schema_editor):
    number = apps.get_model("standards", "Number")
    for profile in apps.get_model("standards", "StandardsProfile").objects.filter(is_delivered=True):
        for key, value, unit, meaning, source in NUMBERS:
            facts = {"value": value, "unit": unit, "meaning": meaning, "source": source}
            number.objects.get_or_create(profile=profile, key=key, defaults=facts)


class Migration(migrations.Migration):
    dependencies = [("standards", "0016_limits_of_revisions")]

    operations = [migrations.RunPython(deliver, migrations.RunPython.noop)]
