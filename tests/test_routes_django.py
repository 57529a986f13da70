"""Routes, guards and other entry points of Django: small projects and their exact tables."""

from __future__ import annotations

from django_routes import Row, entries, linked, table

from archlint.project.routes.django import routes as django
from archlint.project.routes.route import Route

SETTINGS = {"shop/settings.py": 'ROOT_URLCONF = "shop.urls"'}
VIEWS = """
    from django.http import HttpResponse

    def home(request):
        return HttpResponse("")

    def one(request, pk):
        return HttpResponse(pk)

    async def slow(request):
        return HttpResponse("")
"""


def routes_of(urls: str, views: str = VIEWS, **more: str) -> list[Route]:
    """Return the routes of a project with one urlconf; `more` are further modules of the package, by name."""
    files = {**SETTINGS, "shop/__init__.py": "", "shop/urls.py": urls, "shop/views.py": views}
    files |= {f"shop/{name}.py": text for name, text in more.items()}
    return list(django.routes(linked(files)))


def rows_of(urls: str, views: str = VIEWS, **more: str) -> list[Row]:
    return table(routes_of(urls, views, **more))


def test_patterns_as_they_are_written() -> None:
    assert rows_of(
        """
        from django.urls import path, re_path
        from django.conf.urls import url as old
        from shop import views
        from shop.views import one

        urlpatterns = [
            path("", views.home, name="home"),
            path(route="orders/<int:pk>/", view=one),
            re_path(r"^old/(?P<pk>[0-9]+)/$", views.one),
            old(r"^older/$", "shop.views.home"),
            path("lambda/", lambda request: None),
        ]
        """
    ) == [
        ("*", "", "home", ""),
        ("*", "^old/(?P<pk>[0-9]+)/$", "one", ""),
        ("*", "^older/$", "home", ""),
        ("*", "lambda/", "<lambda>", ""),
        ("*", "orders/<int:pk>/", "one", ""),
    ]


def test_a_route_says_where_it_runs_and_what_made_it() -> None:
    urls = 'from django.urls import path\nfrom shop.views import slow\nurlpatterns = [path("s/", slow, name="slow")]\n'
    (route,) = routes_of(urls)
    assert (route.framework, route.name, route.runs.value, route.label) == ("django", "slow", "own_loop", "s/")
    (mention,) = route.mounted
    assert urls[mention.start : mention.end] == 'path("s/", slow, name="slow")'


def test_lists_that_are_built_in_steps() -> None:
    assert rows_of(
        """
        from django.conf import settings
        from django.urls import path
        from shop.views import home
        from shop.more import urlpatterns as more, EXTRA

        base = [path("base/", home)]
        urlpatterns = base + [path("a/", home)]
        urlpatterns += more
        urlpatterns.append(path("b/", home))
        urlpatterns.extend([path(f"{name}/", home) for name in ("c", "d")])
        for name, view in [("e", home), ("f", home)]:
            urlpatterns.append(path(name + "/", view))
        urlpatterns = [path("first/", home), *EXTRA] + urlpatterns
        if settings.DEBUG:
            urlpatterns += [path("debug/", home)]
        else:
            urlpatterns += [path("live/", home)]
        """,
        more="""
        from django.urls import path
        from shop.views import home
        EXTRA = (path("extra/", home),)
        urlpatterns = [path("more/", home)]
        """,
    ) == [
        ("*", f"{name}/", "home", "")
        for name in ("a", "b", "base", "c", "d", "debug", "e", "extra", "f", "first", "live", "more")
    ]


def test_a_condition_that_the_settings_decide() -> None:
    files = {
        "shop/settings.py": 'ROOT_URLCONF = "shop.urls"\nDEBUG = False\n',
        "shop/views.py": VIEWS,
        "shop/urls.py": """
            from django.conf import settings
            from django.conf.urls.static import static
            from django.urls import path
            from shop.views import home
            urlpatterns = [path("", home)] + static("/media/", document_root="x")
            if settings.DEBUG:
                urlpatterns.append(path("debug/", home))
            if not settings.DEBUG:
                urlpatterns.append(path("live/", home))
        """,
    }
    assert table(django.routes(linked(files))) == [("*", "", "home", ""), ("*", "live/", "home", "")]


