"""What the tests of the customer's faces share: presses, and reading what came back."""

import re
from uuid import uuid4

from django.urls import reverse

HTMX = {"HX-Request": "true"}
CODE = "990108"


def text(answer):
    return answer.content.decode()


def refused(answer):
    return re.search(r'data-refusal="(\w+)"', text(answer)).group(1)


def at(name, *more):
    return reverse(f"lobby:{name}", args=[CODE, *more])


def pressed(kiosk, service="cash", **more):
    address = at("take") + "?in=en"
    return kiosk.post(address, {"service": service, "idempotency_key": str(uuid4())} | more, headers=HTMX)
