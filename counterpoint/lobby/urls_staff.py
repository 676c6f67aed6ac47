"""Addresses of the staff's faces of the room."""

from django.urls import URLPattern, path

from counterpoint.lobby.views import appointments, floor, floor_acts

urlpatterns: list[URLPattern] = [
    path("", floor.floor, name="floor"),
    path("tickets/", floor.take, name="give"),
    path("tickets/customers/", floor.find, name="find"),
    path("tickets/<uuid:ticket>/", floor_acts.ticket, name="ticket"),
    path("tickets/<uuid:ticket>/note/", floor_acts.note, name="ticket_note"),
    path("tickets/<uuid:ticket>/service/", floor_acts.move, name="ticket_move"),
    path("tickets/<uuid:ticket>/leaving/", floor_acts.leave, name="ticket_leave"),
    path("tickets/<uuid:ticket>/voiding/", floor_acts.void, name="ticket_void"),
    path("tickets/<uuid:ticket>/return/", floor_acts.back, name="ticket_back"),
    path("tickets/<uuid:ticket>/prework/", floor_acts.prework, name="ticket_prework"),
    path("appointments/", appointments.appointments, name="appointments"),
    path("appointments/check-in/", appointments.check_in, name="check_in"),
    path("appointments/<int:appointment>/cancelling/", appointments.cancel, name="cancel_appointment"),
    path("appointments/<int:appointment>/invitation.ics", appointments.calendar, name="calendar"),
    path("windows/<int:desk>/", floor.window, name="window"),
    path("windows/<int:desk>/closing/", floor.close, name="close_window"),
    path("suggestions/<int:suggestion>/acceptance/", floor.accept, name="accept"),
    path("suggestions/<int:suggestion>/refusal/", floor.decline, name="decline"),
]
