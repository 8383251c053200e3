"""The history over REST: to read, and only that."""

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.viewsets import ReadOnlyModelViewSet

from history.filters import EventFilter
from history.models import Event
from history.serializers import EventSerializer
from history.visible import visible_events


@extend_schema_view(
    list=extend_schema(summary="What was done, newest first"), retrieve=extend_schema(summary="One event")
)
@extend_schema(tags=["history"])
class EventViewSet(ReadOnlyModelViewSet[Event]):
    """Everything anyone or anything did. Events are never changed or removed one by one."""

    queryset = Event.objects.all()
    serializer_class = EventSerializer
    filterset_class = EventFilter
    page_ordering = ("-id",)

    def get_queryset(self) -> QuerySet[Event]:
        """The reader's own events, those of accounts they may see, and all for who audits the fleet."""
        if getattr(self, "swagger_fake_view", False):
            return Event.objects.none()
        return visible_events(super().get_queryset(), self.request)
