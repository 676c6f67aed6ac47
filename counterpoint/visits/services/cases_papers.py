"""The papers that a case asks for 应收资料: handed in, refused, waived. The room of papers has the files."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from counterpoint.kit.data import Actor, Why
from counterpoint.kit.verbs import verb
from counterpoint.papers import services as papers
from counterpoint.visits import queries_cases as queries
from counterpoint.visits.data_cases import (
    CasePaperView,
    PaperStands,
    PaperStatus,
    TooManyPapers,
    UnknownCase,
    WaiverNotAllowed,
)
from counterpoint.visits.labels_cases import PAPERS
from counterpoint.visits.models_cases import Case, CasePaper, CasePaperRow
from counterpoint.visits.rules_cases import PAPER
from counterpoint.visits.services import cases_parts as parts
from counterpoint.visits.services import cases_rules
from counterpoint.visits.services.cases_access import sees, supervises

MOST_NEEDS = 40


def papers_of_case(*, case: int) -> list[CasePaperView]:
    """What the case asks for, with the status of each."""
    return queries.papers(case)


def _need(row: Case, id: int) -> CasePaper:
    found = CasePaper.objects.filter(pk=id, case=row).first()
    if found is None:
        raise UnknownCase(_("The case asks for no such paper."), need=id)
    return found


def _stand(need: CasePaper, status: PaperStatus) -> None:
    """May the paper come to this status from the one that it has?"""
    before = PaperStatus(need.status)
    if not PAPER.may(before, status):
        raise PaperStands(
            _("“%(paper)s” is “%(status)s” now.")
            % {"paper": queries.in_words(need.name_zh, need.name_en), "status": PAPERS[before].words},
            need=need.pk, status=str(before),
        )  # fmt: skip


def _write(
    row: Case, need: CasePaper, status: PaperStatus, by: Actor, *, files: Sequence[int] = (), note: str = ""
) -> None:  # fmt: skip
    CasePaper.objects.filter(pk=need.pk).update(status=status)
    who, kept = parts.person_id(by), list[int | None](files)
    CasePaperRow.objects.bulk_create(
        CasePaperRow(need=need, status=status, paper_id=file, person_id=who, note=note)
        for file in kept or [None]
    )
    parts.say(row, {"papers": list(files), "need": need.kind, "status": str(status)})


@verb("visits.case_paper.handed_in")
def hand_in(*, case: int, need: int, files: Sequence[int], by: Actor) -> None:
    """Lay kept papers with what the case asks for 收件; only papers that the actor may use."""
    row = parts.locked(case, by)
    parts.check_open(row)
    found = _need(row, need)
    if found.status != PaperStatus.PRESENT:
        _stand(found, PaperStatus.PRESENT)
    each, wanted = int(cases_rules.value("papers_each")), list(dict.fromkeys(files))
    rows = CasePaperRow.objects.filter(need=found, status=PaperStatus.PRESENT)
    present = set(rows.values_list("paper_id", flat=True))
    if not wanted or present & set(wanted):
        said = _("This file lies with the case already.") if wanted else _("Choose a file first.")
        raise PaperStands(said, need=need)
    if len(present) + len(wanted) > each:
        raise TooManyPapers(
            _("%(n)s files are enough for one paper.") % {"n": each},
            why=Why(remedy=_("Put the pages together into one file.")), need=need,
        )  # fmt: skip
    papers.papers_to_attach(ids=wanted, by=by)
    _write(row, found, PaperStatus.PRESENT, by, files=wanted)


@verb("visits.case_paper.refused")
def refuse_paper(*, case: int, need: int, reason: str, by: Actor) -> None:
    """Say that what was handed in does not do 退件, and why."""
    row = parts.locked(case, by)
    parts.check_open(row)
    found = _need(row, need)
    _stand(found, PaperStatus.REFUSED)
    words = parts.text(reason, parts.LONGEST_NOTE, "reason", needed=_("Say what is wrong with it."))
    _write(row, found, PaperStatus.REFUSED, by, note=words)


@verb("visits.case_paper.waived")
def waive_paper(*, case: int, need: int, reason: str, by: Actor) -> None:
    """Do without a paper 免收, with a reason; a required one only by who may authorize."""
    row = parts.locked(case, by)
    parts.check_open(row)
    found = _need(row, need)
    _stand(found, PaperStatus.WAIVED)
    if found.required and not supervises(row, by):
        raise WaiverNotAllowed(
            _("A required paper is waived by the supervisor."),
            why=Why(remedy=_("Ask a supervisor of the branch to waive it, or have it handed in.")),
        )
    words = parts.text(reason, parts.LONGEST_NOTE, "reason", needed=_("Say why it is not needed."))
    _write(row, found, PaperStatus.WAIVED, by, note=words)


@verb("visits.case_paper.asked_for")
def require_paper(*, case: int, name: str, by: Actor) -> None:
    """Ask for another paper 增加应收资料, by the name that the customer knows."""
    row = parts.locked(case, by)
    parts.check_open(row)
    words = parts.text(name, 80, "name", needed=_("Say which paper."))
    count = CasePaper.objects.filter(case=row).count()
    if count >= MOST_NEEDS:
        raise TooManyPapers(_("A case asks for %(n)s papers at most.") % {"n": MOST_NEEDS})
    if CasePaper.objects.filter(case=row, name_zh=words).exists():
        raise PaperStands(_("The case asks for this paper already."))
    try:
        with transaction.atomic():
            need = CasePaper.objects.create(
                case=row, kind=f"asked_{count + 1}", name_zh=words, name_en=words, shows="proof"
            )
    except IntegrityError as error:
        raise PaperStands(_("The case asks for this paper already.")) from error
    _write(row, need, PaperStatus.MISSING, by)


def reader(by: Actor, paper: int) -> str | None:
    """For the room of papers: for the sake of which case the actor may see a paper."""
    for row in queries.cases_with_paper(paper):
        if sees(row, by):
            return f"case:{row.pk}"
    return None