def test_static_files_while_debugging() -> None:
    assert rows_of(
        """
        from django.conf.urls.static import static
        from django.conf import settings
        from shop.views import home
        urlpatterns = static(settings.MEDIA_URL) + static("/m/") + static("/n/", view=home, document_root="x")
        """
    ) == [
        ("*", "^m/(?P<path>.*)$", "django.views.static.serve", ""),
        ("*", "^n/(?P<path>.*)$", "home", ""),
    ]


def test_includes() -> None:
    inner = 'from django.urls import path\nfrom shop.views import one\nurlpatterns = [path("<int:pk>/", one)]\n'
    assert rows_of(
        """
        from django.contrib import admin
        from django.urls import include, path
        from shop import direct
        from shop.views import home

        parts = [path("part/", home)]
        urlpatterns = [
            path("text/", include("shop.text", namespace="text")),
            path("module/", include(direct)),
            path("list/", include(parts)),
            path("named/", include((parts, "named"))),
            path("inline/", include([path("x/", home), path("y/", include("shop.text"))])),
            path("admin/", admin.site.urls),
            path("social/", include("social_django.urls")),
        ]
        """,
        text=inner,
        direct=inner,
    ) == [
        ("*", "admin/", "django.contrib.admin.site.urls", "permission AdminSite.has_permission application"),
        ("*", "inline/x/", "home", ""),
        ("*", "inline/y/<int:pk>/", "one", ""),
        ("*", "list/part/", "home", ""),
        ("*", "module/<int:pk>/", "one", ""),
        ("*", "named/part/", "home", ""),
        ("*", "social/", "social_django.urls", ""),
        ("*", "text/<int:pk>/", "one", ""),
    ]


def test_prefixes_of_settings_of_the_environment_and_of_languages() -> None:
    files = {
        "conf/base.py": """
            import os
            LANGUAGE_CODE = "de"
            API = os.environ.get("API", "api/")
            ROOT_URLCONF = "shop.urls"
        """,
        "conf/live.py": "from .base import *\nSITE = API + 'site/'\n",
        "conf/__init__.py": "",
        "shop/views.py": VIEWS,
        "shop/urls.py": """
            from django.conf import settings
            from django.conf.urls.i18n import i18n_patterns
            from django.urls import include, path
            from shop.views import home
            import mystery

            urlpatterns = [
                path(settings.API, home),
                path(settings.SITE, home),
                path(mystery.prefix(), include([path("unknown/", home)])),
            ] + i18n_patterns(path("about/", home))
        """,
    }
    assert table(django.routes(linked(files))) == [
        ("*", "api/", "home", ""),
        ("*", "api/site/", "home", ""),
        ("*", "de/about/", "home", ""),
        ("*", "…unknown/", "home", ""),
    ]


def test_a_urlconf_that_nobody_includes_has_only_its_own_part() -> None:
    inner = 'from django.urls import path\nfrom shop.views import home\nurlpatterns = [path("x/", home)]\n'
    outer = 'from django.urls import include, path\nurlpatterns = [path("outer/", include("shop.inner"))]\n'
    assert rows_of("urlpatterns = []", inner=inner, outer=outer) == [("*", "…outer/x/", "home", "")]


def test_views_that_are_wrapped_made_or_bound() -> None:
    assert rows_of(
        """
        from functools import partial
        from django.urls import path
        from django.views.decorators.cache import cache_page
        from django.views.decorators.csrf import csrf_exempt
        from shop import views
        from shop.feeds import LatestFeed

        urlpatterns = [
            path("exempt/", csrf_exempt(views.home)),
            path("cached/", cache_page(60)(views.home)),
            path("partial/", partial(views.one, pk=1)),
            path("method/", views.pages.show),
            path("made/", views.make("x")),
            path("variable/", views.wrapped),
            path("feed/", LatestFeed()),
            path("rest/", views.dispatch, {"GET": views.home}),
            views.shortcut("short/", views.one),
            path("gone/", views.nothing),
        ]
        """,
        f"""{VIEWS}
    from django.urls import path
    from django.views.decorators.csrf import csrf_exempt

    class Pages:
        def show(self, request):
            return None

    pages = Pages()
    wrapped = csrf_exempt(home)

    def make(template):
        def view(request):
            return template
        return view

    def shortcut(route, view):
        return path("s/" + route, view)

    def dispatch(request, **views):
        return None
    """,
        feeds="""
        from django.contrib.syndication.views import Feed

        class LatestFeed(Feed):
            def items(self):
                return []
        """,
    ) == [
        ("*", "cached/", "home", ""),
        ("*", "exempt/", "home", ""),
        ("*", "feed/", "shop.feeds.LatestFeed", ""),
        ("*", "made/", "make.view", ""),
        ("*", "method/", "Pages.show", ""),
        ("*", "partial/", "one", ""),
        ("*", "rest/", "dispatch", ""),
        ("*", "s/short/", "one", ""),
        ("*", "variable/", "home", ""),
    ]


