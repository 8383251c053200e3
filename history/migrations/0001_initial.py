"""The history table: partitioned by month, append-only by trigger."""

import django.utils.timezone
from django.db import migrations, models

CREATE = """
CREATE SEQUENCE history_event_id_seq;
CREATE TABLE history_event (
    id bigint NOT NULL DEFAULT nextval('history_event_id_seq'),
    at timestamptz NOT NULL,
    actor varchar(150) NOT NULL,
    verb varchar(64) NOT NULL,
    account_id varchar(12) NOT NULL,
    subject varchar(300) NOT NULL,
    run_id uuid NULL,
    plan_id uuid NULL,
    before jsonb NULL,
    after jsonb NULL,
    detail jsonb NOT NULL,
    PRIMARY KEY (id, at)
) PARTITION BY RANGE (at);
ALTER SEQUENCE history_event_id_seq OWNED BY history_event.id;
CREATE INDEX history_event_account ON history_event (account_id, at DESC);
CREATE INDEX history_event_run ON history_event (run_id) WHERE run_id IS NOT NULL;
CREATE INDEX history_event_plan ON history_event (plan_id) WHERE plan_id IS NOT NULL;
CREATE FUNCTION history_event_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'history is append-only: % refused', TG_OP USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER history_event_append_only BEFORE UPDATE OR DELETE ON history_event
    FOR EACH ROW EXECUTE FUNCTION history_event_refuse();
"""
DROP = "DROP TABLE history_event; DROP FUNCTION history_event_refuse();"


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(CREATE, DROP)],
            state_operations=[
                migrations.CreateModel(
                    name="Event",
                    fields=[
                        ("id", models.BigAutoField(primary_key=True, serialize=False)),
                        ("at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("actor", models.CharField(max_length=150)),
                        ("verb", models.CharField(max_length=64)),
                        ("account_id", models.CharField(blank=True, default="", max_length=12)),
                        ("subject", models.CharField(blank=True, default="", max_length=300)),
                        ("run_id", models.UUIDField(null=True)),
                        ("plan_id", models.UUIDField(null=True)),
                        ("before", models.JSONField(null=True)),
                        ("after", models.JSONField(null=True)),
                        ("detail", models.JSONField(default=dict)),
                    ],
                    options={
                        "db_table": "history_event",
                        "ordering": ["-at", "-id"],
                        "default_permissions": ("view",),
                    },
                )
            ],
        )
    ]
