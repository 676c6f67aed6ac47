"""Addresses of the room. Included at ``insight/``."""

from django.urls import URLPattern, path

from counterpoint.insight.views import twin, waits

app_name = "insight"
urlpatterns: list[URLPattern] = [
    path("", waits.waits, name="waits"),
    path("process/", waits.process, name="process"),
    path("twin/", twin.twin, name="twin"),
    path("twin/replay/", twin.replay, name="replay"),
    path("twin/plan/", twin.plan, name="plan"),
]
