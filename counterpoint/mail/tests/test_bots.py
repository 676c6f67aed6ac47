"""Robots: a secret address, the library's two and the plain one, what fails, what is inside the bank."""

import json
import socket
import threading
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from apprise.plugins.dingtalk import NotifyDingTalk
from apprise.plugins.feishu import NotifyFeishu

from counterpoint.kit.data import SYSTEM, NotAllowed
from counterpoint.mail import services as mail
from counterpoint.mail.data import BotKind, BotRefused, LetterState
from counterpoint.mail.models import Bot, Delivery, Letter
from counterpoint.mail.services import hooks
from counterpoint.mail.tests.bank import MORNING, at
from counterpoint.mail.tests.test_rules import DINGTALK, FEISHU, WECOM

pytestmark = pytest.mark.django_db
ADDRESSES = {BotKind.FEISHU: FEISHU, BotKind.DINGTALK: DINGTALK, BotKind.WECOM: WECOM}
OK = {"code": 0, "errcode": 0}


class Robot(BaseHTTPRequestHandler):
    """A robot on this computer."""

    def do_POST(self):
        said = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.heard.append((self.path, json.loads(said)))
        self.send_response(self.server.status)
        if self.server.status == 302:
            self.send_header("Location", f"http://127.0.0.1:{self.server.server_port}/elsewhere")
        self.end_headers()
        self.wfile.write(self.server.answer)

    def log_message(self, *_):
        pass


@pytest.fixture
def robot(monkeypatch):
    """A robot to which all three ways lead; only a test can put it there."""
    made = HTTPServer(("127.0.0.1", 0), Robot)
    made.heard, made.status, made.answer = [], 200, json.dumps(OK).encode()
    running = threading.Thread(target=made.serve_forever, daemon=True)
    running.start()
    here = f"http://127.0.0.1:{made.server_port}"
    monkeypatch.setattr(hooks, "public_address", lambda host: "127.0.0.1")
    monkeypatch.setattr(
        hooks, "open_line", lambda host, where: HTTPConnection("127.0.0.1", made.server_port, timeout=5)
    )
    monkeypatch.setattr(NotifyFeishu, "notify_url", here + "/open-apis/bot/v2/hook/{token}/")
    monkeypatch.setattr(NotifyDingTalk, "notify_url", here + "/robot/send?access_token={token}")
    yield made
    made.shutdown()
    made.server_close()
    running.join()


def added(bank, kind=BotKind.WECOM, **more):
    given = {"branch": 0, "name": "运营群", "address": ADDRESSES[kind], "kinds": ["notices"]} | more
    return mail.add_bot(kind=kind, by=bank.wu, **given)


def announced(key="notice:1", branches=(3,)):
    return mail.announce(
        branches=branches, template="notices.published", data={"title": "大额取款新规", "name": "N00001"},
        key=key, link="/notices/versions/1/", by=SYSTEM,
    )  # fmt: skip


@pytest.mark.parametrize("kind", list(BotKind))
def test_a_robot_says_a_title_and_a_link(bank, robot, settings, kind):
    added(bank, kind)
    assert announced() == 1
    assert mail.send_due() == 1
    ((path, said),) = robot.heard
    assert ADDRESSES[kind].split("/")[-1].split("=")[-1].split("?")[0] in path
    assert "大额取款新规" in str(said)
    assert f"{settings.SITE_URL}/notices/versions/1/" in str(said)
    assert Letter.objects.get().state == LetterState.SENT


def test_a_robot_says_what_is_for_its_branch_and_of_its_kinds(bank, robot):
    added(bank)
    added(bank, branch=4, name="别的网点")
    added(bank, kinds=["reminders"], name="别的事")
    off = added(bank, name="停用的")
    mail.turn_bot(bot=off.id, on=False, by=bank.wu)
    assert announced() == 1
    assert announced(key="notice:2", branches=(3, 4)) == 2


