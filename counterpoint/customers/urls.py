"""Addresses of the room, under ``customers/``."""

from django.urls import path

from counterpoint.customers import views

app_name = "customers"
urlpatterns = [
    path("", views.search_page, name="search"),
    path("hits/", views.hits, name="hits"),
    path("new/", views.register, name="register"),
    path("new/check/", views.register_check, name="register_check"),
    path("<int:party>/", views.page, name="page"),
    path("<int:party>/panel/", views.panel, name="panel"),
    path("<int:party>/fields/<slug:name>/", views.field, name="field"),
    path("<int:party>/contacts/", views.contacts, name="contacts"),
    path("<int:party>/documents/", views.documents, name="documents"),
    path("<int:party>/risk/", views.risk, name="risk"),
    path("<int:party>/mandates/", views.mandates, name="mandates"),
    path("mandates/<int:mandate>/revoking/", views.mandate_revoking, name="mandate_revoking"),
]
