"""Discarding the content of papers 销毁 when their time of retention has passed."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from counterpoint.kit import clock
from counterpoint.kit.data import Actor, Told, Why
from counterpoint.kit.verbs import tell, verb
from counterpoint.org import services as org
from counterpoint.papers import data, rules
from counterpoint.papers.data import PaperDiscarded, PaperStillNeeded, ReasonMissing, Retention
from counterpoint.papers.labels import RETENTIONS
from counterpoint.papers.models import Discard, PaperContent, PaperPreview
from counterpoint.papers.services.reading import papers_of
from counterpoint.people import services as people
from counterpoint.people.data import Duty

#: The rule that says the years of each class. Identity records have a law of their own.
YEARS = {
    Retention.IDENTITY: "aml.record_retention",
    Retention.VOUCHER: "papers.voucher_years",
    Retention.WORK: "papers.work_years",
}


def retained_until(paper: data.Paper) -> date:
    """The last day on which the paper must be there, by the rules of today."""
    years = int(org.value(key=YEARS[paper.retention], at=clock.today()))
    return rules.kept_until(paper.at.astimezone(clock.CHINA).date(), years)


@verb("papers.paper.discarded")
def discard(*, paper: int, reason: str, by: Actor) -> data.Paper:
    """Discard the content of a paper 销毁影像 after its time; its row, its hash and who looked stay."""
    people.check_actor(by=by, duty=Duty.AUTHORIZE, branch=papers_of([paper])[0].branch)
    if not reason.strip():
        raise ReasonMissing(_("Say why."), field="reason")
    # The row itself never changes, so two who discard at once meet at the content.
    PaperContent.objects.select_for_update().filter(paper=paper).values_list("pk").first()
    found = papers_of([paper])[0]
    if found.discarded:
        raise PaperDiscarded(_("The content was discarded already."), paper=paper)
    until = retained_until(found)
    if clock.today() <= until:
        raise PaperStillNeeded(
            _("The paper has to be kept until %(day)s.") % {"day": until.isoformat()},
            why=Why(rule=str(RETENTIONS[found.retention])), until=until.isoformat(),
        )  # fmt: skip
    Discard.objects.create(paper_id=paper, person_id=by.id, reason=reason.strip()[:200])
    PaperPreview.objects.filter(paper=paper).delete()
    PaperContent.objects.filter(paper=paper).delete()
    tell(
        Told(
            subject=f"paper:{paper}", branch=found.branch,
            data={"sha256": found.sha256, "retention": found.retention, "until": until.isoformat()},
        )
    )  # fmt: skip
    return papers_of([paper])[0]
