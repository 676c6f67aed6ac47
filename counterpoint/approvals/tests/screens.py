"""What the tests of the screens share: addresses, words of a page, a rendered form."""

import re

from django.urls import reverse

from counterpoint.approvals import services as approvals
from counterpoint.approvals.data import Row

HTMX = {"HX-Request": "true"}
CENTRE, AUDITOR, ADMINISTRATOR = "090401", "090201", "090301"
ROWS = (
    Row("金额", "Amount", 12_000_000, "money", "amount", currency="CNY"),
    Row("账号", "Account", "6217001234567890128", "account", "account"),
    Row("户名", "Name", "张晓明", "name"),
    Row("余额", "Balance", 76_000_000, "money", before=88_000_000, currency="CNY"),
    Row("券别", "Notes and coins", {"10000": 1200}, "faces", currency="CNY"),
    Row("手机", "Telephone", "139", before="138"),
)


def url(name, *args):
    return reverse(f"approvals:{name}", args=args)


def words(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def post(client, name, request, **data):
    return client.post(url(name, request.id), data, headers=HTMX)


def state(request):
    return approvals.request(request.id).state
