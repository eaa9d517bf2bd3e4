"""What was added to the delivered edition, for portals that had it already: requirements, suppression, numbers of lists."""

from django.db import migrations

from standards.migrations._first_delivered import NUMBERS, REQUIRED_FIELDS, SUPPRESSION

KEYS = {"list.sunset.notice", "entry.daily", "entry.upload"}


def deliver(apps, schema_editor):
    number = apps.get_model("standards", "Number")
    category = apps.get_model("standards", "Category")
    code, name, expiry, review, rank, deciders, action, priority, is_feed, missing_risk, note = SUPPRESSION
    suppression = {
        "name": name, "max_expiry_hours": expiry, "review_hours": review, "decider_rank": rank, "deciders": deciders,
        "default_action": action, "default_priority": priority, "is_feed": is_feed, "needs_missing_risk": missing_risk,
        "note": note, "is_suppression": True,
    }  # fmt: skip
    # Editions that people adopted are copies of it: each gets what it could not have known, or nothing could be judged by it.
    for profile in apps.get_model("standards", "StandardsProfile").objects.all():
        for key, value, unit, meaning, source in NUMBERS:
            if key in KEYS:
                facts = {"value": value, "unit": unit, "meaning": meaning, "source": source}
                number.objects.get_or_create(profile=profile, key=key, defaults=facts)
        category.objects.update_or_create(profile=profile, code=code, defaults={"is_suppression": True}, create_defaults=suppression)
        for required, fields in REQUIRED_FIELDS.items():
            category.objects.filter(profile=profile, code=required).update(required_fields=fields)


class Migration(migrations.Migration):
    dependencies = [("standards", "0005_categories_say_what_they_require")]

    operations = [migrations.RunPython(deliver, migrations.RunPython.noop)]
