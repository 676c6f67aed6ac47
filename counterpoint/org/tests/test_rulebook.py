import argparse
import json
import time
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from counterpoint.kit import clock
from counterpoint.kit.data import SYSTEM, Actor, ActorKind, Malformed, NotAllowed, Why
from counterpoint.kit.models import Event
from counterpoint.org import rulebook, services
from counterpoint.org.data import (
    AuthorMayNotApprove,
    Backdated,
    Confidence,
    NoFactSource,
    NoRuleInForce,
    NotADraft,
    OverlappingVersions,
    RecordedFacts,
    RuleMalformed,
    RuleStatus,
    UnknownRule,
)
from counterpoint.org.models import RuleVersion
from counterpoint.org.services import drafts, replaying
from counterpoint.ui import services as ui

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 24)


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    monkeypatch.setattr(clock, "today", lambda: TODAY)


def threshold(minor):
    body = rulebook.table("teller.cash_recount", TODAY).versions[0].body
    text = json.dumps(body).replace("5000000", str(minor))
    return json.loads(text)


def draft(by, minor=3_000_000, start=TODAY, table="teller.cash_recount", **more):
    return services.draft_rule(
        table=table, body=threshold(minor), effective_from=start, source="本行通知", by=by, **more
    )


def recount(minor, at=TODAY):
    facts = {"amount_minor": minor}
    return services.decide(table="teller.cash_recount", facts=facts, at=at).outcome["second_person"]


# Rules


def test_shipped_rules_are_loaded_once_and_only_by_the_system(bank, author):
    versions = RuleVersion.objects.count()
    assert versions > 60
    assert services.load_shipped_rules(by=SYSTEM) == []
    assert RuleVersion.objects.count() == versions
    with pytest.raises(NotAllowed):
        services.load_shipped_rules(by=author)


def test_the_value_of_a_parameter_depends_on_the_day(bank):
    assert services.value(key="aml.record_retention", at=date(2024, 12, 31)) == 5
    assert services.value(key="aml.record_retention", at=date(2025, 1, 1)) == 10
    with pytest.raises(RuleMalformed):
        services.value(key="teller.approval", at=TODAY)
    with pytest.raises(UnknownRule):
        services.value(key="no.such", at=TODAY)
    with pytest.raises(NoRuleInForce):
        services.value(key="customers.deposit_insurance", at=date(2015, 4, 30))


def test_a_draft_decides_nothing_until_another_person_approves_it(author, supervisor):
    assert recount(3_000_000) is False
    made = draft(author)
    assert recount(3_000_000) is False
    services.approve_rule(version=made.id, by=supervisor)
    assert recount(3_000_000) is True
    assert recount(3_000_000, at=TODAY - timedelta(days=1)) is False
    assert [(one.status, one.by) for one in rulebook.statuses("teller.cash_recount")[made.id]] == [
        (RuleStatus.DRAFT, author.key), (RuleStatus.APPROVED, supervisor.key),
    ]  # fmt: skip


def test_the_author_never_approves_not_even_with_every_right(author, monkeypatch):
    monkeypatch.setattr(drafts, "check_actor", lambda **_: None)
    made = draft(author)
    with pytest.raises(AuthorMayNotApprove):
        services.approve_rule(version=made.id, by=author)
    moved = Actor(kind=ActorKind.PERSON, id=author.id, name="another name", branch=4, desk=7)
    with pytest.raises(AuthorMayNotApprove):
        services.approve_rule(version=made.id, by=moved)
    for nobody in (SYSTEM, Actor(kind=ActorKind.MACHINE, id=author.id, name="token")):
        with pytest.raises(AuthorMayNotApprove):
            services.approve_rule(version=made.id, by=nobody)
    with pytest.raises(IntegrityError, match="second_person"), transaction.atomic():
        RuleVersion.objects.filter(pk=made.id).update(
            status="approved", approved_by=author.key, approved_at=clock.now()
        )


def test_a_person_without_the_duty_neither_drafts_nor_approves(author, who):
    with pytest.raises(NotAllowed):
        draft(who("080101"))
    made = draft(author)
    with pytest.raises(NotAllowed):
        services.approve_rule(version=made.id, by=who("080101"))
    with pytest.raises(NotAllowed):
        services.refuse_rule(version=made.id, by=who("080101"), reason="x")


