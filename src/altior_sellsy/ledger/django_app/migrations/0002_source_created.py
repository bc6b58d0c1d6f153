from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("ledger", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="announcementrow",
            name="source_created",
            field=models.TextField(blank=True, db_default=""),
        ),
    ]
