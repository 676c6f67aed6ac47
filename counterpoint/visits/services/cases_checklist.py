"""The checklist of a case 检查清单: ticked and unticked, each time with who and when."""

from __future__ import annotations

from django.utils.translation import gettext as _

from counterpoint.kit.data import Actor
from counterpoint.kit.verbs import verb
from counterpoint.visits import queries_cases as queries
from counterpoint.visits.data_cases import CaseItemView, ItemStands, UnknownCase
from counterpoint.visits.models_cases import CaseItem, CaseTick
from counterpoint.visits.services import cases_parts as parts


def items_of(*, case: int) -> list[CaseItemView]:
    """The lines of the checklist, each with its last tick."""
    return queries.items(case)


@verb("visits.case_item.ticked")
def tick_item(*, case: int, item: int, ticked: bool, by: Actor) -> None:
    """Tick a line of the checklist, or take the tick back 勾选检查项."""
    row = parts.locked(case, by)
    parts.check_open(row)
    found = CaseItem.objects.filter(pk=item, case=row).first()
    if found is None:
        raise UnknownCase(_("The checklist has no such line."), item=item)
    if found.ticked == ticked:
        said = _("Somebody has ticked this already.") if ticked else _("This is not ticked.")
        raise ItemStands(said, item=item)
    CaseItem.objects.filter(pk=item).update(ticked=ticked)
    CaseTick.objects.create(item=found, ticked=ticked, person_id=parts.person_id(by))
    parts.say(row, {"item": found.key, "ticked": ticked})