def test_what_a_version_says_cannot_be_changed_even_in_the_database(author):
    made = draft(author)
    for change in ({"body": {}}, {"effective_from": date(2020, 1, 1)}, {"drafted_by": "person:1"}):
        with pytest.raises(DatabaseError, match="is not changed"), transaction.atomic():
            RuleVersion.objects.filter(pk=made.id).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        RuleVersion.objects.filter(pk=made.id).delete()


def test_the_database_refuses_two_approved_versions_on_one_day(bank, author):
    made = draft(author)
    with pytest.raises(IntegrityError, match="one_at_a_time"), transaction.atomic():
        RuleVersion.objects.filter(pk=made.id).update(
            status="approved", approved_by="person:0", approved_at=clock.now()
        )


def test_an_approved_rule_ends_the_one_before_and_an_overlap_is_refused(author, supervisor):
    later = draft(author, start=TODAY + timedelta(days=10))
    services.approve_rule(version=later.id, by=supervisor)
    first = rulebook.table("teller.cash_recount", TODAY).current
    assert first.effective_to == TODAY + timedelta(days=9)
    sooner = draft(author, start=TODAY + timedelta(days=5))
    with pytest.raises(OverlappingVersions):
        services.approve_rule(version=sooner.id, by=supervisor)
    assert rulebook.version(sooner.id).status is RuleStatus.DRAFT


def test_a_rule_never_begins_in_the_past_and_is_approved_once(author, supervisor):
    late = draft(author, start=TODAY - timedelta(days=1))
    with pytest.raises(Backdated):
        services.approve_rule(version=late.id, by=supervisor)
    made = draft(author)
    services.approve_rule(version=made.id, by=supervisor)
    with pytest.raises(NotADraft):
        services.approve_rule(version=made.id, by=supervisor)


def test_a_refused_draft_stays_as_a_record(author, supervisor):
    made = draft(author)
    services.refuse_rule(version=made.id, by=supervisor, reason="来源不足")
    assert rulebook.version(made.id).status is RuleStatus.REFUSED
    assert rulebook.statuses("teller.cash_recount")[made.id][-1].note == "来源不足"
    with pytest.raises(NotADraft):
        services.approve_rule(version=made.id, by=supervisor)


def test_a_retired_rule_keeps_its_past(author, supervisor):
    current = rulebook.table("teller.cash_recount", TODAY).current
    services.retire_rule(version=current.id, last_day=TODAY, reason="停用", by=supervisor)
    assert recount(5_000_000) is True
    with pytest.raises(NoRuleInForce):
        recount(5_000_000, at=TODAY + timedelta(days=1))
    with pytest.raises(Backdated):
        services.retire_rule(
            version=current.id, last_day=TODAY - timedelta(days=1), reason="x", by=supervisor
        )


def test_a_rule_still_to_come_can_be_withdrawn_altogether(author, supervisor):
    made = draft(author, start=TODAY + timedelta(days=10))
    services.approve_rule(version=made.id, by=supervisor)
    services.retire_rule(version=made.id, last_day=TODAY, reason="不再需要", by=supervisor)
    assert rulebook.version(made.id).status is RuleStatus.RETIRED


@pytest.mark.parametrize(
    "more", [{"source": " "}, {"source": "x" * 501}, {"body": {"rows": []}}, {"body": []}]
)
def test_a_draft_that_cannot_be_read_or_has_no_source_is_refused(author, more):
    fields = {"table": "teller.cash_recount", "body": threshold(1), "effective_from": TODAY, "source": "x"}
    before = RuleVersion.objects.count()
    with pytest.raises(Malformed):
        services.draft_rule(by=author, **(fields | more))
    assert RuleVersion.objects.count() == before


def test_a_rolled_back_change_is_forgotten_with_its_stamp(author, supervisor):
    made = draft(author)
    with transaction.atomic():
        services.approve_rule(version=made.id, by=supervisor)
        assert recount(3_000_000) is True
        transaction.set_rollback(True)
    assert recount(3_000_000) is False


