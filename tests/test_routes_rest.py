"""Routes of Django REST framework: small projects and their exact tables."""

from __future__ import annotations

from django_routes import Row, entries, linked, models, table

from archlint.project.routes.django import routes as django
from archlint.project.routes.django.rest import routes as rest
from archlint.project.routes.route import Route

SETTINGS = 'ROOT_URLCONF = "shop.urls"\n'
VIEWSETS = """
    from rest_framework import mixins, viewsets
    from rest_framework.decorators import action

    class Orders(viewsets.ModelViewSet):
        def create(self, request):
            return None

        @action(detail=True, methods=["post", "put"], url_path="pay-now")
        def pay(self, request, pk):
            return None

        @pay.mapping.delete
        def unpay(self, request, pk):
            return None

        @action(detail=False)
        def recent(self, request):
            return None

    class Items(viewsets.ReadOnlyModelViewSet):
        lookup_field = "slug"
        lookup_value_regex = "[a-z]+"

    class Notes(mixins.CreateModelMixin, viewsets.GenericViewSet):
        def list(self, request):
            return None
"""
LOOKUP = "(?P<pk>[^/.]+)"


def routes_of(urls: str, views: str, settings: str = SETTINGS, **more: str) -> list[Route]:
    """Return the routes of a project with one urlconf; `more` are further modules of the package, by name."""
    files = {"shop/settings.py": settings, "shop/__init__.py": "", "shop/urls.py": urls, "shop/views.py": views}
    project = linked(files | {f"shop/{name}.py": text for name, text in more.items()})
    assert list(django.routes(project)) == []
    return list(rest.routes(project))


def rows_of(urls: str, views: str, settings: str = SETTINGS, **more: str) -> list[Row]:
    return table(routes_of(urls, views, settings, **more))


def router(made: str, *registrations: str) -> str:
    """Return a urlconf with one router."""
    lines = [f"router.register({one})" for one in registrations]
    head = "from django.urls import include, path\nfrom rest_framework import routers\nfrom shop import views\n"
    return "\n".join([head, f"router = {made}", *lines, 'urlpatterns = [path("api/", include(router.urls))]', ""])


def test_a_router_makes_routes_of_what_a_viewset_answers() -> None:
    found = routes_of(router("routers.DefaultRouter()", '"orders", views.Orders'), VIEWSETS)
    assert table(found) == [
        ("DELETE", f"api/^orders/{LOOKUP}/$", "Orders.destroy", ""),
        ("DELETE", f"api/^orders/{LOOKUP}/pay-now/$", "Orders.unpay", ""),
        ("GET", "api/", "rest_framework.routers.APIRootView", ""),
        ("GET", "api/^orders/$", "Orders.list", ""),
        ("GET", f"api/^orders/{LOOKUP}/$", "Orders.retrieve", ""),
        ("GET", "api/^orders/recent/$", "Orders.recent", ""),
        ("PATCH", f"api/^orders/{LOOKUP}/$", "Orders.partial_update", ""),
        ("POST", "api/^orders/$", "Orders.create", ""),
        ("POST|PUT", f"api/^orders/{LOOKUP}/pay-now/$", "Orders.pay", ""),
        ("PUT", f"api/^orders/{LOOKUP}/$", "Orders.update", ""),
    ]
    functions = {one.handler.name: one.handler.function is not None for one in found}
    assert (functions["Orders.create"], functions["Orders.list"]) == (True, False)


def test_bases_behind_a_metaclass_and_a_class_above_itself() -> None:
    views = """
        from rest_framework import mixins, viewsets
        from six import with_metaclass

        class Listed(mixins.ListModelMixin, viewsets.GenericViewSet):
            def list(self, request):
                return None

        class Orders(with_metaclass(type, mixins.CreateModelMixin, Listed)):
            pass

        class Items(Items, Listed):
            pass
    """
    urls = router("routers.SimpleRouter()", '"orders", views.Orders, "o"', '"items", views.Items, "i"')
    assert rows_of(urls, views) == [
        ("GET", "api/^items/$", "Items.list", ""),
        ("GET", "api/^orders/$", "Orders.list", ""),
        ("POST", "api/^orders/$", "Orders.create", ""),
    ]


