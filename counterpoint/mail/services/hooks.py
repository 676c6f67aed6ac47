"""The way to a robot 机器人接口: HTTPS, an allowed host, a public address, no redirects, short and bounded.

Feishu and DingTalk are spoken to by the library, which knows its two hosts and takes a token, never an
address. WeCom is a plain call to the address that was looked up, so that a second look-up cannot answer
otherwise.
"""

from __future__ import annotations

import http.client
import ipaddress
import json
import logging
import socket
import ssl
from typing import Any
from urllib.parse import urlsplit

from counterpoint.mail import rules
from counterpoint.mail.data import BotKind, Outcome, Sent

SECONDS = 8.0
LONGEST_ANSWER = 16 * 1024


class Forbidden(Exception):
    """The name leads to an address to which nothing is sent."""


def public_address(host: str) -> str:
    """An address of the host; ``Forbidden`` where any of them is inside: of this computer or the bank."""
    found = {str(info[4][0]) for info in socket.getaddrinfo(host, 443, type=socket.SOCK_STREAM)}
    for one in found:
        if not ipaddress.ip_address(one.partition("%")[0]).is_global:
            raise Forbidden(f"{host} leads to {one}")
    return sorted(found, key=lambda one: ":" in one)[0]


def send(kind: BotKind, token: str, secret: str, title: str, body: str, address: str) -> Sent:
    """Let the robot say it. What fails may pass and is tried again; a forbidden address never is."""
    host = urlsplit(address).hostname or ""
    try:
        where = public_address(host)
        if kind is BotKind.WECOM:
            return _wecom(host, where, token, f"{title}\n{body}")
        return _by_library(kind, token, secret, title, body)
    except Forbidden as refused:
        return Sent(Outcome.PERMANENT, rules.plain_words(str(refused)))
    except (OSError, http.client.HTTPException, ValueError) as error:
        return Sent(Outcome.TEMPORARY, rules.plain_words(str(error) or type(error).__name__))


class _Pinned(http.client.HTTPSConnection):
    """A line to the address that was checked, with the certificate of the name."""

    def __init__(self, host: str, where: str) -> None:
        self._where, self._context = where, ssl.create_default_context()
        super().__init__(host, timeout=SECONDS, context=self._context)

    def connect(self) -> None:
        raw = socket.create_connection((self._where, 443), timeout=SECONDS)
        self.sock = self._context.wrap_socket(raw, server_hostname=self.host)


#: Tests speak to a robot on this computer by putting another line here; nothing stored reaches it.
open_line: Any = _Pinned


def _wecom(host: str, where: str, token: str, text: str) -> Sent:
    said = json.dumps({"msgtype": "text", "text": {"content": text[:2000]}}, ensure_ascii=False).encode()
    opened = open_line(host, where)
    try:
        headers = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "Counterpoint"}
        opened.request("POST", f"/cgi-bin/webhook/send?key={token}", body=said, headers=headers)
        answer = opened.getresponse()
        text = answer.read(LONGEST_ANSWER).decode(errors="replace")
    finally:
        opened.close()
    return _judged(answer.status, text, "errcode")


def _judged(status: int, text: str, name: str) -> Sent:
    """200 with code 0 is said; other codes are the robot's own refusal, and may pass (too many a minute)."""
    words = rules.plain_words(f"{status} {text}")
    if status != 200:
        return Sent(Outcome.TEMPORARY, words)
    try:
        code = json.loads(text).get(name, 0)
    except (ValueError, AttributeError):
        return Sent(Outcome.TEMPORARY, words)
    return Sent(Outcome.DELIVERED if code == 0 else Outcome.TEMPORARY, words)


class _Words(logging.Handler):
    """What the library says about a failure; its answer is only yes or no."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.said.append(record.getMessage())


def _by_library(kind: BotKind, token: str, secret: str, title: str, body: str) -> Sent:
    from apprise.logger import logger
    from apprise.plugins.dingtalk import NotifyDingTalk
    from apprise.plugins.feishu import NotifyFeishu

    usual: dict[str, Any] = {"redirect": "no", "cto": SECONDS, "rto": SECONDS, "verify": "yes"}
    words = _Words()
    logger.addHandler(words)
    plugin: Any = NotifyDingTalk
    if kind is BotKind.FEISHU:
        plugin = NotifyFeishu
    elif secret:
        usual["secret"] = secret
    try:
        done = plugin(token=token, **usual).send(body=body, title=title)
    except TypeError as error:  # what it raises for a token or a secret that it does not take
        return Sent(Outcome.PERMANENT, rules.plain_words(str(error)))
    finally:
        logger.removeHandler(words)
    return Sent(Outcome.DELIVERED if done else Outcome.TEMPORARY, rules.plain_words(" ".join(words.said)))
