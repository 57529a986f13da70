"""What the methods of DRF's mixins call on the view, which classes of the project override; which views list rows."""

from __future__ import annotations

LISTING = frozenset(
    {
        "rest_framework.generics.ListAPIView", "rest_framework.generics.ListCreateAPIView",
        "rest_framework.mixins.ListModelMixin", "rest_framework.viewsets.ModelViewSet",
        "rest_framework.viewsets.ReadOnlyModelViewSet",
    }
)  # fmt: skip
"""Classes whose views list the rows of their queryset."""
_CALLED = {
    "create": ("perform_create",),
    "destroy": ("get_object", "perform_destroy"),
    "list": ("get_queryset",),
    "partial_update": ("update",),
    "retrieve": ("get_object",),
    "update": ("get_object", "perform_update"),
    "get_object": ("get_queryset",),
    "delete": ("destroy",),
    "patch": ("partial_update",),
    "post": ("create",),
    "put": ("update",),
}


def called_by(name: str) -> tuple[str, ...]:
    """Return the methods that a method of DRF calls itself, () for one that calls none that matters."""
    return _CALLED.get(name, ())
