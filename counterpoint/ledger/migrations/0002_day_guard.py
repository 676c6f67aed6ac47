"""Who changes a branch's business day waits for the postings under way there, and they for him."""

from django.db import migrations

from counterpoint.ledger.engine.batch import DAY_LOCK_CLASS

GUARD = f"""
CREATE FUNCTION ledger_day_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock({DAY_LOCK_CLASS}, coalesce(NEW.branch_id, OLD.branch_id)::int);
    RETURN coalesce(NEW, OLD);
END $$;
CREATE TRIGGER ledger_day_guard BEFORE INSERT OR UPDATE OR DELETE ON org_business_day
    FOR EACH ROW EXECUTE FUNCTION ledger_day_guard();
"""
UNGUARD = "DROP TRIGGER ledger_day_guard ON org_business_day; DROP FUNCTION ledger_day_guard()"


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial"), ("org", "0001_initial")]

    operations = [migrations.RunSQL(GUARD, UNGUARD)]
