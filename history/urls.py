"""Addresses of the history."""

from django.urls import path

from history.views import EventViewSet

urlpatterns = [
    path("history", EventViewSet.as_view({"get": "list"}), name="events"),
    path("history/<int:pk>", EventViewSet.as_view({"get": "retrieve"}), name="event"),
]
