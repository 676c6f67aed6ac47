"""What every test of a page does first: sign in, look at the session, wait."""

from __future__ import annotations

import time
from datetime import timedelta

from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.test import Client
from django.utils import timezone

from counterpoint.people.models import LoginSession, Staff

SIGN_IN = "/sign-in/"


def sign_in(client: Client, number: str = "080101", password: str = "counterpoint", **more: str):
    return client.post(SIGN_IN, {"login": number, "password": password, **more})


def is_signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def session_row(client: Client) -> LoginSession:
    return LoginSession.objects.get(pk=client.cookies["sessionid"].value)


def idle(client: Client, seconds: int = 3600) -> None:
    LoginSession.objects.filter(pk=client.cookies["sessionid"].value).update(
        seen_at=timezone.now() - timedelta(seconds=seconds)
    )


def give_code_generator(person: Staff) -> str:
    secret = generate_totp_secret()
    TOTP.activate(person, secret)
    return secret


def code_of(secret: str, step: int = 0) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + step))
