from django.contrib.auth import views as auth
from django.urls import path

from shift_management import health, views

urlpatterns = [
    path("", views.index, name="index"),
    path("login/", auth.LoginView.as_view(template_name="shift_management/login.html"), name="login"),
    path("logout/", auth.LogoutView.as_view(), name="logout"),
    path("api/staff/", views.staff, name="staff"),
    path("api/shifts/", views.shifts, name="shifts"),
    path("api/shifts/<int:identity>/", views.shift, name="shift"),
    path("api/version/", views.version, name="version"),
    path("api/slow/", views.slow, name="slow"),
    path("health/", health.health, name="health"),
    path("ready/", health.ready, name="ready"),
    path("live/", health.live, name="live"),
]
