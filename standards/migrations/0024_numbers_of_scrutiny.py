"""How much of a month is sampled, and from which numbers on acts are a sign of misuse (R-068, R-070)."""

from django.db import migrations

NUMBERS = [
    ("sample.least", 10, "items", "A month's sample of each area holds at least", "R-068 [M]"),
    ("sample.share", 5, "per cent", "A month's sample of each area holds at least so much of it", "R-068 [M]"),
    ("sample.answer", 28, "days", "A month's sample is worked through within", "R-068 [D]"),
    ("signal.answer", 14, "days", "A sign of misuse is judged within", "R-070 [D]"),
    ("indicator.window", 28, "days", "Indicators of misuse look back", "R-070 [D]"),
    ("indicator.baseline", 180, "days", "What is usual is judged by the days before that", "R-070 [D]"),
    ("indicator.plate.looks", 8, "searches", "One person's searches for one plate that are a sign", "R-070, F-09 [D]"),
    ("indicator.peers.searches", 40, "searches", "Fewer searches of one person than this are never far from peers", "R-070 [D]"),
    ("indicator.peers.times", 4, "times", "The others' average from which searches are far from peers", "R-070, F-09 [D]"),
    ("indicator.peers.people", 5, "people", "Fewer others than this are nobody to compare with", "R-070 [D]"),
    ("indicator.listed.minutes", 60, "minutes", "A search so soon after listing the plate counts", "R-070 [D]"),
    ("indicator.listed.searches", 5, "searches", "Such searches of one person that are a sign", "R-070 [D]"),
    ("indicator.pair.approvals", 12, "decisions", "One author's approvals by one person that are a sign", "R-070 [D]"),
    ("indicator.pair.share", 80, "per cent", "Share of the author's approvals that these are at least", "R-070 [D]"),
    ("indicator.swift.seconds", 20, "seconds", "An approval sooner after the submission was hardly read", "R-070 [D]"),
    ("indicator.swift.approvals", 3, "decisions", "Such approvals of one person that are a sign", "R-070 [D]"),
    ("indicator.hours.known", 100, "acts", "A person's usual hours are known from so many acts", "R-070 [D]"),
    ("indicator.hours.share", 1, "per cent", "Hours of the day with less of a person's acts are unusual", "R-070 [D]"),
    ("indicator.hours.acts", 5, "acts", "Acts of one person at unusual hours that are a sign", "R-070 [D]"),
    ("indicator.readd.days", 90, "days", "A refusal of the same plate counts for", "R-070 [D]"),
    ("indicator.readd.entries", 1, "entries", "Entries after a refusal that are a sign", "R-070 [D]"),
    ("indicator.case.entries", 1, "entries", "Versions under the reference of an ended case that are a sign", "R-070, F-03 [D]"),
    ("indicator.renewal.times", 2, "times", "Renewals of one entry with nothing new that are a sign", "R-070 [D]"),
    ("indicator.followed.hits", 8, "hits", "Hits on one entry to which nobody was sent that are a sign", "R-070, F-03 [D]"),
    ("indicator.late.hits", 3, "hits", "One matcher's hits on what has ended that are a sign", "R-070 [D]"),
]


def deliver(apps, schema_editor):
    number = apps.get_model("standards", "Number")
    for profile in apps.get_model("standards", "StandardsProfile").objects.all():
        for key, value, unit, meaning, source in NUMBERS:
            facts = {"value": value, "unit": unit, "meaning": meaning, "source": source}
            number.objects.get_or_create(profile=profile, key=key, defaults=facts)


class Migration(migrations.Migration):
    dependencies = [('standards', '0023_numbers_of_maps_and_rings')]

    operations = [migrations.RunPython(deliver, migrations.RunPython.noop)]
