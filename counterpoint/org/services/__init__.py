"""The door of org: branches, desks, days, the calendar, and the dated rules."""

from counterpoint.org.queries import branch, branches, calendar, desk, desk_of, desks, home, units
from counterpoint.org.queries import history as day_history
from counterpoint.org.queries_closing import last_result
from counterpoint.org.rulebook import held as one_book
from counterpoint.org.services.closing import check_gates, day_run, gates, register_gate, register_step, steps
from counterpoint.org.services.command import replay_command
from counterpoint.org.services.days import (
    add_working_days,
    business_day,
    close_day,
    is_working_day,
    last_closed_day,
    last_working_day,
    next_working_day,
    open_day,
    proposed_day,
    set_calendar_day,
)
from counterpoint.org.services.deciding import (
    decide,
    decide_if_any,
    decide_with,
    value,
    value_or,
    why,
    why_if_any,
)
from counterpoint.org.services.demo import ensure_demo_org
from counterpoint.org.services.drafts import approve_rule, draft_rule, refuse_rule, retire_rule
from counterpoint.org.services.papers import keep_paper, paper_pdf, paper_xlsx
from counterpoint.org.services.places import (
    add_desk,
    add_unit,
    claim_desk,
    release_desk,
    withdraw_desk,
)
from counterpoint.org.services.replaying import fact_sources, register_fact_source, replay
from counterpoint.org.services.running import close_branch, open_branch, start_closing
from counterpoint.org.services.shipped import load_shipped_calendar, load_shipped_rules

__all__ = [
    "add_desk",
    "add_unit",
    "add_working_days",
    "approve_rule",
    "branch",
    "branches",
    "business_day",
    "calendar",
    "check_gates",
    "claim_desk",
    "close_branch",
    "close_day",
    "day_history",
    "day_run",
    "decide",
    "decide_if_any",
    "decide_with",
    "desk",
    "desk_of",
    "desks",
    "draft_rule",
    "ensure_demo_org",
    "fact_sources",
    "gates",
    "home",
    "is_working_day",
    "keep_paper",
    "last_closed_day",
    "last_result",
    "last_working_day",
    "load_shipped_calendar",
    "load_shipped_rules",
    "next_working_day",
    "one_book",
    "open_branch",
    "open_day",
    "paper_pdf",
    "paper_xlsx",
    "proposed_day",
    "refuse_rule",
    "register_fact_source",
    "register_gate",
    "register_step",
    "release_desk",
    "replay",
    "replay_command",
    "retire_rule",
    "set_calendar_day",
    "start_closing",
    "steps",
    "units",
    "value",
    "value_or",
    "why",
    "why_if_any",
    "withdraw_desk",
]
