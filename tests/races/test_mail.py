"""Letters are sent once: by two senders at once, and by one that is killed while it sends; real commits."""

import os
import signal
import socket
import subprocess
import sys
import threading
from datetime import timedelta

import pytest
from django.db import connection

from counterpoint.kit import clock
from counterpoint.mail import queries
from counterpoint.mail import services as mail
from counterpoint.mail.models import Letter
from counterpoint.mail.services import outbox
from counterpoint.mail.tests.bank import Server, build, posted
from tests.races.together import at_once

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
LETTERS = 6


@pytest.fixture
def bank(transactional_db):
    return build()


@pytest.fixture
def server(settings):
    made = Server()
    made.start()
    settings.SMTP_HOST, settings.SMTP_PORT, settings.SMTP_TLS = "127.0.0.1", made.port, "none"
    yield made
    made.stop()


def sent_by_two(bank, server):
    """Two processes' senders at once; how often each letter came."""
    for n in range(LETTERS):
        posted([bank.wang], key=f"notice:{n}", urgent=True)
    assert all(isinstance(one, int) for one in at_once(mail.send_due, mail.send_due))
    return sorted(one["Message-ID"] for one in server.taken)


def test_two_senders_send_each_letter_once(bank, server):
    got = sent_by_two(bank, server)
    assert len(got) == LETTERS
    assert len(set(got)) == LETTERS


def test_without_the_claim_both_would_send_it(bank, server, monkeypatch):
    """The claim as it must not be: both look first, and neither waits for the other."""
    both = threading.Barrier(2, timeout=10)
    seen = threading.local()

    def unclaimed(*, bots=False):
        if bots or getattr(seen, "done", False):
            return None
        found = Letter.objects.filter(state="waiting").order_by("pk").values_list("pk", flat=True)[0]
        seen.done = True
        both.wait()
        return queries.to_send(found)

    monkeypatch.setattr(outbox, "claim", unclaimed)
    got = sent_by_two(bank, server)
    assert len(got) == 2
    assert len(set(got)) == 1


SEND = """
import django
django.setup()
from counterpoint.mail import services
services.send_due()
"""


def killed_while_sending():
    """A process sends, and dies when the server has the text and has not answered; how often it came."""
    taken, asked = [], threading.Event()
    listener = socket.create_server(("127.0.0.1", 0))

    def serve():
        line, _ = listener.accept()
        with line, line.makefile("rwb", buffering=0) as file:
            file.write(b"220 here\r\n")
            while not (said := file.readline()).upper().startswith(b"DATA"):
                file.write(b"250 OK\r\n")
                assert said
            file.write(b"354 go on\r\n")
            while file.readline() != b".\r\n":
                pass
            taken.append(1)
            asked.set()
            file.readline()

    running = threading.Thread(target=serve)
    running.start()
    database = connection.settings_dict
    url = f"postgresql://{database['USER']}:{database['PASSWORD']}@/{database['NAME']}"
    where = f"?host={database['HOST']}&port={database['PORT']}"
    around = os.environ | {
        "DATABASE_URL": url + where, "COUNTERPOINT_SMTP_HOST": "127.0.0.1", "COUNTERPOINT_SMTP_TLS": "none",
        "COUNTERPOINT_SMTP_PORT": str(listener.getsockname()[1]),
        "DJANGO_SETTINGS_MODULE": "counterpoint.site.settings",
    }  # fmt: skip
    process = subprocess.Popen([sys.executable, "-W", "ignore", "-c", SEND], env=around)
    assert asked.wait(timeout=60)
    process.send_signal(signal.SIGKILL)
    process.wait(timeout=20)
    running.join(timeout=20)
    listener.close()
    return taken


def test_a_process_that_is_killed_in_the_middle_sends_nothing_twice(bank, server, monkeypatch):
    posted([bank.wang], urgent=True)
    taken = killed_while_sending()
    assert taken == [1]
    assert Letter.objects.get().state == "sending"
    assert mail.send_due() == 0
    later = clock.now() + timedelta(hours=3)
    monkeypatch.setattr("counterpoint.kit.clock.now", lambda: later)
    for _ in range(3):
        assert mail.send_due() == 0
    assert server.taken == []
    assert Letter.objects.get().state == "uncertain"
