from django.urls import path

from counterpoint.desk import views, views_calling

app_name = "desk"
urlpatterns = [
    path("", views.home, name="home"),
    path("home/", views.mine, name="mine"),
    path("desk/", views.desk, name="desk"),
    path("desk/choice/", views.choice, name="choice"),
    path("desk/choice/<int:desk>/", views.choice, name="take"),
    path("desk/visit/", views.visit, name="visit"),
    path("desk/visit/next/", views.in_line, name="next"),
    path("desk/calling/", views_calling.call, name="call"),
    path("desk/calling/serving/", views_calling.begin, name="begin"),
    path("desk/calling/recall/", views_calling.recall, name="recall"),
    path("desk/calling/absence/", views_calling.not_come, name="not_come"),
    path("desk/window/", views_calling.window, name="window"),
    path("desk/customer/", views.customer, name="customer"),
    path("desk/customer/<int:party>/serving/", views.serve, name="serve"),
    path("desk/customer/serving/finish/", views.finish, name="finish"),
    path("desk/customers/", views.find, name="find"),
    path("desk/operations/", views.operations, name="operations"),
    path("desk/code/", views.code, name="code"),
    path("desk/procedure/<str:code>/", views.procedure, name="procedure"),
    path("desk/day/", views.day, name="day"),
    path("desk/box/", views.box, name="box"),
    path("desk/box/pause/", views.box_pause, name="box_pause"),
    path("desk/box/resume/", views.box_resume, name="box_resume"),
    path("board/", views.board, name="board"),
]
