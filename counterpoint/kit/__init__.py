"""The kit: money, clock, keys, verbs, events, seals, live signals, refusals. It knows no domain.

Nouns: ``Money``, ``Actor``, ``Refusal``, ``Event``, ``Block``.
Verbs: ``verb`` (declare), ``tell`` (record), ``seal``, ``verify``.
"""