def test_patterns_of_a_function() -> None:
    assert rows_of(
        """
        from django.urls import include, path
        from shop.views import home, one

        def crud(name, view, extra=()):
            found = [path(f"{name}/", view), path(f"{name}/<int:pk>/", one)]
            found += extra
            return found

        def generated():
            yield path("g/", home)
            yield from [path("h/", home)]

        urlpatterns = [
            path("shop/", include(crud("orders", home, [path("more/", home)]))),
            *generated(),
        ]
        """
    ) == [
        ("*", "g/", "home", ""),
        ("*", "h/", "home", ""),
        ("*", "shop/more/", "home", ""),
        ("*", "shop/orders/", "home", ""),
        ("*", "shop/orders/<int:pk>/", "one", ""),
    ]


def test_methods_of_functions() -> None:
    assert rows_of(
        """
        from django.urls import path
        from django.views.decorators.http import require_POST
        from shop import views
        urlpatterns = [
            path("a", views.a), path("b", views.b), path("c", require_POST(views.c)), path("d", views.c),
        ]
        """,
        """
        from django.views.decorators.http import require_GET, require_http_methods

        @require_GET
        def a(request):
            return None

        METHODS = ["PUT", "GET"]

        @require_http_methods(METHODS)
        def b(request):
            return None

        def c(request):
            return None
        """,
    ) == [("*", "d", "c", ""), ("GET", "a", "a", ""), ("GET|PUT", "b", "b", ""), ("POST", "c", "c", "")]


CLASSES = """
    from django.views import View
    from django.views.generic import CreateView, ListView, TemplateView

    class Parent(View):
        def post(self, request):
            return None

        def delete(self, request):
            return None

    class Mixin:
        def get(self, request):
            return None

    class Own(Mixin, Parent):
        put = Parent.post
        delete = None

        def patch(self, request):
            return None

        post = patch

    class Orders(ListView):
        pass

    class New(CreateView):
        http_method_names = ["get", "post"]

        def post(self, request):
            return None

    class Whole(View):
        def dispatch(self, request):
            return None
"""


def test_methods_of_classes() -> None:
    found = routes_of(
        """
        from django.urls import path
        from django.views.generic import RedirectView, TemplateView
        from shop import views
        urlpatterns = [
            path("own", views.Own.as_view()),
            path("orders", views.Orders.as_view()),
            path("new", views.New.as_view()),
            path("whole", views.Whole.as_view()),
            path("page", TemplateView.as_view(template_name="x.html")),
            path("read", views.Own.as_view(http_method_names=["get"])),
        ]
        """,
        CLASSES,
    )
    assert table(found) == [
        ("*", "whole", "Whole.dispatch", ""),
        ("GET", "new", "New.get", ""),
        ("GET", "orders", "Orders.get", ""),
        ("GET", "own", "Own.get", ""),
        ("GET", "page", "django.views.generic.TemplateView", ""),
        ("GET", "read", "Own.get", ""),
        ("PATCH|POST", "own", "Own.post", ""),
        ("POST", "new", "New.post", ""),
        ("PUT", "own", "Own.put", ""),
    ]
    functions = {one.handler.name: one.handler.function.name if one.handler.function else None for one in found}
    assert functions["Own.get"] == "shop.views.Mixin.get"
    assert functions["Own.post"] == "shop.views.Own.patch"
    assert functions["Orders.get"] is None


