"""Addresses of the room. Included at ``mail/``."""

from django.urls import URLPattern, path

from counterpoint.mail.views import own, post, robots

app_name = "mail"
urlpatterns: list[URLPattern] = [
    path("", post.letters, name="letters"),
    path("retry/", post.retry, name="retry"),
    path("addresses/", post.addresses, name="addresses"),
    path("arrived/", post.arrived, name="arrived"),
    path("arrived/<slug:name>/", post.one_arrived, name="one_arrived"),
    path("bots/", robots.bots, name="bots"),
    path("bots/<int:bot>/trial/", robots.trial, name="trial"),
    path("bots/<int:bot>/switch/", robots.switch, name="switch"),
    path("mine/", own.mine, name="mine"),
    path("mine/address/", own.address, name="address"),
    path("account/", own.account, name="account"),
    path("verification/<str:token>/", own.verification, name="verification"),
]