@pytest.mark.parametrize("kind", list(BotKind))
def test_a_robot_that_answers_500_is_tried_again_seen_and_turned_off(bank, robot, server, monkeypatch, kind):
    robot.status = 500
    made = added(bank, kind)
    announced()
    assert mail.send_due() == 1
    assert Letter.objects.get().state == LetterState.WAITING
    assert "500" in Delivery.objects.get().words
    assert mail.bots()[0].failures == 1
    for n in range(2, 6):
        announced(key=f"notice:{n}")
    mail.send_due()
    seen = next(one for one in mail.bots() if one.id == made.id)
    assert not seen.on
    assert "500" in seen.words
    mail.send_due()
    assert server.to == ["090301@bank.example"]
    assert "运营群" in server.taken[0]["Subject"]


def test_a_success_ends_the_row_of_failures(bank, robot, monkeypatch):
    robot.status = 500
    added(bank)
    announced()
    mail.send_due()
    robot.status = 200
    at(monkeypatch, MORNING.replace(minute=5))
    mail.send_due()
    assert Letter.objects.get().state == LetterState.SENT
    assert mail.bots()[0].failures == 0


def test_a_refusal_inside_a_200_is_a_failure_with_its_words(bank, robot):
    robot.answer = json.dumps({"errcode": 93000, "errmsg": "invalid webhook url"}).encode()
    added(bank)
    announced()
    mail.send_due()
    assert "invalid webhook" in Delivery.objects.get().words


@pytest.mark.parametrize("kind", list(BotKind))
def test_a_redirect_is_not_followed(bank, robot, kind):
    robot.status = 302
    added(bank, kind)
    announced()
    mail.send_due()
    assert len(robot.heard) == 1
    assert Delivery.objects.get().outcome == "temporary"


def test_a_long_answer_is_read_to_a_bound(bank, robot):
    robot.answer = b"x" * 5_000_000
    added(bank)
    announced()
    mail.send_due()
    assert len(Delivery.objects.get().words) == 300


INSIDE = [
    "127.0.0.1",
    "10.0.0.8",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "::1",
    "fe80::1",
    "0.0.0.0",
]


@pytest.mark.parametrize("address", INSIDE)
def test_a_host_that_leads_inside_is_never_spoken_to(bank, monkeypatch, address):
    def lead(host, port, **_):
        return [(0, 0, 0, "", ("93.184.215.14", 443)), (0, 0, 0, "", (address, 443))]

    monkeypatch.setattr(socket, "getaddrinfo", lead)
    added(bank)
    announced()
    mail.send_due()
    assert Letter.objects.get().state == LetterState.FAILED
    assert "leads to" in Delivery.objects.get().words


def test_the_line_goes_to_the_address_that_was_checked(monkeypatch):
    asked = []

    def connect(address, timeout):
        asked.append(address)
        raise OSError("no line in a test")

    monkeypatch.setattr(socket, "create_connection", connect)
    monkeypatch.setattr(hooks, "public_address", lambda host: "93.184.215.14")
    sent = hooks.send(BotKind.WECOM, "aaaabbbb-cccc", "", "题", "文", WECOM)
    assert asked == [("93.184.215.14", 443)]
    assert sent.outcome == "temporary"


@pytest.mark.parametrize(
    "address", ["http://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=aaaabbbb", "https://127.0.0.1/", FEISHU]
)
def test_an_address_that_is_none_of_such_a_robot_is_refused(bank, address):
    with pytest.raises(BotRefused) as refused:
        added(bank, address=address)
    assert refused.value.why.source == "mail.bot_hosts"
    assert not Bot.objects.exists()


def test_the_address_is_kept_encrypted_and_never_shown(bank):
    made = added(bank)
    row = Bot.objects.get()
    assert "aaaabbbb" not in row.secret
    assert "aaaabbbb" not in repr(made) + repr(mail.bots())


def test_a_robot_is_added_by_who_administers_people_there(bank):
    with pytest.raises(NotAllowed):
        mail.add_bot(kind=BotKind.WECOM, branch=3, name="x", address=WECOM, kinds=["notices"], by=bank.zhang)
    with pytest.raises(NotAllowed):
        mail.try_bot(bot=added(bank).id, by=bank.zhang)


def test_a_robot_that_is_off_can_be_tried(bank, robot):
    made = added(bank)
    mail.turn_bot(bot=made.id, on=False, by=bank.wu)
    mail.try_bot(bot=made.id, by=bank.wu)
    mail.send_due()
    assert len(robot.heard) == 1
