"""Routes of aiohttp, Sanic, Litestar and Tornado: exact tables of small projects."""

from __future__ import annotations

import pytest
from registered_tables import routes, rows

CASES: dict[str, tuple[dict[str, str], str]] = {
    "aiohttp": (
        {
            "app.py": """
                from aiohttp import web

                routes = web.RouteTableDef()

                @routes.get("/decorated")
                async def decorated(request): ...

                @routes.view("/view")
                class Item(web.View):
                    async def get(self): ...
                    async def post(self): ...

                async def listed(request): ...
                def sync(request): ...

                class Site:
                    async def page(self, request): ...

                def setup(app):
                    app.router.add_get("/added", listed)
                    app.router.add_route("PUT", "/route", sync)
                    app.router.add_route("*", "/all", sync)

                def init():
                    app = web.Application()
                    site = Site()
                    app.add_routes(routes)
                    app.add_routes([web.post("/listed", listed), web.get("/page", site.page), web.static("/s", "x")])
                    setup(app)
                    admin = web.Application()
                    admin.router.add_get("/", listed)
                    app.add_subapp("/admin/", admin)
                    return app
            """
        },
        """
            GET /added listed loop
            GET /admin/ listed loop
            * /all sync loop
            GET /decorated decorated loop
            POST /listed listed loop
            GET /page Site.page loop
            PUT /route sync loop
            GET /view Item.get loop
            POST /view Item.post loop
        """,
    ),
    "Sanic": (
        {
            "app.py": """
                from sanic import Blueprint, Sanic
                from sanic.views import HTTPMethodView

                app = Sanic("x")
                one = Blueprint("one", url_prefix="/one", version=1)
                two = Blueprint("two", url_prefix="two")
                lone = Blueprint("lone")
                group = Blueprint.group(one, two, url_prefix="/api")
                app.blueprint(group)
                app.blueprint(lone, url_prefix="/lone")

                @one.get("/a")
                async def a(request): ...

                @two.route("/b", methods=["POST"])
                def b(request): ...

                @lone.get("/")
                async def c(request): ...

                class Simple(HTTPMethodView):
                    async def get(self, request): ...

                app.add_route(Simple.as_view(), "/simple")
                app.add_route(a, "/again", methods=["PUT"])

                @app.websocket("/feed")
                async def feed(request, ws): ...
            """
        },
        """
            PUT /again a loop
            POST /api/two/b b loop
            WEBSOCKET /feed feed loop
            GET /lone/ c loop
            GET /simple Simple.get loop
            GET /v1/api/one/a a loop
        """,
    ),
    "Litestar": (
        {
            "app.py": """
                from litestar import Controller, Litestar, Router, get, post, route, HttpMethod

                @get("/")
                async def home() -> str: ...

                @get(["/a", "/b"], sync_to_thread=True)
                def moved() -> str: ...

                @post("/stays", sync_to_thread=False)
                def stays() -> str: ...

                @route("/r", http_method=[HttpMethod.GET, HttpMethod.PUT])
                async def several() -> str: ...

                class Users(Controller):
                    path = "/users"

                    @get()
                    async def listed(self) -> str: ...

                    @get("/{id:int}")
                    async def one(self, id: int) -> str: ...

                inner = Router(path="/inner/", route_handlers=[Users, stays])
                app = Litestar(route_handlers=[home, moved, inner, several])
            """
        },
        """
            GET / home loop
            GET /a moved thread
            GET /b moved thread
            POST /inner/stays stays loop
            GET /inner/users Users.listed loop
            GET /inner/users/{id:int} Users.one loop
            GET|PUT /r several loop
        """,
    ),
    "Tornado": (
        {
            "app.py": """
                import tornado.web
                import tornado.websocket
                from tornado.web import url

                class Main(tornado.web.RequestHandler):
                    def get(self): ...
                    async def post(self): ...

                class Base(Main): ...

                class Feed(tornado.websocket.WebSocketHandler):
                    def on_message(self, message): ...

                class App(tornado.web.Application):
                    def __init__(self):
                        handlers = []
                        super().__init__([(r"/sub", Base)])

                def make():
                    return tornado.web.Application([
                        (r"/", Main),
                        url(r"/named/([0-9]+)", Main, name="named"),
                        (r"/feed", Feed),
                    ])
            """
        },
        r"""
            GET / Main.get loop
            POST / Main.post loop
            WEBSOCKET /feed Feed.on_message loop
            GET /named/([0-9]+) Main.get loop
            POST /named/([0-9]+) Main.post loop
        """,
    ),
}


@pytest.mark.parametrize(("files", "expected"), CASES.values(), ids=list(CASES))
def test_routes(files: dict[str, str], expected: str) -> None:
    assert routes(files) == rows(expected)