def test_lookups_mixins_and_slashes() -> None:
    urls = router("routers.SimpleRouter(trailing_slash=False)", '"items", views.Items', '"notes", views.Notes, "n"')
    assert rows_of(urls, VIEWSETS) == [
        ("GET", "api/^items$", "Items.list", ""),
        ("GET", "api/^items/(?P<slug>[a-z]+)$", "Items.retrieve", ""),
        ("GET", "api/^notes$", "Notes.list", ""),
        ("POST", "api/^notes$", "Notes.create", ""),
    ]


def test_an_empty_prefix_starts_without_a_slash() -> None:
    assert rows_of(router("routers.SimpleRouter()", '"", views.Notes'), VIEWSETS) == [
        ("GET", "api/^$", "Notes.list", ""),
        ("POST", "api/^$", "Notes.create", ""),
    ]


def test_registrations_elsewhere_and_routers_that_take_over_others() -> None:
    urls = """
        from django.urls import path
        from shop.api import router
        import shop.more

        urlpatterns = [*router.urls]
        urlpatterns += shop.more.router.urls
    """
    api = """
        from rest_framework.routers import SimpleRouter
        from shop.views import Notes
        router = SimpleRouter()
        for prefix in ("notes", "memos"):
            router.register(prefix, Notes)
    """
    more = """
        from rest_framework.routers import SimpleRouter
        from shop import api
        from shop.views import Items
        router = SimpleRouter()
        router.registry.extend(api.router.registry)
        api.router.register("items", Items)
    """
    expected = [("GET", "^memos/$", "Notes.list", ""), ("GET", "^notes/$", "Notes.list", "")]
    expected += [("POST", "^memos/$", "Notes.create", ""), ("POST", "^notes/$", "Notes.create", "")]
    items = [("GET", "^items/$", "Items.list", ""), ("GET", "^items/(?P<slug>[a-z]+)/$", "Items.retrieve", "")]
    assert rows_of(urls, VIEWSETS, api=api, more=more) == sorted([*expected, *items] * 2)


def test_nested_routers() -> None:
    urls = """
        from django.urls import include, path
        from rest_framework_nested import routers
        from shop import views

        router = routers.SimpleRouter()
        router.register("shops", views.Notes)
        items = routers.NestedSimpleRouter(router, "shops", lookup="shop")
        items.register("items", views.Items)
        notes = routers.NestedSimpleRouter(items, "items", lookup="item")
        notes.register("notes", views.Notes)
        urlpatterns = [path("", include(items.urls)), path("", include(notes.urls))]
    """
    above = "^shops/(?P<shop_pk>[^/.]+)/items/"
    assert rows_of(urls, VIEWSETS) == [
        ("GET", f"{above}$", "Items.list", ""),
        ("GET", f"{above}(?P<item_slug>[a-z]+)/notes/$", "Notes.list", ""),
        ("GET", f"{above}(?P<slug>[a-z]+)/$", "Items.retrieve", ""),
        ("POST", f"{above}(?P<item_slug>[a-z]+)/notes/$", "Notes.create", ""),
    ]


def test_routers_of_the_project() -> None:
    routers = """
        from rest_framework.routers import DefaultRouter, DynamicRoute, Route, SimpleRouter

        class Bulk(DefaultRouter):
            include_root_view = False
            def __init__(self, *args, **kwargs):
                super().__init__(*args, trailing_slash=False, **kwargs)
                self.routes[0].mapping.update({"delete": "clear"})

        class Short(SimpleRouter):
            routes = [Route(url="^{prefix}/all$", mapping={"get": "list"}, name="x", detail=False, initkwargs={})]
    """
    views = VIEWSETS + "\n    class Own(Notes):\n        def clear(self, request):\n            return None\n"
    urls = """
        from django.urls import include, path
        from shop import views
        from shop.routers import Bulk, Short
        bulk, short = Bulk(), Short()
        first = Bulk()
        first.register("own", views.Own)
        second = Short()
        second.register("own", views.Own)
        urlpatterns = [path("b/", include(first.urls)), path("s/", include(second.urls))]
    """
    assert rows_of(urls, views, routers=routers) == [
        ("DELETE", "b/^own$", "Own.clear", ""),
        ("GET", "b/^own$", "Own.list", ""),
        ("GET", "s/^own/all$", "Own.list", ""),
        ("POST", "b/^own$", "Own.create", ""),
    ]


