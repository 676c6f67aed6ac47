"""Addresses of the cases 协同事项. Included by the room's own addresses at ``cases/``."""

from django.urls import URLPattern, path

from counterpoint.visits.views import cases_board as board
from counterpoint.visits.views import cases_new as new
from counterpoint.visits.views import cases_page as page
from counterpoint.visits.views import cases_talk as talk
from counterpoint.visits.views import cases_work as work

urlpatterns: list[URLPattern] = [
    path("", board.mine, name="cases"),
    path("teams/<int:team>/", board.board, name="case_board"),
    path("new/", new.case_new, name="case_new"),
    path("about/<slug:kind>/<int:id>/", board.about, name="cases_about"),
    path("<int:case>/", page.case, name="case"),
    path("<int:case>/facts/", page.facts, name="case_facts"),
    path("<int:case>/owner/", work.owner, name="case_owner"),
    path("<int:case>/team/", work.team, name="case_team"),
    path("<int:case>/state/", work.state, name="case_state"),
    path("<int:case>/items/<int:item>/", work.item, name="case_item"),
    path("<int:case>/papers/", work.papers, name="case_papers"),
    path("<int:case>/files/", work.files, name="case_files"),
    path("<int:case>/papers/<int:need>/<str:act>/", work.paper, name="case_paper"),
    path("<int:case>/comments/", talk.comments, name="case_comments"),
    path("<int:case>/comments/<int:comment>/withdrawal/", talk.withdrawal, name="case_comment_withdrawal"),
    path("<int:case>/links/", talk.links, name="case_links"),
    path("<int:case>/links/<int:link>/removal/", talk.removal, name="case_link_removal"),
]
