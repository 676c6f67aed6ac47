"""Addresses of the room. Included at ``feedback/``."""

from django.urls import URLPattern, path

from counterpoint.feedback.views import acts, compensation, complaints, items

app_name = "feedback"
urlpatterns: list[URLPattern] = [
    path("", items.mine, name="mine"),
    path("waiting/", items.waiting, name="waiting"),
    path("new/", items.new, name="new"),
    path("board/", items.board, name="board"),
    path("ideas/", items.ideas, name="ideas"),
    path("month/", items.month, name="month"),
    path("items/<int:item>/", items.item, name="item"),
    path("items/<int:item>/vote/", items.vote, {"what": ""}, name="vote"),
    path("items/<int:item>/vote/<slug:what>/", items.vote, name="unvote"),
    path("items/<int:item>/<slug:what>/", acts.act, name="act"),
    path("complaints/", complaints.complaints, name="complaints"),
    path("complaints/new/", complaints.register, name="register"),
    path("complaints/<int:complaint>/", complaints.complaint, name="complaint"),
    path("complaints/<int:complaint>/compensations/", compensation.compensations, name="compensations"),
    path(
        "complaints/<int:complaint>/compensations/<int:compensation>/payment/",
        compensation.payment,
        name="payment",
    ),
    path(
        "complaints/<int:complaint>/compensations/<int:compensation>/withdrawal/",
        compensation.withdrawal,
        name="withdrawal",
    ),
    path(
        "complaints/<int:complaint>/compensations/<int:compensation>/reversal/",
        compensation.reversal,
        name="reversal",
    ),
    path("complaints/<int:complaint>/<slug:what>/", complaints.act, name="complaint_act"),
]
