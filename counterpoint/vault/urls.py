"""Addresses of the room. Included at ``vault/``."""

from django.urls import URLPattern, path

from counterpoint.vault.views import bookings, counterfeits, damaged, positions, transfers

app_name = "vault"
urlpatterns: list[URLPattern] = [
    path("transfers/", transfers.transfers, name="transfers"),
    path("transfers/new/", transfers.transfer_new, name="transfer_new"),
    path("transfers/<int:transfer>/", transfers.transfer, name="transfer"),
    path("transfers/<int:transfer>/<str:act>/", transfers.transfer_act, name="transfer_act"),
    path("position/", positions.position, name="position"),
    path("position/paper.<str:kind>", positions.position_file, name="position_paper"),
    path("bookings/", bookings.bookings, name="bookings"),
    path("bookings/new/", bookings.booking_new, name="booking_new"),
    path("bookings/<int:booking>/", bookings.booking, name="booking"),
    path("bookings/<int:booking>/promise/", bookings.booking_promise, name="booking_promise"),
    path("bookings/<int:booking>/cancellation/", bookings.booking_cancel, name="booking_cancel"),
    path("damaged/", damaged.damaged, name="damaged"),
    path("damaged/new/", damaged.exchange_new, name="exchange_new"),
    path("damaged/half-notes/", damaged.half_notes, name="half_notes"),
    path("damaged/<int:exchange>/", damaged.exchange, name="exchange"),
    path("damaged/<int:exchange>/slip.pdf", damaged.exchange_paper, name="exchange_paper"),
    path("counterfeit/", counterfeits.counterfeits, name="counterfeits"),
    path("counterfeit/new/", counterfeits.counterfeit_new, name="counterfeit_new"),
    path("counterfeit/hand-ins/", counterfeits.counterfeit_hand_in, name="counterfeit_hand_in"),
    path("counterfeit/hand-ins/<str:number>/", counterfeits.counterfeit_batch, name="counterfeit_batch"),
    path(
        "counterfeit/hand-ins/<str:number>/list.pdf",
        counterfeits.counterfeit_batch_paper,
        name="counterfeit_batch_paper",
    ),
    path("counterfeit/<int:case>/", counterfeits.counterfeit, name="counterfeit"),
    path("counterfeit/<int:case>/steps/<str:step>/", counterfeits.counterfeit_step, name="counterfeit_step"),
    path("counterfeit/<int:case>/prints/", counterfeits.counterfeit_prints, name="counterfeit_prints"),
    path(
        "counterfeit/<int:case>/prints/<int:count>/certificate.pdf",
        counterfeits.counterfeit_paper,
        name="counterfeit_paper",
    ),
]
