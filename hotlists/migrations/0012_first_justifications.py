"""Lists that are there already stand on the sunset and the assessment that they were made with."""

from django.db import migrations


def justify(apps, schema_editor):
    justification = apps.get_model("hotlists", "Justification")
    term = apps.get_model("hotlists", "HotlistTerm")
    profile = apps.get_model("standards", "StandardsProfile").objects.filter(is_delivered=True).latest("effective_from")
    for hotlist in apps.get_model("hotlists", "Hotlist").objects.all():
        made = justification.objects.create(
            hotlist=hotlist, is_first=True, status="approved", words=hotlist.purpose, sunset_at=hotlist.sunset_at,
            profile=profile, proposed_by=hotlist.created_by, proposed_at=hotlist.created_at,
        )  # fmt: skip
        term.objects.create(
            hotlist=hotlist, justification=made, dpia_id=hotlist.dpia_id, sunset_at=hotlist.sunset_at,
            from_at=hotlist.created_at,
        )  # fmt: skip
    schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # or the column could not go in the same transaction


class Migration(migrations.Migration):
    dependencies = [
        ("hotlists", "0011_lists_are_justified_afresh"),
        ("standards", "0006_delivered_requirements"),
    ]

    operations = [
        migrations.RunPython(justify, migrations.RunPython.noop),
        migrations.RemoveConstraint(model_name="hotlist", name="hotlists_hotlist_ends_after_start"),
        migrations.RemoveField(model_name="hotlist", name="sunset_at"),
    ]
