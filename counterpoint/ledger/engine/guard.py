"""The day guard 营业日锁: postings and whoever changes a branch's business day wait for each other."""

from __future__ import annotations

#: The class of advisory locks that stand for (branch, business day). Shared by postings, taken
#: alone by whatever changes the day: no row is written by looking whether the day is open.
DAY_LOCK_CLASS = 7001

DAY_GUARD = f"""
CREATE FUNCTION ledger_day_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock({DAY_LOCK_CLASS}, coalesce(NEW.branch_id, OLD.branch_id)::int);
    RETURN coalesce(NEW, OLD);
END $$;
CREATE TRIGGER ledger_day_guard BEFORE INSERT OR UPDATE OR DELETE ON org_business_day
    FOR EACH ROW EXECUTE FUNCTION ledger_day_guard();
"""
DAY_UNGUARD = "DROP TRIGGER ledger_day_guard ON org_business_day; DROP FUNCTION ledger_day_guard()"
