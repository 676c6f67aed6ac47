"""Addresses of the room. Included at ``ledger/``."""

from django.urls import path

from counterpoint.ledger import views

app_name = "ledger"
urlpatterns = [
    path("accounts/", views.find, name="find"),
    path("accounts/<int:id>/", views.account, name="account"),
    path("accounts/<int:id>/balances/", views.balances, name="balances"),
    path("accounts/<int:id>/statement/", views.statement, name="statement"),
    path("entries/<int:id>/", views.entry, name="entry"),
    path("trial-balance/", views.trial_balance, name="trial_balance"),
]
