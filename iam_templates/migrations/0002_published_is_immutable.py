"""The database itself refuses to change what was published: people approved it, and accounts are kept like it."""

from django.db import migrations

CREATE = """
CREATE FUNCTION iam_templates_refuse_published() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a published version is never deleted' USING ERRCODE = 'restrict_violation';
    END IF;
    IF (NEW.id, NEW.baseline_id, NEW.number, NEW.source, NEW.content, NEW.digest, NEW.author, NEW.created_at,
        NEW.published_at, NEW.published_by)
       IS DISTINCT FROM
       (OLD.id, OLD.baseline_id, OLD.number, OLD.source, OLD.content, OLD.digest, OLD.author, OLD.created_at,
        OLD.published_at, OLD.published_by)
    THEN
        RAISE EXCEPTION 'a published version is immutable' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER published_is_immutable BEFORE UPDATE OR DELETE ON iam_templates_baselineversion
    FOR EACH ROW WHEN (OLD.published_at IS NOT NULL) EXECUTE FUNCTION iam_templates_refuse_published();
"""
DROP = """
DROP TRIGGER published_is_immutable ON iam_templates_baselineversion;
DROP FUNCTION iam_templates_refuse_published();
"""


class Migration(migrations.Migration):
    dependencies = [("iam_templates", "0001_initial")]
    operations = [migrations.RunSQL(CREATE, DROP)]
