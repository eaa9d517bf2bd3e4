"""The national justification matrix for camera sites, and the numbers that go with it (R-110..R-112)."""

import django.db.models.deletion
from django.db import migrations, models


NUMBERS = [
    ("site.exceptional.rank", 50, "rank", "Least rank that signs off an exceptional camera site", "R-112"),
    ("site.neighbours", 3000, "metres", "Other sites so near are shown as possible duplicates", "R-111 [D]"),
    ("site.temporary", 365, "days", "A temporary camera site stands for less than", "R-110"),
]
PURPOSES = ("national_security", "serious_crime", "local_crime", "prevention", "confidence")
MATRIX = {"strategic": "VVMEE", "major": "VVMEE", "minor": "VMMEE", "crowded": "VMMEE", "private": "MEEEE"}


def deliver(apps, schema_editor):
    number, cell = (apps.get_model("standards", name) for name in ("Number", "MatrixCell"))
    for profile in apps.get_model("standards", "StandardsProfile").objects.all():
        for key, value, unit, meaning, source in NUMBERS:
            facts = {"value": value, "unit": unit, "meaning": meaning, "source": source}
            number.objects.get_or_create(profile=profile, key=key, defaults=facts)
        cell.objects.bulk_create(
            cell(profile=profile, location_type=place, purpose=purpose, likelihood=letter)
            for place, letters in MATRIX.items()
            for purpose, letter in zip(PURPOSES, letters, strict=True)
        )


class Migration(migrations.Migration):

    dependencies = [
        ('standards', "0017_numbers_of_assessments"),
    ]

    operations = [
        migrations.CreateModel(
            name='MatrixCell',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('location_type', models.CharField(choices=[('strategic', 'Strategic road network'), ('major', 'Local-authority major road'), ('minor', 'Local-authority minor road'), ('crowded', 'Crowded place'), ('private', 'Private place')], max_length=12)),
                ('purpose', models.CharField(choices=[('national_security', 'National security and counter terrorism'), ('serious_crime', 'Serious, organised and major crime'), ('local_crime', 'Local crime'), ('prevention', 'Crime prevention and reduction'), ('confidence', 'Community confidence')], max_length=30)),
                ('likelihood', models.CharField(choices=[('V', 'Very likely justified'), ('M', 'Likely justified in most cases'), ('E', 'Justified only exceptionally')], max_length=1)),
                ('profile', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='matrix', to='standards.standardsprofile')),
            ],
            options={
                'ordering': ['pk'],
                'constraints': [models.UniqueConstraint(fields=('profile', 'location_type', 'purpose'), name='standards_matrix_cell_once_a_profile'), models.CheckConstraint(condition=models.Q(('likelihood__in', ['V', 'M', 'E'])), name='standards_matrix_cell_says_v_m_or_e')],
            },
        ),
        migrations.RunPython(deliver, migrations.RunPython.noop),
    ]
