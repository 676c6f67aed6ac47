"""Learning promises 学习承诺: what was known at each number, how long it then waited, and a model of both."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Exists, F, Max, Min, OuterRef, Q
from django.utils.translation import gettext as _

from counterpoint.kit import clock
from counterpoint.kit.clock import CHINA
from counterpoint.kit.data import SYSTEM, Actor, Refusal, Told
from counterpoint.kit.verbs import tell, verb
from counterpoint.lobby.data import PromiseModelView, Scene, TicketState, TooFewWaits
from counterpoint.lobby.models import Period, PromiseModel, PromiseSample, Ticket
from counterpoint.lobby.rules.features import digest_of, feature_names, features
from counterpoint.lobby.rules.line import seconds
from counterpoint.lobby.services import book
from counterpoint.lobby.services.fitting import Fitted, fit
from counterpoint.lobby.services.promise_kept import mark_of, packed, routing_of, view
from counterpoint.org import services as org

#: The hours of the night in which a branch learns, by the clock of its wall.
NIGHT = range(1, 5)
#: The day on which a branch was last tried in this process.
_tried: dict[int, date] = {}


@dataclass(frozen=True, slots=True)
class _Waits:
    """Numbers, waits in seconds and business days, in order of time."""

    numbers: list[list[float]]
    waits: list[float]
    days: list[date]


def keep_sample(row: Ticket, scene: Scene | None) -> None:
    """Keep what was known as a number was taken, if its customer has to wait."""
    numbers = features(scene) if scene is not None else None
    if scene is None or numbers is None:
        return
    PromiseSample.objects.create(
        ticket=row, branch_id=row.branch_id, business_date=row.business_date,
        features=digest_of(*feature_names(scene.services)), routing=routing_of(scene.policy),
        numbers=[round(number, 4) for number in numbers],
    )  # fmt: skip


def learn_promises(*, branch: int, by: Actor = SYSTEM) -> PromiseModelView:
    """Learn a branch's waits under the routing in force 学习等候; refuses where too few are known."""
    day = org.business_day(branch).date
    known = book.settings(branch, day)
    names, routing = feature_names(tuple(known.services)), routing_of(known.policy)
    least, days = book.value("promise_least_waits", day), book.value("promise_learn_days", day)
    found = _waits(branch, digest_of(*names), routing, day - timedelta(days=days))
    if len(found.waits) < least or len(set(found.days)) < 5:
        raise TooFewWaits(
            _("%(count)s waits under this routing are known; %(least)s on 5 days are needed.")
            % {"count": len(found.waits), "least": least},
            count=len(found.waits), least=least,
        )  # fmt: skip
    # Outside the transaction: it takes seconds.
    fitted = fit(found.numbers, found.waits, found.days)
    return _keep_model(
        branch=branch, fitted=fitted, names=names, routing=routing,
        span=(found.days[0], found.days[-1]), by=by,
    )  # fmt: skip


def _waits(branch: int, features: str, routing: str, since: date) -> _Waits:
    """Of every sample the wait until the first call, recomputed from the periods."""
    clipped = Period.objects.filter(ticket=OuterRef("ticket"), clipped=True)
    rows = (
        PromiseSample.objects.filter(
            ~Exists(clipped), branch_id=branch, features=features, routing=routing, business_date__gte=since
        )
        .annotate(
            called=Min("ticket__periods__start", filter=Q(ticket__periods__state=TicketState.CALLED))
        )
        .filter(called__isnull=False)
        .order_by("business_date", "id")
        .values_list("numbers", F("ticket__arrived_at"), "called", "business_date")
    )  # fmt: skip
    found = _Waits([], [], [])
    for numbers, arrived, called, day in rows.iterator(chunk_size=2000):
        found.numbers.append(numbers)
        found.waits.append(seconds(arrived, called))
        found.days.append(day)
    return found


@verb("lobby.promise.learned")
def _keep_model(
    *, branch: int, fitted: Fitted, names: list[str], routing: str, span: tuple[date, date], by: Actor
) -> PromiseModelView:
    """A branch has learned its waits 承诺模型已更新; the model makes its promises from now on."""
    last = PromiseModel.objects.filter(branch_id=branch).aggregate(last=Max("version"))["last"]
    row = PromiseModel(
        branch_id=branch, version=(last or 0) + 1, features=digest_of(*names), routing=routing, names=names,
        body=packed(fitted.model), made_with=_made_with(), since=span[0], until=span[1],
        samples=fitted.samples, held_out=fitted.held_out, mae=fitted.mae, coverage=fitted.coverage,
        learned_by=by.key, learned_at=clock.now(),
    )  # fmt: skip
    row.mark = mark_of(row)
    row.save(force_insert=True)
    tell(
        Told(
            subject=f"promise_model:{row.pk}", branch=branch,
            data={
                "version": row.version, "samples": row.samples, "held_out": row.held_out,
                "mae": round(row.mae, 1), "coverage": round(row.coverage, 1),
            },
            channels=(f"lobby:{branch}",),
        )
    )  # fmt: skip
    return view(row)


def _made_with() -> str:
    import sklearn

    return f"scikit-learn {sklearn.__version__}"


def learn_at_night() -> None:
    """Once a night every branch learns anew 夜间学习; where it cannot, the night after tries again."""
    local = clock.now().astimezone(CHINA)
    if local.hour not in NIGHT:
        return
    for branch in _sampled(local):
        if _tried.get(branch) == local.date():
            continue
        _tried[branch] = local.date()
        try:
            learn_promises(branch=branch)
        except Refusal:  # too few waits yet: the rule goes on, and the supervisor is shown that it does
            continue


def _sampled(local: datetime) -> list[int]:
    """Branches where something new is to be learned: waits of the last days, no model of this night."""
    recent: Any = PromiseSample.objects.filter(business_date__gte=local.date() - timedelta(days=7))
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    done = PromiseModel.objects.filter(learned_at__gte=midnight).values("branch_id")
    return sorted(set(recent.exclude(branch_id__in=done).values_list("branch_id", flat=True)))
