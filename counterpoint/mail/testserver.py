"""The bundled test server 测试邮件服务器: a real SMTP server on this computer that lays mails in a folder.

    python -m counterpoint.mail.testserver --port 2525 --folder var/mail

To try what fails, it refuses mailboxes that begin with ``refuse`` for good, and with ``later`` for now.
It ends when whoever started it does: it reads its standard input until that is closed.
"""

from __future__ import annotations

import argparse
import itertools
import sys
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

HOST = "127.0.0.1"
#: It is a test server: the oldest mails go.
MOST = 2_000


class Folder:
    """Every mail becomes a file, whole or not at all; names are in the order of arrival."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        numbers = [int(path.stem) for path in folder.glob("*.eml") if path.stem.isdigit()]
        self._next = itertools.count(max(numbers, default=0) + 1)

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address.startswith("refuse"):
            return "550 5.1.1 no such mailbox"
        if address.startswith("later"):
            return "451 4.2.1 try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        number = next(self._next)
        made = self._folder / f"{number:08d}.part"
        made.write_bytes(envelope.original_content or b"")
        made.rename(made.with_suffix(".eml"))
        (self._folder / f"{number - MOST:08d}.eml").unlink(missing_ok=True)
        return f"250 OK {number}"


def main() -> None:
    parser = argparse.ArgumentParser(description="A real SMTP server for trying mails.")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--folder", type=Path, required=True)
    given = parser.parse_args()
    controller = Controller(Folder(given.folder), hostname=HOST, port=given.port, data_size_limit=1 << 20)
    controller.start()
    try:
        sys.stdin.buffer.read()
    except KeyboardInterrupt:
        pass
    finally:
        controller.stop()


if __name__ == "__main__":
    main()
