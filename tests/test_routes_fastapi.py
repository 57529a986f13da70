"""Routes of FastAPI and Starlette: exact tables of small projects."""

from __future__ import annotations

import pytest
from registered_tables import routes, rows

CASES: dict[str, tuple[dict[str, str], str]] = {
    "decorators, keyword paths, trailing slashes, stacked decorators": (
        {
            "app.py": """
                from fastapi import FastAPI

                app = FastAPI()

                def traced(f):
                    return f

                @app.get("/items/")
                @traced
                async def listed(): ...

                @traced
                @app.post(path="/items", status_code=201)
                def made(): ...

                @app.api_route("/any", methods=["put", "PATCH"])
                @app.delete("/any")
                def any_way(): ...

                @app.api_route("/plain")
                def plain(): ...

                @app.websocket("/ws")
                async def socket(ws): ...

                app.add_api_route("/lambda", lambda: 1, methods=["GET"])
                app.add_api_route("/imported", made)
                other.get("/nothing")(made)
            """
        },
        """
            DELETE /any any_way thread
            PATCH|PUT /any any_way thread
            GET /imported made thread
            POST /items made thread
            GET /items/ listed loop
            GET /lambda ? thread
            GET /plain plain thread
            WEBSOCKET /ws socket loop
        """,
    ),
    "prefixes of routers and includes, a router included twice, re-exported and renamed": (
        {
            "core/config.py": """
                from functools import lru_cache
                from pydantic import Field
                from pydantic_settings import BaseSettings

                class Settings(BaseSettings):
                    API: str = "/api"
                    FIELD: str = Field("/field", description="x")

                    @property
                    def versioned(self) -> str:
                        return f"{self.API}/v2"

                @lru_cache
                def get_settings() -> Settings:
                    return Settings()

                settings = Settings()
            """,
            "core/__init__.py": "",
            "users/__init__.py": "from .views import router as users_router",
            "users/views.py": """
                from fastapi import APIRouter
                BASE = "/users"
                router = APIRouter(prefix=f"{BASE}")
                inner: APIRouter = APIRouter()

                @inner.get("/{id}")
                async def one(id: int): ...

                router.include_router(inner, prefix="/by-id")

                @router.get("")
                def all(): ...
            """,
            "main.py": """
                from fastapi import FastAPI
                from core.config import get_settings, settings
                from users import users_router as people

                app = FastAPI()
                app.include_router(people, prefix=settings.API)
                app.include_router(people, prefix=get_settings().versioned)
                app.include_router(router=people, prefix=settings.FIELD + "/x")
            """,
        },
        """
            GET /api/users all thread
            GET /api/users/by-id/{id} one loop
            GET /api/v2/users all thread
            GET /api/v2/users/by-id/{id} one loop
            GET /field/x/users all thread
            GET /field/x/users/by-id/{id} one loop
        """,
    ),
    "factories, registering functions, loops, nested handlers": (
        {
            "a.py": """
                from fastapi import APIRouter
                router = APIRouter()
                @router.get("/a")
                def a(): ...
            """,
            "b.py": """
                from fastapi import APIRouter
                router = APIRouter()
                @router.get("/b")
                def b(): ...
            """,
            "made.py": """
                from fastapi import APIRouter

                def crud(name: str, *, version: int = 1) -> APIRouter:
                    router = APIRouter(prefix=f"/{name}")

                    @router.get("/")
                    def listed(): ...

                    def gone(): ...

                    router.add_api_route("/gone", gone, methods=["DELETE"])
                    return router
            """,
            "app.py": """
                from fastapi import FastAPI
                import a, b
                from made import crud

                def register(app, prefix):
                    for module in (a, b):
                        app.include_router(module.router, prefix=prefix)
                    for path, router in [("/cats", crud("c")), ("/dogs", crud("d"))]:
                        app.include_router(router, prefix=path)

                def create_app(settings=None) -> FastAPI:
                    app = FastAPI()
                    register(app, prefix="/v1")
                    return app

                main = create_app()
            """,
        },
        """
            GET /cats/c/ crud.listed thread
            DELETE /cats/c/gone crud.gone thread
            GET /dogs/d/ crud.listed thread
            DELETE /dogs/d/gone crud.gone thread
            GET /v1/a a thread
            GET /v1/b b thread
        """,
    ),
    "routers that applications include when they start": (
        {
            "routers.py": """
                from fastapi import APIRouter, FastAPI
                router = APIRouter(prefix="/a")
                late = APIRouter(prefix="/late")
                nobody = APIRouter(prefix="/nobody")

                @router.get("/x")
                def x(): ...

                @late.get("/y")
                def y(): ...

                @nobody.get("/z")
                def z(): ...

                def init(app: FastAPI):
                    app.include_router(router)

                def init_late(app: FastAPI):
                    app.include_router(late)

                def init_nothing(app: FastAPI):
                    app.include_router(nobody)
            """,
            "app.py": """
                from contextlib import asynccontextmanager
                from fastapi import FastAPI
                from routers import init, init_late, init_nothing

                async def startup(app: FastAPI):
                    init(app)

                @asynccontextmanager
                async def lifespan(app: FastAPI):
                    await startup(app)
                    yield

                @asynccontextmanager
                async def unused(app: FastAPI):
                    init_nothing(app)
                    yield

                def create_app() -> FastAPI:
                    app = FastAPI(lifespan=lifespan)
                    return app

                def create_other():
                    other = FastAPI()

                    @other.on_event("startup")
                    async def start():
                        init_late(other)

                    return other
            """,
        },
        """
            GET /a/x x thread
            GET /late/y y thread
            GET …/nobody/z z thread
        """,
    ),
    "decorators of the project that are given a router or a method of one": (
        {
            "app.py": """
                from fastapi import APIRouter, FastAPI

                router = APIRouter(prefix="/r")

                def protected(method, path, **kwargs):
                    def decorator(function):
                        return method(path, **kwargs)(function)
                    return decorator

                def posted(collector, path):
                    def decorator(function):
                        collector.post(path + "/posted")(function)
                        return function
                    return decorator

                def ignored(method, path):
                    return lambda function: function

                @protected(router.get, "/a")
                async def a(): ...

                @protected(path="/b", method=router.delete)
                def b(): ...

                @posted(router, "/c")
                def c(): ...

                @ignored(router.get, "/d")
                def d(): ...

                app = FastAPI()
                app.include_router(router)
            """
        },
        """
            GET /r/a a loop
            DELETE /r/b b thread
            POST /r/c/posted c thread
        """,
    ),
    "sub-applications and mounts": (
        {
            "app.py": """
                from fastapi import FastAPI
                from fastapi.staticfiles import StaticFiles
                app, admin = FastAPI(), FastAPI()
                root = FastAPI()
                back = FastAPI()
                root.mount("/back/", back)
                root.mount("/static", StaticFiles(directory="x"))

                @back.get("/orders")
                def orders(): ...
            """
        },
        "GET /back/orders orders thread",
    ),
    "routers of the project's own, classes whose methods answer, routers of a class": (
        {
            "routing.py": """
                from fastapi import APIRouter, Depends

                class UserRouter(APIRouter):
                    def __init__(self, prefix: str = "/user", **kwargs):
                        super().__init__(prefix=prefix, **kwargs)

                class V1(APIRouter):
                    def __init__(self, *args, **kwargs):
                        super().__init__(*args, prefix="/v1", **kwargs)

                def made(route) -> type[APIRouter]:
                    class Own(APIRouter):
                        pass
                    return Own

                Own = made(None)
            """,
            "app.py": """
                from fastapi import FastAPI
                from routing import Own, UserRouter, V1

                app = FastAPI()
                users, things, v1, own = UserRouter(), UserRouter(prefix="/things"), V1(tags=["x"]), Own(prefix="/own")
                first = UserRouter()
                second = UserRouter(prefix="/things")
                third = V1(tags=["x"])
                fourth = Own(prefix="/own")

                @first.get("/a")
                def a(): ...

                class Things:
                    @second.get("/b")
                    def b(self): ...

                @third.get("/c")
                def c(): ...

                @fourth.get("/d")
                def d(): ...

                class Controller:
                    router = UserRouter("/held")

                    @router.get("/e")
                    async def e(self): ...

                class Api:
                    def __init__(self):
                        self.router = UserRouter(prefix="/self")
                        self.router.add_api_route("/f", self.f)

                    def f(self): ...

                for router in (first, second, third):
                    app.include_router(router)
                app.include_router(fourth)
                app.include_router(Controller.router)
                app.include_router(Api().router)
            """,
        },
        """
            GET /held/e Controller.e loop
            GET /own/d d thread
            GET /self/f Api.f thread
            GET /things/b Things.b thread
            GET /user/a a thread
            GET /v1/c c thread
        """,
    ),
    "what nobody mounts, and what cannot be read": (
        {
            "app.py": """
                import os
                from fastapi import APIRouter, FastAPI

                app = FastAPI()
                lone = APIRouter(prefix="/lone")
                deep = APIRouter(prefix="/deep")
                app.include_router(deep, prefix=os.environ["PREFIX"])

                @lone.get("/x")
                def x(): ...

                @deep.get("/y")
                def y(): ...

                @app.get(os.environ["PATH"])
                def unknown(): ...

                class Client:
                    def get(self, path): ...

                client = Client()

                @client.get("/no")
                def no(): ...
            """
        },
        """
            GET …/deep/y y thread
            GET …/lone/x x thread
        """,
    ),
    "lists of Starlette": (
        {
            "app.py": """
                from functools import partial
                from starlette.applications import Starlette
                from starlette.endpoints import HTTPEndpoint
                from starlette.routing import Mount, Route, Router, WebSocketRoute

                async def home(request): ...
                def sync(request): ...
                async def socket(ws): ...

                class Users(HTTPEndpoint):
                    async def get(self, request): ...
                    def post(self, request): ...

                inner = Router(routes=[Route("/deep", home)])
                common = [Route("/common", partial(sync))]
                app = Starlette(routes=[
                    Route("/", home),
                    Route("/sync", endpoint=sync, methods=["post"]),
                    Mount("/users/", routes=[Route("/", Users), WebSocketRoute("/ws", socket)]),
                    Mount("/inner", app=inner),
                    *common,
                ])
            """
        },
        """
            GET / home loop
            GET /common sync thread
            GET /inner/deep home loop
            POST /sync sync thread
            GET /users/ Users.get loop
            POST /users/ Users.post thread
            WEBSOCKET /users/ws socket loop
        """,
    ),
}


@pytest.mark.parametrize(("files", "expected"), CASES.values(), ids=list(CASES))
def test_routes(files: dict[str, str], expected: str) -> None:
    assert routes(files) == rows(expected)
