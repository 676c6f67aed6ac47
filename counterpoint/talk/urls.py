"""Addresses of the room. Included at ``talk/``."""

from django.urls import URLPattern, path

from counterpoint.talk.views import channels, messages, people, records, threads

app_name = "talk"
urlpatterns: list[URLPattern] = [
    path("", channels.talk, name="talk"),
    path("list/", channels.listing, name="list"),
    path("pane/", channels.pane, name="pane"),
    path("news/", channels.news, name="news"),
    path("search/", channels.search, name="search"),
    path("new/", people.new, name="new"),
    path("with/<int:person>/", people.direct, name="with"),
    path("with/<int:person>/messages/", people.first, name="first"),
    path("on/<slug:kind>/<int:id>/", threads.panel, name="on"),
    path("on/<slug:kind>/<int:id>/messages/", threads.send, name="on_messages"),
    path("holds/", records.holds, name="holds"),
    path("messages/<int:message>/", messages.message, name="message"),
    path("messages/<int:message>/receipts/", messages.receipts, name="receipts"),
    path("messages/<int:message>/clear/", messages.unmasked, name="unmasked"),
    path("messages/<int:message>/<slug:what>/", messages.act, name="message_act"),
    path("<int:channel>/", channels.channel, name="channel"),
    path("<int:channel>/messages/", channels.send, name="messages"),
    path("<int:channel>/read/", channels.read, name="read"),
    path("<int:channel>/about/", people.about, name="about"),
    path("<int:channel>/keeping/<slug:what>/", records.keep, name="keep"),
    path("<int:channel>/<slug:what>/", people.act, name="act"),
]