def test_a_list_of_patterns_that_is_replaced_by_its_own_with_suffixes() -> None:
    urls = """
        from django.urls import path
        from rest_framework.urlpatterns import format_suffix_patterns
        from shop import views
        urlpatterns = [path("first/", views.Plain.as_view())]
        urlpatterns += [path("second/", views.Plain.as_view())]
        urlpatterns = format_suffix_patterns(urlpatterns, allowed=["json"])
        urlpatterns += [path("third/", views.Plain.as_view())]
    """
    views = """
        from rest_framework.views import APIView

        class Plain(APIView):
            def get(self, request): return None
    """
    assert [row[1] for row in rows_of(urls, views)] == ["first/", "second/", "third/"]


def test_views_functions_and_mapped_viewsets() -> None:
    urls = """
        from django.urls import path
        from rest_framework.urlpatterns import format_suffix_patterns
        from rest_framework_simplejwt.views import TokenVerifyView
        from shop import views
        urlpatterns = format_suffix_patterns([
            path("plain/", views.Plain.as_view()),
            path("generic/", views.Generic.as_view()),
            path("function/", views.function),
            path("default/", views.default),
            path("mapped/", views.Notes.as_view({"get": "list"})),
            path("token/", TokenVerifyView.as_view()),
        ])
    """
    views = f"""{VIEWSETS}
    from rest_framework.decorators import api_view
    from rest_framework.generics import ListCreateAPIView
    from rest_framework.views import APIView

    class Plain(APIView):
        async def get(self, request): return None

    class Generic(ListCreateAPIView):
        def post(self, request): return None

    @api_view(["POST", "GET"])
    def function(request): return None

    @api_view()
    def default(request): return None
    """
    found = routes_of(urls, views)
    assert table(found) == [
        ("GET", "default/", "default", ""),
        ("GET", "generic/", "Generic.get", ""),
        ("GET", "mapped/", "Notes.list", ""),
        ("GET", "plain/", "Plain.get", ""),
        ("GET|POST", "function/", "function", ""),
        ("POST", "generic/", "Generic.post", ""),
        ("POST", "token/", "rest_framework_simplejwt.views.TokenVerifyView", ""),
    ]
    places = {one.handler.name: one.runs.value for one in found}
    assert (places["Plain.get"], places["Generic.post"]) == ("unsupported", "worker")


DEFAULTS = f"""{SETTINGS}
REST_FRAMEWORK = {{
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_AUTHENTICATION_CLASSES": ("shop.auth.ApiKey",),
    "DEFAULT_THROTTLE_CLASSES": ["rest_framework.throttling.UserRateThrottle"],
    "EXCEPTION_HANDLER": "shop.auth.on_error",
}}
"""
AUTH = """
    from rest_framework.authentication import BaseAuthentication
    from rest_framework.permissions import BasePermission, IsAuthenticated

    class ApiKey(BaseAuthentication):
        pass

    class Owner(BasePermission):
        def has_permission(self, request, view):
            return request.user.is_owner

    class Everybody(BasePermission):
        def has_permission(self, request, view):
            return True

    class Member(IsAuthenticated):
        pass

    def on_error(error, context):
        return None
"""
GUARDED = """
    from rest_framework.decorators import action, api_view, permission_classes
    from rest_framework.permissions import AllowAny, IsAuthenticated, SAFE_METHODS
    from rest_framework.throttling import AnonRateThrottle
    from rest_framework.views import APIView
    from rest_framework.viewsets import ViewSet
    from shop.auth import Everybody, Member, Owner

    class Default(APIView):
        def get(self, request): return None

    class Open(APIView):
        permission_classes = [AllowAny]
        throttle_classes = []
        def get(self, request): return None

    class Empty(Open):
        permission_classes = ()

    class Below(Default):
        permission_classes = [Member & Owner]
        authentication_classes = []
        throttle_classes = (AnonRateThrottle,)

    class Either(Default):
        permission_classes = [Owner | Everybody, Member | IsAuthenticated]

    @api_view(["GET"])
    @permission_classes([AllowAny])
    def function(request): return None
"""