def test_guards_of_functions() -> None:
    assert rows_of(
        """
        from django.contrib.auth.decorators import login_required, user_passes_test
        from django.urls import path
        from shop import views
        urlpatterns = [
            path("a", views.a), path("b", views.b), path("c", views.c), path("d", views.d), path("e", views.e),
            path("f", login_required(views.open)), path("g", views.g), path("h", views.h), path("i", views.i),
            path("open", views.open), path("signup", views.signup),
        ]
        """,
        """
        from django.conf import settings
        from django.contrib.admin.views.decorators import staff_member_required as staff
        from django.contrib.auth.decorators import login_required, permission_required, user_passes_test
        from django.core.exceptions import PermissionDenied
        from django.http import HttpResponseForbidden, JsonResponse
        from django.shortcuts import redirect
        from django_ratelimit.decorators import ratelimit

        superuser = user_passes_test(lambda user: user.is_superuser)

        def api_key(view):
            def wrapper(request):
                if "key" not in request.headers:
                    return JsonResponse({}, status=401)
                return view(request)
            return wrapper

        def logged(view):
            def wrapper(request):
                print(request)
                return view(request)
            return wrapper

        def owner(level):
            def decorator(view):
                def wrapper(request):
                    check(request, level)
                    return view(request)
                return wrapper
            return decorator

        def check(request, level):
            if request.level < level:
                raise PermissionDenied

        @login_required
        @permission_required("x")
        def a(request): return None

        @staff
        def b(request): return None

        @superuser
        def c(request): return None

        @api_key
        @logged
        def d(request): return None

        @owner(3)
        def e(request): return None

        @ratelimit(key="ip", rate="5/m")
        def g(request): return None

        def h(request):
            if not request.user.is_authenticated:
                return redirect("login")
            return None

        def i(request):
            check(request, 2)
            return None

        @logged
        def open(request): return None

        def signup(request):
            if not settings.OPEN or request.user.is_authenticated:
                return HttpResponseForbidden()
            return redirect("login")
        """,
    ) == [
        ("*", "a", "a", "authentication login_required decorator; permission permission_required decorator"),
        ("*", "b", "b", "permission staff decorator"),
        ("*", "c", "c", "permission superuser decorator"),
        ("*", "d", "d", "authentication api_key decorator"),
        ("*", "e", "e", "permission owner decorator"),
        ("*", "f", "open", "authentication login_required router"),
        ("*", "g", "g", "rate limit ratelimit decorator"),
        ("*", "h", "h", "authentication redirect handler"),
        ("*", "i", "i", "permission check handler"),
        ("*", "open", "open", ""),
        ("*", "signup", "signup", ""),
    ]


def test_decorators_that_are_objects_refuse() -> None:
    assert rows_of(
        """
        from django.urls import path
        from shop import views
        urlpatterns = [path("a", views.a), path("b", views.b), path("c", views.c), path("d", views.d)]
        """,
        """
        from django.core.exceptions import PermissionDenied

        class Require:
            def __init__(self, name):
                self.name = name

            def __call__(self, view):
                def inner(request):
                    if not request.user.has_perm(self.name):
                        raise PermissionDenied
                    return view(request)
                return inner

        def require(name):
            return Require(name)

        def admin(view):
            return require("admin")(view)

        staff = Require("staff")

        @Require("x")
        def a(request): return None

        @require("x")
        def b(request): return None

        @admin
        def c(request): return None

        @staff
        def d(request): return None
        """,
    ) == [
        ("*", "a", "a", "permission Require decorator"),
        ("*", "b", "b", "permission require decorator"),
        ("*", "c", "c", "permission admin decorator"),
        ("*", "d", "d", "permission staff decorator"),
    ]


def test_what_the_path_makes_impossible() -> None:
    assert rows_of(
        """
        from django.urls import path, re_path
        from shop import views
        urlpatterns = [
            path("m/<slug:key>", views.metrics), path("m", views.metrics), re_path("r/(?P<key>.*)?", views.metrics),
        ]
        """,
        """
        from django.http import HttpResponse, HttpResponseForbidden
        def metrics(request, key=None):
            if key is None:
                if "key" not in request.headers:
                    return HttpResponse(status=401)
            if not known(key):
                return HttpResponseForbidden()
        """,
    ) == [
        ("*", "m", "metrics", "authentication HttpResponse handler"),
        ("*", "m/<slug:key>", "metrics", "permission HttpResponseForbidden handler"),
        ("*", "r/(?P<key>.*)?", "metrics", "authentication HttpResponse handler"),
    ]


