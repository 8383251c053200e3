"""Answers kept by Idempotency-Key."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("access", "0005_sign_in_limits"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]
    operations = [
        migrations.CreateModel(
            name="KeptAnswer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "limit",
                    models.CharField(
                        blank=True, default="", help_text="SHA-256 of the token's grants.", max_length=64
                    ),
                ),
                ("key", models.CharField(max_length=128)),
                ("path_digest", models.CharField(help_text="SHA-256 of method, path and query.", max_length=64)),
                ("body_digest", models.CharField(help_text="SHA-256 of the body.", max_length=64)),
                ("status", models.PositiveSmallIntegerField()),
                ("body", models.TextField(null=True)),
                ("media_type", models.CharField(max_length=100)),
                ("headers", models.JSONField(default=dict)),
                ("at", models.DateTimeField(auto_now_add=True, db_index=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("user", "limit", "key"), name="one_answer_per_key")]
            },
        ),
    ]
