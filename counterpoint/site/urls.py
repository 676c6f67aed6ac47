"""Addresses: each room brings its own."""

from django.urls import URLPattern, URLResolver, include, path

from counterpoint.site.api import api

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("counterpoint.desk.urls")),
    path("api/v1/", api.urls),
    path("approvals/", include("counterpoint.approvals.urls")),
    path("customers/", include("counterpoint.customers.urls")),
    path("insight/", include("counterpoint.insight.urls")),
    path("feedback/", include("counterpoint.feedback.urls")),
    path("ledger/", include("counterpoint.ledger.urls")),
    path("lobby/", include("counterpoint.lobby.urls")),
    path("mail/", include("counterpoint.mail.urls")),
    path("meetings/", include("counterpoint.meetings.urls")),
    path("notices/", include("counterpoint.notices.urls")),
    path("org/", include("counterpoint.org.urls")),
    path("papers/", include("counterpoint.papers.urls")),
    path("talk/", include("counterpoint.talk.urls")),
    path("teller/", include("counterpoint.teller.urls")),
    path("ui/", include("counterpoint.ui.urls")),
    path("vault/", include("counterpoint.vault.urls")),
    path("visits/", include("counterpoint.visits.urls")),
    path("", include("counterpoint.people.urls")),
]

handler500 = "counterpoint.ui.views.server_error"
