"""The poster of ``counterpoint torture``: posts until it is told to stop, or is killed.

It notes what it sends before sending and what is acknowledged after; an unknown outcome is asked again
with the same key until there is an answer. Killed and started anew, it first asks for what it had sent.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import threading
from pathlib import Path
from typing import Any

from counterpoint.site import assembly
from counterpoint.site.torture import Notebook, declare_verb, posting_of

TELLERS = 16


class Poster:
    """Many tellers, one notebook."""

    def __init__(self, folder: Path) -> None:
        self.books = json.loads((folder / "books.json").read_text())
        path = folder / "notebook.jsonl"
        self.pending = Notebook(path).refresh().unanswered()
        # A kill can tear the last line; what it said was not sent yet, or is asked for again.
        _mend(path)
        self.notes = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        self.stop = threading.Event()

    def note(self, **what: Any) -> None:
        os.write(self.notes, (json.dumps(what) + "\n").encode())

    def run(self) -> None:
        from counterpoint.kit import sealer

        signal.signal(signal.SIGTERM, lambda *_: self.stop.set())
        threading.Thread(
            target=sealer.run_forever, args=(self.stop,), kwargs={"every": 0.3}, daemon=True
        ).start()
        tellers = [threading.Thread(target=self._teller, args=(number,)) for number in range(TELLERS)]
        for teller in tellers:
            teller.start()
        for teller in tellers:
            while teller.is_alive():
                teller.join(0.2)

    def _teller(self, number: int) -> None:
        dice = random.Random()  # noqa: S311
        for order in self.pending[number::TELLERS]:
            self._settle(order)
        while not self.stop.is_set():
            self._settle(self._new_order(dice))

    def _new_order(self, dice: random.Random) -> dict[str, Any]:
        from counterpoint.kit.keys import new_key

        one, other = dice.sample(self.books["accounts"], 2)
        kind = dice.random()
        debit, credit = (self.books["cash"], one) if kind < 0.4 else (one, other)
        order = {"key": str(new_key()), "debit": debit, "credit": credit, "amount": dice.randint(1, 50_000)}
        self.note(**order)
        return order

    def _settle(self, order: dict[str, Any]) -> None:
        """Send until there is an answer: an entry, or a refusal that is about the posting itself."""
        from counterpoint.kit.data import OutcomeUnknown, Refusal
        from counterpoint.ledger import services as ledger
        from counterpoint.ledger.data import Leg, NotPosted

        key, amount = order["key"], order["amount"]
        legs = (Leg(order["debit"], amount), Leg(order["credit"], -amount))
        while True:
            try:
                posted = ledger.post(posting_of(self.books, key, legs))
            except (OutcomeUnknown, NotPosted):
                self.note(key=key)
                threading.Event().wait(0.05)
            except Refusal as refusal:
                self.note(key=key, refused=refusal.code)
                return
            else:
                self.note(key=key, entry=posted.entry)
                return


def _mend(path: Path) -> None:
    if path.exists():
        content = path.read_bytes()
        if content and not content.endswith(b"\n"):
            os.truncate(path, content.rfind(b"\n") + 1)


def main() -> None:
    assembly.set_up_django()
    declare_verb()
    Poster(Path(sys.argv[1])).run()


if __name__ == "__main__":
    main()
