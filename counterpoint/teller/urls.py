"""Addresses of the room, under ``teller/``."""

from django.urls import path, register_converter

from counterpoint.teller import views


class Code:
    """Four digits."""

    regex = r"\d{4}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(Code, "operation")

app_name = "teller"
urlpatterns = [
    path("", views.operations, name="operations"),
    path("day/", views.day, name="day"),
    path("operations/<operation:code>/", views.operation, name="operation"),
    path("operations/<operation:code>/quote/", views.quote, name="quote"),
    path("quotes/<int:quote>/confirmation/", views.confirmation, name="confirmation"),
    path("quotes/<int:quote>/cancellation/", views.cancellation, name="cancellation"),
    path("quotes/<int:quote>/", views.shown, name="quote_shown"),
    path("quotes/<int:quote>/approval/", views.approval, name="approval"),
    path("quotes/<int:quote>/request/", views.asking, name="asking"),
    path("receipts/<int:receipt>/", views.receipt, name="receipt"),
    path("receipts/<int:receipt>/payment/", views.payment, name="payment"),
    path("receipts/<int:receipt>/prints/", views.prints, name="prints"),
    path("receipts/<int:receipt>/prints/<int:count>/paper.pdf", views.paper, name="paper"),
]
