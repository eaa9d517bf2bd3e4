# Apart from the first migration, because the library's tables of applications need the table of people.

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0001_people'),
        ('oauth2_provider', '0022_refreshtoken_token_family_index'),
    ]

    operations = [
        migrations.CreateModel(
            name='MachineClient',
            fields=[
                ('application', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='machine', serialize=False, to=settings.OAUTH2_PROVIDER_APPLICATION_MODEL)),
                ('name', models.CharField(max_length=100, unique=True)),
                ('scopes', models.CharField(help_text='What its tokens may carry, separated by spaces.', max_length=200)),
                ('is_active', models.BooleanField(default=True)),
            ],
            options={
                'permissions': [('manage_machines', 'Enrol machine clients and change their scopes')],
            },
        ),
    ]