def test_guards_of_classes() -> None:
    assert rows_of(
        """
        from django.urls import path
        from shop import views
        urlpatterns = [
            path("a", views.A.as_view()), path("b", views.B.as_view()), path("c", views.C.as_view()),
            path("d", views.D.as_view()), path("e", views.E.as_view()), path("f", views.F.as_view()),
            path("g", views.G.as_view()), path("h", views.H.as_view()),
        ]
        """,
        """
        from django.contrib.auth.decorators import login_required
        from django.contrib.auth.mixins import AccessMixin, LoginRequiredMixin, UserPassesTestMixin
        from django.utils.decorators import method_decorator
        from django.shortcuts import redirect
        from django.views import View

        class Plain(View):
            def get(self, request): return None

        class A(LoginRequiredMixin, Plain): pass

        class Staff(UserPassesTestMixin):
            def test_func(self): return True

        class B(Staff, Plain): pass

        @method_decorator(login_required, name="dispatch")
        class C(Plain): pass

        class D(Plain):
            @method_decorator(login_required)
            def dispatch(self, *args): return super().dispatch(*args)

        class OwnerMixin(AccessMixin):
            def dispatch(self, request):
                if not request.user.is_authenticated:
                    return self.handle_no_permission()
                return super().dispatch(request)

        class E(OwnerMixin, Plain): pass

        class F(AccessMixin, Plain): pass

        class MemberMixin:
            def dispatch(self, *args):
                if not self.request.user.is_authenticated:
                    return redirect("index")
                return super().dispatch(*args)

        class GuestMixin:
            def dispatch(self, *args):
                if self.request.user.is_authenticated:
                    return redirect("index")
                return super().dispatch(*args)

        class G(MemberMixin, Plain): pass

        class H(GuestMixin, Plain): pass
        """,
    ) == [
        ("GET", "a", "A.get", "authentication LoginRequiredMixin class"),
        ("GET", "b", "B.get", "permission UserPassesTestMixin class"),
        ("GET", "c", "C.get", "authentication login_required class"),
        ("GET", "d", "D.get", "authentication login_required class"),
        ("GET", "e", "E.get", "authentication handle_no_permission class"),
        ("GET", "f", "F.get", ""),
        ("GET", "g", "G.get", "authentication redirect class"),
        ("GET", "h", "H.get", ""),
    ]


def test_the_middleware_that_wants_everybody_logged_in() -> None:
    files = {
        "shop/settings.py": """
            ROOT_URLCONF = "shop.urls"
            MIDDLEWARE = ["django.middleware.common.CommonMiddleware"]
            MIDDLEWARE += ["django.contrib.auth.middleware.LoginRequiredMiddleware"]
        """,
        "shop/urls.py": """
            from django.urls import path
            from shop import views
            urlpatterns = [path("a", views.a), path("b", views.b), path("c", views.C.as_view())]
        """,
        "shop/views.py": """
            from django.contrib.auth.decorators import login_not_required
            from django.utils.decorators import method_decorator
            from django.views import View

            def a(request): return None

            @login_not_required
            def b(request): return None

            @method_decorator(login_not_required, name="dispatch")
            class C(View):
                def get(self, request): return None
        """,
    }
    assert table(django.routes(linked(files))) == [
        ("*", "a", "a", "authentication LoginRequiredMiddleware middleware"),
        ("*", "b", "b", ""),
        ("GET", "c", "C.get", ""),
    ]


