"""The model that speaks 承诺模型: read from its row if the product has written it, and if it is not stale."""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import zlib
from datetime import timedelta

from django.conf import settings

from counterpoint.kit import clock
from counterpoint.lobby.data import (
    PromiseBasis,
    PromiseModelView,
    PromiseSource,
    RoutingPolicy,
)
from counterpoint.lobby.models import PromiseModel
from counterpoint.lobby.rules.features import digest_of, feature_names
from counterpoint.lobby.rules.learned import LearnedPromise, learned
from counterpoint.lobby.services import book
from counterpoint.org import services as org

log = logging.getLogger("counterpoint.lobby")

#: By the id of its row, the model as it was read; ``None``: it could not be. The last few only.
_read: dict[int, LearnedPromise | None] = {}
READ_MOST = 200


def packed(model: LearnedPromise) -> bytes:
    """The model as bytes: numbers in lists, nothing that could be run."""
    return zlib.compress(json.dumps(model.kept(), separators=(",", ":")).encode())


def mark_of(row: PromiseModel) -> str:
    """The product's mark 签章 on a model, over its bytes and where it belongs."""
    place = f"lobby.promise:{row.branch_id}:{row.version}:{row.features}:{row.routing}:"
    return hmac.new(
        settings.SECRET_KEY.encode(), place.encode() + bytes(row.body), hashlib.sha256
    ).hexdigest()


def routing_of(policy: RoutingPolicy) -> str:
    """A short name of a policy: another one makes other waits."""
    return digest_of(repr(policy))


def view(row: PromiseModel) -> PromiseModelView:
    return PromiseModelView(
        id=row.pk, branch=row.branch_id, version=row.version, learned=row.learned_at, since=row.since,
        until=row.until, samples=row.samples, held_out=row.held_out, mae=row.mae, coverage=row.coverage,
    )  # fmt: skip


def promise_source(branch: int) -> PromiseSource:
    """Who makes the promises at a branch now, and why not the model 承诺来源; for the supervisor."""
    known = book.settings(branch, org.business_day(branch).date)
    return _source(branch, known.policy, tuple(known.services))


def _source(branch: int, policy: RoutingPolicy, services: tuple[str, ...]) -> PromiseSource:
    row = PromiseModel.objects.filter(branch_id=branch).defer("body", "names").order_by("-version").first()
    if row is None:
        return PromiseSource(PromiseBasis.NOTHING_LEARNED)
    return PromiseSource(_standing(row, policy, services), view(row))


def _standing(row: PromiseModel, policy: RoutingPolicy, services: tuple[str, ...]) -> PromiseBasis:
    if row.features != digest_of(*feature_names(services)):
        return PromiseBasis.OTHER_FEATURES
    if row.routing != routing_of(policy):
        return PromiseBasis.OTHER_ROUTING
    if row.learned_at < clock.now() - timedelta(days=book.value("promise_model_days")):
        return PromiseBasis.OLD
    return PromiseBasis.MODEL if _model(row) is not None else PromiseBasis.BROKEN


def _model(row: PromiseModel) -> LearnedPromise | None:
    if row.pk not in _read:
        while len(_read) >= READ_MOST:
            _read.pop(next(iter(_read)))
        _read[row.pk] = _unpacked(row)
    return _read[row.pk]


def _unpacked(row: PromiseModel) -> LearnedPromise | None:
    if not hmac.compare_digest(row.mark, mark_of(row)):
        log.error("The promise model %s of branch %s is not what was written.", row.version, row.branch_id)
        return None
    try:
        return learned(json.loads(zlib.decompress(row.body)))
    except (ValueError, KeyError, TypeError, zlib.error):
        log.exception("The promise model %s of branch %s cannot be read.", row.version, row.branch_id)
        return None


def model_now(
    branch: int, policy: RoutingPolicy, services: tuple[str, ...]
) -> tuple[LearnedPromise, str] | None:
    """The branch's own model with its name, where it may speak; else the rule has to."""
    found = _source(branch, policy, services)
    model = _read.get(found.model.id) if found.model and found.basis is PromiseBasis.MODEL else None
    return (model, f"model {found.model.version}") if model and found.model else None