def test_guards_by_the_nearest_that_sets_them() -> None:
    urls = """
        from django.urls import path
        from shop import views
        urlpatterns = [
            path("default", views.Default.as_view()), path("open", views.Open.as_view()),
            path("empty", views.Empty.as_view()), path("below", views.Below.as_view()),
            path("either", views.Either.as_view()), path("function", views.function),
            path("place", views.Open.as_view(permission_classes=[views.Owner])),
        ]
    """
    below = "authentication Member class; permission Owner class"
    settings = "authentication ApiKey settings; rate limit UserRateThrottle settings"
    assert rows_of(urls, GUARDED, DEFAULTS, auth=AUTH) == [
        ("GET", "below", "Below.get", f"{below}; rate limit AnonRateThrottle class"),
        ("GET", "default", "Default.get", f"authentication IsAuthenticated settings; {settings}"),
        ("GET", "either", "Either.get", f"authentication Member | IsAuthenticated class; {settings}"),
        ("GET", "empty", "Empty.get", ""),
        ("GET", "function", "function", "rate limit UserRateThrottle settings"),
        ("GET", "open", "Open.get", ""),
        ("GET", "place", "Open.get", "permission Owner router; authentication ApiKey settings"),
    ]  # fmt: skip


def test_lists_of_guards_that_the_environment_may_set() -> None:
    views = """
    from rest_framework.views import APIView

    class Default(APIView):
        def get(self, request): return None
    """
    urls = 'from django.urls import path\nfrom shop import views\nurlpatterns = [path("d", views.Default.as_view())]'
    names = "rest_framework.permissions.IsAuthenticated", "rest_framework.throttling.UserRateThrottle"
    found = []
    for permissions, throttles in (
        (f'env.list("PERMISSIONS", default=["{names[0]}"])', 'env.list("THROTTLES", subcast=str, default=[])'),
        (
            f'config("PERMISSIONS", default="{names[0]}", cast=Csv())',
            f'env.tuple("THROTTLES", default=("{names[1]}",))',
        ),
        (f'os.getenv("PERMISSIONS", "{names[0]}, ").split(",")', 'env.list("THROTTLES")'),
        ('config("PERMISSIONS", cast=Csv())', 'os.environ.get("THROTTLES").split(",")'),
    ):
        settings = f"""{SETTINGS}
import os
import environ
from decouple import Csv, config
env = environ.Env()
THROTTLES = {throttles}
REST_FRAMEWORK = {{"DEFAULT_PERMISSION_CLASSES": {permissions}, "DEFAULT_THROTTLE_CLASSES": THROTTLES}}
"""
        found.append(rows_of(urls, views, settings)[0][3])
    permitted, limited = "authentication IsAuthenticated settings", "rate limit UserRateThrottle settings"
    assert found == [permitted, f"{permitted}; {limited}", permitted, ""]


def test_what_is_refused_in_methods_that_the_library_calls() -> None:
    views = """
    from django.core.exceptions import PermissionDenied
    from rest_framework.generics import DestroyAPIView
    from rest_framework.viewsets import ModelViewSet

    class Base(ModelViewSet):
        def update(self, request, *args, **kwargs):
            self.perform_update(None)

        def perform_update(self, serializer):
            if not serializer.saved:
                raise PermissionDenied()

        def perform_create(self, serializer):
            if serializer.owner != self.request.user:
                raise PermissionDenied()

    class Orders(Base):
        http_method_names = ["get", "post", "patch"]

    class Gone(DestroyAPIView):
        def get_queryset(self):
            if self.request.user.age < 3:
                raise PermissionDenied()
            return []
    """
    urls = """
    from django.urls import include, path
    from rest_framework import routers
    from shop import views

    orders = routers.SimpleRouter()
    orders.register("o", views.Orders)
    urlpatterns = [path("", include(orders.urls)), path("gone", views.Gone.as_view())]
    """
    assert rows_of(urls, views) == [
        ("DELETE", "gone", "Gone.delete", "permission PermissionDenied handler"),
        ("GET", "^o/$", "Orders.list", ""),
        ("GET", f"^o/{LOOKUP}/$", "Orders.retrieve", ""),
        ("PATCH", f"^o/{LOOKUP}/$", "Orders.partial_update", "permission perform_update handler"),
        ("POST", "^o/$", "Orders.create", "permission PermissionDenied handler"),
    ]


