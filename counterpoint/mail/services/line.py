"""The line to the mail server 邮件线路: what an attempt can end as, told apart at the SMTP boundary.

Up to the data the server has promised nothing: whatever breaks there is tried again. Once the text was
sent, only its answer tells; without one the mail may have been taken, so the outcome is uncertain.
"""

from __future__ import annotations

import ipaddress
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import suppress
from email.message import EmailMessage
from types import TracebackType
from typing import Self

from django.conf import settings

from counterpoint.mail import rules
from counterpoint.mail.data import LineDown, Outcome, Sent

#: For each answer of the server.
SECONDS = 20


def configured() -> bool:
    return bool(settings.SMTP_HOST)


def is_local(host: str) -> bool:
    """Is it this computer? Only there may a line go without TLS."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class Line:
    """An open line; raises ``LineDown`` where it cannot be opened. ``send`` says how each mail ended."""

    def __enter__(self) -> Self:
        self._smtp = self._open()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with suppress(smtplib.SMTPException, OSError):
            self._smtp.quit()

    def reopen(self) -> None:
        """A new line after one that broke."""
        with suppress(smtplib.SMTPException, OSError):
            self._smtp.close()
        self._smtp = self._open()

    def _open(self) -> smtplib.SMTP:
        host, port, tls = settings.SMTP_HOST, settings.SMTP_PORT, settings.SMTP_TLS
        if tls not in ("starttls", "tls") and not is_local(host):
            raise LineDown("TLS is required for a mail server on another computer")
        # By its mail domain, so that no name of a machine goes out and none is looked up.
        name = settings.MAIL_FROM.rpartition("@")[2]
        made: smtplib.SMTP | None = None
        try:
            if tls == "tls":
                context = ssl.create_default_context()
                made = smtplib.SMTP_SSL(host, port, name, timeout=SECONDS, context=context)
            else:
                made = smtplib.SMTP(host, port, name, timeout=SECONDS)
            made.ehlo_or_helo_if_needed()
            if tls == "starttls":
                made.starttls(context=ssl.create_default_context())
                made.ehlo()
            if settings.SMTP_USER:
                made.login(settings.SMTP_USER, settings.SMTP_PASSWORD)
        except (smtplib.SMTPException, OSError) as error:
            if made is not None:
                made.close()
            raise LineDown(rules.plain_words(str(error) or type(error).__name__)) from error
        return made

    def send(self, mail: EmailMessage, to: str) -> tuple[Sent, bool]:
        """Hand one mail over; how it ended, and whether the line is still good."""
        asked = False
        try:
            for code, said in self._envelope(to):
                if code not in (250, 251):
                    return self._refused(code, said)
            code, said = self._smtp.docmd("DATA")
            if code != 354:
                return self._refused(code, said)
            asked = True
            code, said = self._give(mail)
        except (smtplib.SMTPException, OSError) as error:
            words = rules.plain_words(str(error) or type(error).__name__)
            return Sent(Outcome.UNCERTAIN if asked else Outcome.TEMPORARY, words), False
        if code == 250:
            return Sent(Outcome.DELIVERED, _words(code, said)), True
        return self._refused(code, said)

    def _envelope(self, to: str) -> Iterator[tuple[int, bytes]]:
        yield self._smtp.mail(settings.MAIL_FROM)
        yield self._smtp.rcpt(to)

    def _give(self, mail: EmailMessage) -> tuple[int, bytes]:
        text = mail.as_bytes()
        dotted = text.replace(b"\r\n.", b"\r\n..")
        dotted = b"." + dotted if dotted.startswith(b".") else dotted
        end = b".\r\n" if dotted.endswith(b"\r\n") else b"\r\n.\r\n"
        self._smtp.send(dotted + end)
        return self._smtp.getreply()

    def _refused(self, code: int, said: bytes) -> tuple[Sent, bool]:
        """4xx passes, 5xx stays; 421 says that the server goes away."""
        good = code != 421
        with suppress(smtplib.SMTPException, OSError):
            if good:
                self._smtp.rset()
        outcome = Outcome.PERMANENT if 500 <= code < 600 else Outcome.TEMPORARY
        return Sent(outcome, _words(code, said)), good


def _words(code: int, said: bytes) -> str:
    return rules.plain_words(f"{code} {said.decode(errors='replace')}")
