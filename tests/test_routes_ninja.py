"""Routes of Django Ninja: small projects and the exact table of their routes."""

from __future__ import annotations

from django_routes import linked, models, table

from archlint.project.routes.django.ninja import routes as ninja

API = """
    from ninja import NinjaAPI, Router, Schema
    from ninja.security import HttpBearer, django_auth
    from ninja.throttling import AuthRateThrottle

    class Bearer(HttpBearer):
        def authenticate(self, request, token):
            return token

    class OrderIn(Schema):
        total: int

    class OrderOut(Schema):
        id: int

    api = NinjaAPI(auth=Bearer())
    router = Router(auth=django_auth)
    inner = Router()
"""
URLS = {
    "shop/settings.py": 'ROOT_URLCONF = "shop.urls"',
    "shop/urls.py": """
        from django.urls import path
        from shop.api import api
        urlpatterns = [path("api/", api.urls)]
    """,
}
OF_ROUTER = "authentication django_auth router"


def test_operations_of_the_api_and_of_routers() -> None:
    project = linked(
        {
            **URLS,
            "shop/api.py": f"""{API}
    @api.get("/ping", auth=None)
    def ping(request):
        return "pong"

    @api.post("/orders", response={{201: OrderOut, 409: None}})
    def create(request, order: OrderIn):
        return order

    @router.get("/{{int:order_id}}", response=list[OrderOut], throttle=[AuthRateThrottle("10/s")])
    async def one(request, order_id: int):
        return order_id

    @inner.api_operation(["POST", "PATCH"], "/notes")
    def notes(request):
        return None

    api.add_router("/orders", router)
    router.add_router("inner/", "shop.api.inner")
    """,
        }
    )
    found = list(ninja.routes(project))
    assert table(found) == [
        ("GET", "api/orders/<int:order_id>", "one", f"rate limit AuthRateThrottle decorator; {OF_ROUTER}"),
        ("GET", "api/ping", "ping", ""),
        ("PATCH|POST", "api/orders/inner/notes", "notes", OF_ROUTER),
        ("POST", "api/orders", "create", "authentication Bearer application"),
    ]  # fmt: skip
    assert models(found) == {
        "create": (["OrderIn"], "OrderOut", (201, 409)),
        "notes": ([], None, ()),
        "one": ([], "OrderOut", ()),
        "ping": ([], None, ()),
    }
    assert {one.handler.name: one.runs.value for one in found} == {
        "create": "worker", "notes": "worker", "one": "own_loop", "ping": "worker",
    }  # fmt: skip


def test_a_router_that_nobody_mounts_has_its_own_part_only() -> None:
    project = linked({"shop/api.py": API + '\n    @inner.get("/x")\n    def x(request):\n        return 1\n'})
    assert [(one.path, one.is_whole) for one in ninja.routes(project)] == [("x", False)]


def test_other_objects_with_the_same_methods_are_no_routers() -> None:
    files = {"shop/other.py": 'import ninja\nclient = make()\n@client.get("/x")\ndef x(request):\n    return 1\n'}
    assert list(ninja.routes(linked(files))) == []