def test_errors_that_the_handler_of_the_settings_answers() -> None:
    settings = f'{SETTINGS}REST_FRAMEWORK = {{"EXCEPTION_HANDLER": "shop.auth.on_error"}}\n'
    auth = """
    from rest_framework.exceptions import NotAuthenticated, PermissionDenied
    from rest_framework.response import Response
    from rest_framework.views import exception_handler

    class NotAllowed(Exception): ...
    class NotOwner(NotAllowed): ...
    class Slow(Exception): ...
    class Missing(Exception): ...
    class Stranger(NotAuthenticated): ...

    class Order:
        def ensure_owner(self, user):
            if user != self.owner:
                raise NotOwner()

    class Limits:
        def check(self, user):
            if user.count > 3:
                raise Slow()

    def on_error(error, context):
        if isinstance(error, NotAllowed):
            error = PermissionDenied()
        elif isinstance(error, Slow):
            return Response({}, status=429)
        elif isinstance(error, Missing):
            return Response({}, status=404)
        return exception_handler(error, context)
    """
    views = """
    from rest_framework.views import APIView
    from shop.auth import Limits, Missing, Order, Stranger

    def changed(order: Order, user):
        order.ensure_owner(user)

    class Change(APIView):
        def post(self, request): changed(find(request), request.user)

    class Limited(APIView):
        def get(self, request):
            limits = Limits()
            limits.check(request.user)

    class Lost(APIView):
        def get(self, request): raise Missing()

    class Known(APIView):
        def get(self, request):
            if request.auth is None:
                raise Stranger()
    """
    urls = """
    from django.urls import path
    from shop import views
    urlpatterns = [
        path("change", views.Change.as_view()), path("limited", views.Limited.as_view()),
        path("lost", views.Lost.as_view()), path("known", views.Known.as_view()),
    ]
    """
    assert rows_of(urls, views, settings, auth=auth) == [
        ("GET", "known", "Known.get", "authentication Stranger handler"),
        ("GET", "limited", "Limited.get", "rate limit check handler"),
        ("GET", "lost", "Lost.get", ""),
        ("POST", "change", "Change.post", "permission ensure_owner handler"),
    ]


def test_guards_that_depend_on_the_action() -> None:
    views = """
    from rest_framework.decorators import action
    from rest_framework.permissions import AllowAny, IsAuthenticated, IsAdminUser
    from rest_framework.viewsets import ViewSet
    import mystery

    class Orders(ViewSet):
        permission_classes = [IsAdminUser]

        def get_permissions(self):
            if self.action in ("list", "retrieve"):
                return [AllowAny()]
            if self.action == "create":
                chosen = [IsAuthenticated]
            else:
                return super().get_permissions()
            return [permission() for permission in chosen]

        def list(self, request): return None
        def create(self, request): return None
        def destroy(self, request, pk): return None

        @action(detail=False, permission_classes=[IsAuthenticated])
        def mine(self, request): return None

    class Unknown(ViewSet):
        def get_permissions(self):
            return mystery.permissions(self)
        def list(self, request): return None

    class Either(ViewSet):
        def get_permissions(self):
            if mystery.flag:
                return [IsAuthenticated(), IsAdminUser()]
            return [IsAuthenticated()]
        def list(self, request): return None
    """
    urls = router("routers.SimpleRouter()", '"o", views.Orders', '"u", views.Unknown', '"e", views.Either')
    assert rows_of(urls, views) == [
        ("DELETE", f"api/^o/{LOOKUP}/$", "Orders.destroy", "permission IsAdminUser class"),
        ("GET", "api/^e/$", "Either.list", "authentication IsAuthenticated class"),
        ("GET", "api/^o/$", "Orders.list", ""),
        ("GET", "api/^o/mine/$", "Orders.mine", "authentication IsAuthenticated decorator"),
        ("GET", "api/^u/$", "Unknown.list", "permission get_permissions class"),
        ("POST", "api/^o/$", "Orders.create", "authentication IsAuthenticated class"),
    ]


