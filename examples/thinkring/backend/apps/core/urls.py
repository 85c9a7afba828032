from django.urls import path

from . import views

urlpatterns = [
    path("health/", views.health),
    path("version/", views.version),
    path("token/", views.token),
    path("thoughts/", views.thoughts),
    path("thoughts/<int:identity>/", views.thought),
    path("thoughts/<int:identity>/picture/", views.picture),
    path("slow/", views.slow),
]