def test_a_decision_is_fast_when_the_book_is_held(bank):
    facts = {"operation": "1102", "amount_minor": 6_000_000}
    with services.one_book():
        services.decide(table="teller.approval", facts=facts, at=TODAY)
        best = min(_seconds(facts) for _ in range(20))
    assert best / 50 < 50e-6


def _seconds(facts):
    start = time.perf_counter()
    for _ in range(50):
        services.decide(table="teller.approval", facts=facts, at=TODAY)
    return time.perf_counter() - start


def test_a_warm_decision_makes_no_query_but_the_look_at_the_stamp(bank, django_assert_num_queries):
    recount(1)
    with django_assert_num_queries(0):
        recount(1)


def test_the_lists_need_few_queries(bank, django_assert_num_queries):
    with django_assert_num_queries(2):
        assert len(rulebook.tables(TODAY)) > 60
    with django_assert_num_queries(2):
        rulebook.table("teller.approval", TODAY)
    with django_assert_num_queries(1):
        assert services.desks(3)
    with django_assert_num_queries(1):
        assert len(services.branches()) == 2


# Replay


def entries(since, until):
    for number, minor in enumerate((1_000_000, 3_000_000, 4_000_000, 6_000_000), start=1):
        yield RecordedFacts(number, since, {"amount_minor": minor}, {"second_person": minor >= 5_000_000})
    yield RecordedFacts(5, until, {"amount_minor": 3_500_000})
    yield RecordedFacts(6, until, {"colour": "red"}, {"second_person": False})


def test_a_replay_shows_what_a_draft_would_have_decided_and_changes_nothing(author):
    made = draft(author)
    events = Event.objects.count()
    result = services.replay(version=made.id, since=TODAY, until=TODAY, source=entries)
    assert (result.entries, result.changed, result.failed, result.next) == (6, 3, 1, None)
    assert [(one.entry, one.before, one.after) for one in result.changes] == [
        (n, {"second_person": False}, {"second_person": True}) for n in (2, 3, 5)
    ]
    assert "colour" in result.failures[0]
    page = services.replay(version=made.id, since=TODAY, until=TODAY, source=entries, limit=2)
    assert (len(page.changes), page.next, page.changed) == (2, 2, 3)
    rest = services.replay(version=made.id, since=TODAY, until=TODAY, source=entries, limit=2, offset=2)
    assert [one.entry for one in rest.changes] == [5]
    assert Event.objects.count() == events


def test_a_replay_without_a_source_says_so(author):
    with pytest.raises(NoFactSource):
        services.replay(version=draft(author).id, since=TODAY, until=TODAY)


def test_the_command_prints_a_table_or_one_json_object(author, capsys, monkeypatch):
    monkeypatch.setattr(replaying, "_sources", {"teller.cash_recount": entries})
    made = draft(author)
    asked = {"since": None, "until": None, "json": True}
    for version in (str(made.id), "teller.cash_recount", f"teller.cash_recount@{made.number}"):
        assert services.replay_command(argparse.Namespace(version=version, **asked)) == 0
        assert json.loads(capsys.readouterr().out.splitlines()[-1])["changed"] == 3
    plain = argparse.Namespace(version="teller.cash_recount", **asked | {"json": False})
    assert services.replay_command(plain) == 0
    assert "3 decided otherwise" in capsys.readouterr().out
    for wrong in ({"version": "no.such"}, {"version": "teller.cash_recount@99"}, {"since": "yesterday"}):
        arguments = argparse.Namespace(**({"version": "teller.cash_recount"} | asked | wrong))
        assert services.replay_command(arguments) == 2


def test_what_is_shipped_is_marked_as_such(bank):
    view = rulebook.table("teller.large_value_report", TODAY).current
    assert (view.shipped, view.drafted_by, view.approved_by) == (True, "system:0", "system:0")
    assert view.confidence is Confidence.SECONDARY


def test_people_read_a_rule_by_its_title_with_its_source_and_a_key_that_no_book_has_stays(bank):
    said = ui.in_words(Why(rule="vault.opening_people", remedy="找人"))
    assert said.rule != "vault.opening_people"
    assert said == services.why(key="vault.opening_people", at=TODAY, remedy="找人")
    assert ui.in_words(Why(rule="按制度")) == Why(rule="按制度")
