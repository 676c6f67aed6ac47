"""Addresses of the room. Included at ``visits/``."""

from django.urls import URLPattern, URLResolver, include, path

from counterpoint.visits.views import drafts, hand_offs, help, prework, visits

app_name = "visits"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", visits.visits, name="visits"),
    path("cases/", include("counterpoint.visits.urls_cases")),
    path("inbox/", hand_offs.inbox, name="inbox"),
    path("lobby/", prework.lobby, name="lobby"),
    path("lobby/customers/", prework.find, name="find"),
    path("lobby/tickets/<uuid:ticket>/", prework.prepare, name="prepare"),
    path("<int:visit>/", visits.visit, name="visit"),
    path("<int:visit>/timeline/", visits.timeline, name="timeline"),
    path("<int:visit>/serving/", visits.serve, name="serve"),
    path("<int:visit>/customer/", visits.identify, name="identify"),
    path("<int:visit>/parking/", visits.park, name="park"),
    path("<int:visit>/release/", visits.free, name="free"),
    path("<int:visit>/end/", visits.finish, name="finish"),
    path("<int:visit>/notes/", visits.note, name="note"),
    path("<int:visit>/papers/", visits.visit_papers, name="papers"),
    path("<int:visit>/hand-off/", hand_offs.hand_off, name="hand_off"),
    path("<int:visit>/presence/", drafts.presence, name="presence"),
    path("<int:visit>/drafts/<str:operation>/", drafts.draft, name="draft"),
    path("<int:visit>/pre-fill/", prework.pre_fill, name="pre_fill"),
    path("<int:visit>/pre-fill/<str:operation>/", prework.pre_fill, name="pre_fill_form"),
    path("<int:visit>/pass/", prework.issue, name="issue"),
    path("hand-offs/<int:hand_off>/acceptance/", hand_offs.accept, name="accept"),
    path("hand-offs/<int:hand_off>/return/", hand_offs.give_back, name="return"),
    path("hand-offs/<int:hand_off>/withdrawal/", hand_offs.take_back, name="take_back"),
    path("help/", help.call, name="call"),
    path("help/<int:call>/", help.help_page, name="help"),
    path("help/<int:call>/joining/", help.join, name="join"),
    path("help/<int:call>/take-over/", help.take_over, name="take_over"),
    path("help/<int:call>/end/", help.end, name="end_help"),
    path("help/<int:call>/withdrawal/", help.withdraw, name="withdraw_help"),
    path("pre/number/<str:token>/", prework.pre_number, name="pre_number"),
    path("pre/<str:token>/", prework.pre, name="pre"),
    path("pre/<str:token>/code.svg", prework.code, name="code"),
]
