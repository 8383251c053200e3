"""Where events came from, and the chain over them."""

from django.db import migrations, models

EVENT_COLUMNS = """
ALTER TABLE history_event ADD COLUMN request_id varchar(64) NOT NULL DEFAULT '',
    ADD COLUMN cause varchar(32) NOT NULL DEFAULT '';
CREATE INDEX history_event_request ON history_event (request_id) WHERE request_id <> '';
"""
DROP_EVENT_COLUMNS = "ALTER TABLE history_event DROP COLUMN request_id, DROP COLUMN cause;"

TRIGGERS = """
CREATE FUNCTION history_event_await_seal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO history_unsealed (event_id, event_at) VALUES (NEW.id, NEW.at);
    RETURN NULL;
END $$;
CREATE TRIGGER history_event_await_seal AFTER INSERT ON history_event
    FOR EACH ROW EXECUTE FUNCTION history_event_await_seal();
CREATE TRIGGER history_seal_append_only BEFORE UPDATE OR DELETE ON history_seal
    FOR EACH ROW EXECUTE FUNCTION history_event_refuse();
INSERT INTO history_unsealed (event_id, event_at) SELECT id, at FROM history_event;
"""
DROP_TRIGGERS = """
DROP TRIGGER history_event_await_seal ON history_event;
DROP FUNCTION history_event_await_seal();
DROP TRIGGER history_seal_append_only ON history_seal;
"""


class Migration(migrations.Migration):
    dependencies = [("history", "0001_initial")]
    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(EVENT_COLUMNS, DROP_EVENT_COLUMNS)],
            state_operations=[
                migrations.AddField(
                    model_name="event",
                    name="request_id",
                    field=models.CharField(blank=True, default="", max_length=64),
                ),
                migrations.AddField(
                    model_name="event",
                    name="cause",
                    field=models.CharField(
                        blank=True, default="", help_text="request, admin, schedule, command …", max_length=32
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Unsealed",
            fields=[
                ("event_id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("event_at", models.DateTimeField()),
            ],
            options={"db_table": "history_unsealed", "default_permissions": ()},
        ),
        migrations.CreateModel(
            name="Seal",
            fields=[
                ("seq", models.BigIntegerField(primary_key=True, serialize=False)),
                ("event_id", models.BigIntegerField()),
                ("event_at", models.DateTimeField()),
                ("key_id", models.CharField(max_length=16)),
                ("mac", models.CharField(max_length=64)),
            ],
            options={"db_table": "history_seal", "ordering": ["seq"], "default_permissions": ()},
        ),
        migrations.CreateModel(
            name="ChainHead",
            fields=[
                ("id", models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("seq", models.BigIntegerField(default=0)),
                ("mac", models.CharField(max_length=64)),
                ("verified_at", models.DateTimeField(blank=True, null=True)),
                ("verified_to", models.BigIntegerField(default=0)),
                ("broken", models.CharField(blank=True, default="", max_length=300)),
            ],
            options={"db_table": "history_chain_head", "default_permissions": ()},
        ),
        migrations.AddConstraint(
            model_name="chainhead",
            constraint=models.CheckConstraint(condition=models.Q(("id", 1)), name="one_chain_head"),
        ),
        migrations.RunSQL(TRIGGERS, DROP_TRIGGERS),
    ]