def test_lists_of_guards_that_are_appended_to() -> None:
    views = """
    from rest_framework.permissions import IsAuthenticated, IsAdminUser
    from rest_framework.throttling import SimpleRateThrottle
    from rest_framework.views import APIView
    import mystery

    class Fast(SimpleRateThrottle): scope = "fast"
    class Slow(SimpleRateThrottle): scope = "slow"

    class Appended(APIView):
        def get_throttles(self):
            found = []
            found.append(Fast())
            return found
        def get(self, request): return None

    class Either(APIView):
        def get_throttles(self):
            found = []
            if mystery.flag:
                if mystery.other:
                    found.append(Slow())
                    return found
            found.append(Fast())
            return found
        def get(self, request): return None

    class Extended(APIView):
        def get_permissions(self):
            found = [IsAuthenticated()]
            more = [IsAdminUser()]
            found += more
            if mystery.flag:
                found.extend([mystery.Other()])
            return found
        def get(self, request): return None

    class Sometimes(APIView):
        def get_throttles(self):
            found = []
            if mystery.flag:
                found.append(Fast())
            return found
        def get(self, request): return None

    class Looped(APIView):
        def get_throttles(self):
            found = []
            for one in mystery.throttles:
                found.append(one())
            return found
        def get(self, request): return None

    class Inherited(APIView):
        def get_permissions(self):
            found = super().get_permissions()
            found.append(IsAuthenticated())
            return found
        def get(self, request): return None
    """
    urls = """
    from django.urls import path
    from shop import views
    urlpatterns = [
        path("a", views.Appended.as_view()), path("e", views.Either.as_view()), path("x", views.Extended.as_view()),
        path("s", views.Sometimes.as_view()), path("l", views.Looped.as_view()), path("i", views.Inherited.as_view()),
    ]
    """
    assert [(path, shown) for _, path, _, shown in rows_of(urls, views)] == [
        ("a", "rate limit Fast class"),
        ("e", "rate limit Slow | Fast class"),
        ("i", "permission get_permissions class"),
        ("l", "rate limit get_throttles class"),
        ("s", "rate limit get_throttles class"),
        ("x", "authentication IsAuthenticated class; permission IsAdminUser class"),
    ]


def test_models_and_responses() -> None:
    views = """
    from drf_spectacular.utils import OpenApiResponse, extend_schema
    from rest_framework import serializers, status, viewsets
    from rest_framework.decorators import action

    class Short(serializers.Serializer): pass
    class Long(serializers.Serializer): pass
    class Error(serializers.Serializer): pass

    class Orders(viewsets.ModelViewSet):
        serializer_class = Long
        http_method_names = ["get", "post"]

        def get_serializer_class(self):
            if self.action == "list":
                return Short
            return super().get_serializer_class()

        @extend_schema(
            request=Short,
            responses={201: Long(many=True), status.HTTP_409_CONFLICT: OpenApiResponse(Error)},
        )
        @action(detail=False, methods=["post"])
        def buy(self, request): return None

        @action(detail=False, serializer_class=Short)
        def brief(self, request): return None
    """
    found = routes_of(router("routers.SimpleRouter()", '"o", views.Orders'), views)
    assert models(found) == {
        "Orders.brief": ([], "Short", ()),
        "Orders.buy": (["Short"], "Long", (201, 409)),
        "Orders.create": (["Long"], "Long", ()),
        "Orders.list": ([], "Short", ()),
        "Orders.retrieve": ([], "Long", ()),
    }


def test_the_error_handler_of_the_settings() -> None:
    project = linked({"shop/settings.py": DEFAULTS, "shop/auth.py": AUTH})
    assert entries(rest.entry_points(project)) == [
        ("error handler", "EXCEPTION_HANDLER", "shop.auth.on_error", "worker")
    ]


def test_methods_that_a_view_calls_on_itself_refuse() -> None:
    views = """
        from rest_framework.exceptions import PermissionDenied
        from rest_framework.views import APIView

        class Base(APIView):
            def post(self, request):
                self.check(request)
                return self.store(request)

            def get(self, request):
                try:
                    self.check(request)
                except PermissionDenied:
                    return None

            def check(self, request):
                return None

            def store(self, request):
                return None

        class Orders(Base):
            def check(self, request):
                return self.deeper(request)

            def deeper(self, request):
                if not request.data:
                    raise PermissionDenied()

        class Notes(Base):
            def store(self, request):
                super().store(request)
                raise PermissionDenied()
    """
    urls = """
        from django.urls import path
        from shop import views
        urlpatterns = [path("base", views.Base.as_view()), path("orders", views.Orders.as_view()),
                       path("notes", views.Notes.as_view())]
    """
    assert rows_of(urls, views) == [
        ("GET", "base", "Base.get", ""),
        ("GET", "notes", "Notes.get", ""),
        ("GET", "orders", "Orders.get", ""),
        ("POST", "base", "Base.post", ""),
        ("POST", "notes", "Notes.post", "permission store handler"),
        ("POST", "orders", "Orders.post", "permission deeper handler"),
    ]
