"""The ledger's verbs. The only way in besides ``data``."""

from counterpoint.ledger.effects import EffectKind, Parameter, Payload, Query, Rows, register_effect
from counterpoint.ledger.services.posting import apost, post, post_within, posted_by_key

__all__ = [
    "EffectKind",
    "Parameter",
    "Payload",
    "Query",
    "Rows",
    "apost",
    "post",
    "post_within",
    "posted_by_key",
    "register_effect",
]