def test_other_entry_points() -> None:
    files = {
        "shop/settings.py": """
            ROOT_URLCONF = "shop.urls"
            MIDDLEWARE = ["shop.middleware.Timing", "django.middleware.common.CommonMiddleware"]
            MIDDLEWARE.append("shop.middleware.simple")
        """,
        "shop/urls.py": 'handler404 = "shop.errors.not_found"\nurlpatterns = []\n',
        "shop/errors.py": "def not_found(request, exception):\n    return None\n",
        "shop/middleware.py": """
            class Timing:
                def __init__(self, get_response): pass
                def __call__(self, request): return None
                async def process_view(self, request): return None

            def simple(get_response):
                def middleware(request):
                    return get_response(request)
                return middleware
        """,
        "shop/apps.py": """
            from django.apps import AppConfig
            class ShopConfig(AppConfig):
                def ready(self): return None
        """,
        "shop/management/commands/clean.py": """
            from django.core.management.base import BaseCommand
            class Command(BaseCommand):
                def handle(self, *args): return None
                def helper(self): return None
        """,
        "shop/receivers.py": """
            from django.db.models.signals import post_save, pre_delete
            from django.dispatch import Signal, receiver

            paid = Signal()

            @receiver([post_save, pre_delete], sender="shop.Order")
            def saved(sender, **kwargs): return None

            def on_paid(sender, **kwargs): return None
            def on_delete(sender, **kwargs): return None
            def connect(function): return None

            paid.connect(on_paid)
            pre_delete.connect(on_delete, sender="shop.Order")
            connect(saved)
        """,
        "shop/admin.py": """
            from django.contrib import admin

            @admin.register(object)
            class OrderAdmin(admin.ModelAdmin):
                list_display = ["id", "total"]
                def total(self, order): return 1
                @admin.action(description="x")
                def pay(self, request, queryset): return None
                def get_queryset(self, request): return None
                def other(self): return None
        """,
        "shop/feeds.py": """
            from django.contrib.sitemaps import Sitemap
            class Orders(Sitemap):
                def items(self): return []
                def other(self): return []
        """,
        "shop/consumers.py": """
            from channels.generic.websocket import AsyncWebsocketConsumer
            class Chat(AsyncWebsocketConsumer):
                async def receive(self, text_data): return None
        """,
    }
    assert entries(django.entry_points(linked(files))) == [
        ("admin", "OrderAdmin.get_queryset", "shop.admin.OrderAdmin.get_queryset", "worker"),
        ("admin", "OrderAdmin.pay", "shop.admin.OrderAdmin.pay", "worker"),
        ("admin", "OrderAdmin.total", "shop.admin.OrderAdmin.total", "worker"),
        ("command", "clean", "shop.management.commands.clean.Command.handle", "command"),
        ("consumer", "Chat.receive", "shop.consumers.Chat.receive", "loop"),
        ("error handler", "handler404", "shop.errors.not_found", "worker"),
        ("feed", "Orders.items", "shop.feeds.Orders.items", "worker"),
        ("middleware", "Timing.__call__", "shop.middleware.Timing.__call__", "worker"),
        ("middleware", "Timing.process_view", "shop.middleware.Timing.process_view", "own_loop"),
        ("middleware", "simple", "shop.middleware.simple.middleware", "worker"),
        ("signal receiver", "paid", "shop.receivers.on_paid", "worker"),
        ("signal receiver", "post_save, pre_delete", "shop.receivers.saved", "worker"),
        ("signal receiver", "pre_delete", "shop.receivers.on_delete", "worker"),
        ("start-up", "ShopConfig.ready", "shop.apps.ShopConfig.ready", "startup"),
    ]


def test_code_that_refers_to_itself_ends() -> None:
    views = """
    class A(B): pass
    class B(A): pass

    first = second
    second = first

    def view(request):
        return view(request)
    """
    assert rows_of(
        """
        from django.urls import include, path
        from rest_framework_nested.routers import NestedSimpleRouter
        from shop import views
        from shop.views import view

        prefix = "x"
        prefix = prefix + prefix
        router = NestedSimpleRouter(router, "a", lookup="b")
        router.register("c", views.A)
        one = two
        two = one

        def make():
            return make() + make()

        urlpatterns = [
            path("", include("shop.urls")), path(prefix, view), path("a/", views.A.as_view()),
            path("b/", views.first), path("c/", include(router.urls)), path("d/", include(make())),
            path("e/", include(one)), path("f/", view),
        ]
        urlpatterns += urlpatterns
        """,
        views,
    ) == [
        ("*", "a/", "A", ""),
        ("*", "a/", "A", ""),
        ("*", "f/", "view", ""),
        ("*", "f/", "view", ""),
        ("*", "…", "view", ""),
        ("*", "…", "view", ""),
    ]


def test_a_base_stands_behind_all_that_derive_from_it() -> None:
    views = """
    from django.views import View

    class Common(View):
        def get(self, request): return None

    class First(Common): pass

    class Second(Common):
        def get(self, request): return None

    class Both(First, Second): pass
    """
    urls = 'from django.urls import path\nfrom shop import views\nurlpatterns = [path("", views.Both.as_view())]\n'
    (route,) = routes_of(urls, views)
    assert route.handler.function is not None
    assert route.handler.function.name == "shop.views.Second.get"
