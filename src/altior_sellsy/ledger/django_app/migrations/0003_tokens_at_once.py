from django.contrib.postgres.indexes import GinIndex
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("ledger", "0002_source_created"),
    ]

    operations = [
        migrations.RemoveIndex(model_name="sightingrow", name="sighting_tokens"),
        migrations.AddIndex(
            model_name="sightingrow",
            index=GinIndex(models.F("tokens"), fastupdate=False, name="sighting_tokens"),
        ),
    ]
