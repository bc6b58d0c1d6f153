import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("ledger", "0003_tokens_at_once"),
    ]

    operations = [
        migrations.CreateModel(
            name="ShownRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.TextField()),
                ("side", models.TextField()),
                ("turn", models.DateTimeField()),
                (
                    "shown",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), default=list, size=None
                    ),
                ),
                (
                    "environment",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.CASCADE, to="ledger.environmentrow"
                    ),
                ),
            ],
            options={
                "db_table": "ledger_shown",
                "indexes": [models.Index(fields=["environment", "kind", "side", "turn"], name="shown_turn")],
            },
        ),
    ]
