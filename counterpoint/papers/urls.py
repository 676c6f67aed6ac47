from django.urls import path

from counterpoint.papers import views

app_name = "papers"
urlpatterns = [
    path("", views.mine, name="mine"),
    path("<int:id>/", views.paper, name="paper"),
    path("<int:id>/content/", views.content, name="content"),
    path("<int:id>/preview/<int:page>/", views.preview, name="preview"),
]
