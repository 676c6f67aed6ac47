import socket

import pytest
from django.db import connection

from counterpoint.kit.data import SYSTEM, Told
from counterpoint.kit.journal import record
from counterpoint.kit.models import Event
from counterpoint.kit.testing import NetworkBlocked


@pytest.mark.parametrize("address", [("192.0.2.1", 80), ("example.org", 80)])
def test_a_test_cannot_connect_to_another_computer(address):
    with socket.socket() as line, pytest.raises(NetworkBlocked):
        line.connect(address)
    with socket.socket() as line, pytest.raises(NetworkBlocked):
        line.connect_ex(address)
    with pytest.raises(NetworkBlocked):
        socket.create_connection(address)


def test_a_test_cannot_connect_by_the_new_protocol_either():
    with socket.socket(socket.AF_INET6) as line, pytest.raises(NetworkBlocked):
        line.connect(("2001:db8::1", 80))


def test_a_test_cannot_send_a_datagram_away():
    with socket.socket(type=socket.SOCK_DGRAM) as line:
        with pytest.raises(NetworkBlocked):
            line.sendto(b"x", ("192.0.2.1", 53))
        with pytest.raises(NetworkBlocked):
            line.sendto(b"x", 0, ("192.0.2.1", 53))


def test_a_test_cannot_look_up_a_name():
    with pytest.raises(NetworkBlocked):
        socket.getaddrinfo("example.org", 80)


def test_a_test_can_speak_to_this_computer():
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()):
        pass


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", [1, 2])
def test_real_commits_are_swept_away_after_the_test(turn):
    assert not Event.objects.exists()
    record("kit.test.swept", Told(subject="test:1", branch=1), SYSTEM)
    with connection.cursor() as cursor:
        cursor.execute("SHOW session_replication_role")
        assert cursor.fetchone() == ("origin",)
