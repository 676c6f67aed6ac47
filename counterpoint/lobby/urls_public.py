"""Addresses of the customer's faces: kiosk, phone, display, and the pairing of screens."""

from django.urls import URLPattern, path, re_path

from counterpoint.lobby.views import display, kiosk, pairing, phone

urlpatterns: list[URLPattern] = [
    path("kiosk/<str:code>/", kiosk.kiosk, name="kiosk"),
    path("kiosk/<str:code>/pass/", kiosk.kiosk_pass, name="kiosk_pass"),
    path("kiosk/<str:code>/tickets/", kiosk.take, name="take"),
    path("kiosk/<str:code>/slips/", kiosk.slip, name="slip"),
    path("display/<str:code>/", display.display, name="display"),
    path("display/<str:code>/pass/", display.display_pass, name="display_pass"),
    re_path(r"^(?P<kind>kiosk|display)/(?P<code>[^/]+)/pairing/$", pairing.pair, name="pair"),
    path("devices/", pairing.devices, name="devices"),
    path("devices/<int:device>/end/", pairing.end, name="end_device"),
    path("slips/", pairing.try_again, name="try_slips"),
    path("slips/<uuid:ticket>/", pairing.reprint, name="reprint"),
    path("take/<str:code>/<str:stamp>/", phone.join, name="join"),
    path("t/<str:token>/", phone.phone, name="phone"),
    path("t/<str:token>/pass/", phone.phone_pass, name="phone_pass"),
    path("t/<str:token>/leaving/", phone.leave, name="leave"),
    path("t/<str:token>/rating/", phone.rate, name="rate"),
    path("t/<str:token>/rating/skipped/", phone.skip, name="skip"),
]
