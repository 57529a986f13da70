"""Guards, dependencies and contracts of routes: exact tables of small projects."""

from __future__ import annotations

import pytest
from linking import linked
from registered_tables import guards, rows

AUTH = """
    from typing import Annotated
    from fastapi import Depends, HTTPException, Request, Security, status
    from fastapi.security import OAuth2PasswordBearer

    scheme = OAuth2PasswordBearer(tokenUrl="token")
    soft = OAuth2PasswordBearer(tokenUrl="token", auto_error=False)

    class Forbidden(Exception):
        status_code = 403

    def token(value: str = Depends(scheme)):
        return value

    def user(value: str = Depends(token)):
        return value

    def optional(value: str = Depends(soft)):
        return value

    def by_cookie(request: Request):
        error = HTTPException(status_code=status.HTTP_401_UNAUTHORIZED)
        if "session" not in request.cookies:
            raise error

    def admin(current=Depends(user)):
        if not current.admin:
            raise Forbidden()

    def tried(request: Request):
        try:
            by_cookie(request)
        except HTTPException:
            return None

    class Role:
        def __init__(self, name):
            self.name = name

        def __call__(self, current=Depends(by_cookie)):
            if self.name not in current.roles:
                raise HTTPException(403)

    def requires(scope):
        def check(current=Depends(by_cookie)):
            if scope not in current:
                raise HTTPException(status_code=403)
        return check

    def session():
        yield 1

    CurrentUser = Annotated[str, Depends(user)]
    SessionDep = Annotated[int, Depends(session)]
"""
CASES: dict[str, tuple[dict[str, str], str]] = {
    "dependencies of parameters, aliases, classes, decorators, routers, includes, applications": (
        {
            "auth.py": AUTH,
            "app.py": """
                from fastapi import APIRouter, Depends, FastAPI, Security
                from auth import (CurrentUser, Role, SessionDep, admin, by_cookie, optional, requires, tried, user)

                app = FastAPI()
                guarded = APIRouter(prefix="/router", dependencies=[Depends(user)])
                included = APIRouter(prefix="/included")
                everything = FastAPI(dependencies=[Depends(by_cookie)])

                @app.get("/alias")
                def a(current: CurrentUser, db: SessionDep): ...

                @app.get("/open")
                def b(db: SessionDep, who=Depends(optional), again=Depends(tried)): ...

                @app.get("/decorator", dependencies=[Depends(admin)])
                def c(): ...

                @app.get("/role")
                def d(current=Depends(Role("x"))): ...

                @app.get("/made")
                def e(current=Depends(requires("x"))): ...

                @app.get("/security")
                def f(current=Security(optional, scopes=["x"])): ...

                @guarded.get("/")
                def g(): ...

                @included.get("/")
                def h(): ...

                @everything.get("/everything")
                def i(): ...

                class View:
                    current: str = Depends(user)

                    @app.get("/view")
                    def j(self): ...

                app.include_router(guarded)
                app.include_router(included, dependencies=[Depends(user)])
            """,
        },
        """
            GET /alias authentication:user@handler
            GET /decorator authentication:admin@decorator permission:admin@decorator
            GET /everything authentication:by_cookie@application
            GET /included/ authentication:user@include
            GET /made authentication:requires@handler permission:requires@handler
            GET /open
            GET /role authentication:Role@handler permission:Role@handler
            GET /router/ authentication:user@router
            GET /security authentication:optional@handler permission:optional@handler
            GET /view authentication:user@class
        """,
    ),
    "dependencies of functions that are made, on what the function around chose": (
        {
            "auth.py": """
                from fastapi import Depends, HTTPException, Request

                def user(request: Request):
                    if not request.user:
                        raise HTTPException(401)

                def visitor(request: Request, current=Depends(user)):
                    return request.user

                def anybody(request: Request):
                    return request.user

                def requires(scope, is_open=False):
                    base = visitor if is_open else user

                    def check(current=Depends(base)):
                        if scope not in current:
                            raise HTTPException(status_code=403)
                    return check

                def wants(scope, is_open=False):
                    base = anybody if is_open else user

                    def check(current=Depends(base)):
                        if scope not in current:
                            raise HTTPException(status_code=403)
                    return check
            """,
            "app.py": """
                from fastapi import Depends, FastAPI
                from auth import requires, wants
                app = FastAPI()

                @app.get("/both")
                def a(current=Depends(requires("x"))): ...

                @app.get("/one")
                def b(current=Depends(wants("x"))): ...
            """,
        },
        """
            GET /both authentication:requires@handler permission:requires@handler
            GET /one permission:wants@handler
        """,
    ),
    "middleware that refuses on some paths": (
        {
            "app.py": """
                from fastapi import FastAPI, Request
                from fastapi.responses import JSONResponse
                from starlette.middleware.base import BaseHTTPMiddleware
                from config import is_enabled, open_paths

                GUARDED = frozenset({"/a", "/b/{id}"})
                OPEN = ("/a", "/docs")

                class Listed(BaseHTTPMiddleware):
                    async def dispatch(self, request, call_next):
                        is_guarded = request.method != "OPTIONS" and request.url.path in GUARDED and is_enabled()
                        if is_guarded:
                            if not request.headers.get("Authorization"):
                                return JSONResponse({}, status_code=401)
                        return await call_next(request)

                class Posted(BaseHTTPMiddleware):
                    async def dispatch(self, request, call_next):
                        if request.method == "POST" and request.url.path.startswith("/b"):
                            return JSONResponse({}, status_code=429)
                        return await call_next(request)

                class Raw:
                    def __init__(self, app):
                        self.app = app

                    async def __call__(self, scope, receive, send):
                        path = scope["path"]
                        if not any(path.startswith(one) for one in OPEN):
                            return await JSONResponse({}, status_code=403)(scope, receive, send)
                        await self.app(scope, receive, send)

                app = FastAPI()
                app.add_middleware(Listed)
                app.add_middleware(Posted)
                app.add_middleware(Raw)

                @app.middleware("http")
                async def unless_open(request: Request, call_next):
                    if request.url.path in open_paths():
                        return await call_next(request)
                    if not request.headers.get("Authorization"):
                        return JSONResponse({}, status_code=401)
                    return await call_next(request)

                @app.get("/a")
                def a(): ...

                @app.post("/b/{id}")
                def b(): ...

                @app.get("/{name}")
                def c(): ...
            """
        },
        """
            GET /a authentication:Listed@middleware authentication:unless_open (some paths)@middleware
            POST /b/{id} authentication:Listed (some paths)@middleware \
authentication:unless_open (some paths)@middleware permission:Raw@middleware rate_limit:Posted@middleware
            GET /{name} authentication:Listed (some paths)@middleware \
authentication:unless_open (some paths)@middleware permission:Raw (some paths)@middleware
        """,
    ),
    "middleware that functions add which are given the application": (
        {
            "middleware.py": """
                from fastapi import FastAPI, Request
                from fastapi.responses import JSONResponse
                from config import is_paused, settings

                def add_blocking(app: FastAPI):
                    @app.middleware("http")
                    async def block(request: Request, call_next):
                        if not request.client:
                            return JSONResponse({}, status_code=403)
                        host = request.client.host
                        if host in settings.blocked:
                            return JSONResponse({}, status_code=403)
                        return await call_next(request)

                def add_pause(app: FastAPI):
                    @app.middleware("http")
                    async def pause(request: Request, call_next):
                        if is_paused():
                            return JSONResponse({}, status_code=403)
                        return await call_next(request)
            """,
            "app.py": """
                from fastapi import FastAPI
                from middleware import add_blocking, add_pause

                def create():
                    app = FastAPI()
                    add_blocking(app)
                    add_pause(app)

                    @app.get("/a")
                    def a(): ...

                    return app
            """,
        },
        """
            GET /a permission:block@middleware
        """,
    ),
    "hooks of Flask that refuse below some namespaces": (
        {
            "app.py": """
                from flask import Flask, abort, request
                from flask_restx import Api, Namespace, Resource

                orders = Namespace("orders")
                notes = Namespace("notes")
                about = Namespace("about", path="/")

                @notes.route("/all")
                class Notes(Resource):
                    def get(self): ...

                @orders.route("/list")
                class Orders(Resource):
                    def get(self): ...

                @about.route("/version")
                class About(Resource):
                    def get(self): ...

                def make():
                    app = Flask(__name__)
                    api = Api(app, prefix="/api")
                    protected = [orders, notes]
                    for one in protected:
                        api.add_namespace(one)
                    api.add_namespace(about)

                    @app.before_request
                    def check():
                        if not request.headers.get("Authorization") and any(
                            request.path.startswith(f"/api{one.path}") for one in protected
                        ):
                            abort(401)

                    return app
            """
        },
        """
            GET /api/notes/all authentication:check@application
            GET /api/orders/list authentication:check@application
            GET /api/version
        """,
    ),
    "middleware and limits of FastAPI": (
        {
            "app.py": """
                from fastapi import Depends, FastAPI, Request
                from fastapi.responses import JSONResponse
                from fastapi_limiter.depends import RateLimiter
                from slowapi import Limiter
                from starlette.middleware.base import BaseHTTPMiddleware

                limiter = Limiter(key_func=str)

                class Authentication(BaseHTTPMiddleware):
                    async def dispatch(self, request, call_next):
                        if not request.headers.get("Authorization"):
                            return JSONResponse({}, status_code=401)
                        return await call_next(request)

                class Timing(BaseHTTPMiddleware):
                    async def dispatch(self, request, call_next):
                        return await call_next(request)

                app = FastAPI()
                app.add_middleware(Timing)
                app.add_middleware(Authentication)

                @app.get("/limited")
                @limiter.limit("5/minute")
                async def limited(request: Request): ...

                @app.get("/other", dependencies=[Depends(RateLimiter(times=2))])
                async def other(): ...
            """
        },
        """
            GET /limited rate_limit:limiter.limit@decorator authentication:Authentication@middleware
            GET /other rate_limit:RateLimiter@decorator authentication:Authentication@middleware
        """,
    ),
    "what decorators add that register routes themselves, and schemes that let all pass": (
        {
            "app.py": """
                from fastapi import Depends, FastAPI, HTTPException, Request, Security
                from fastapi.security import HTTPBasic, OAuth2PasswordBearer

                app = FastAPI()
                soft = OAuth2PasswordBearer(tokenUrl="token", auto_error=False)

                def user(request: Request):
                    if not request.user:
                        raise HTTPException(401)

                def requires(scopes):
                    def decorator(function):
                        def wrapper(*args, **kwargs):
                            if not scopes:
                                raise HTTPException(status_code=403)
                            return function(*args, **kwargs)
                        return wrapper
                    return decorator

                def protected(method, path, scopes):
                    def decorator(function):
                        return method(path, dependencies=[Security(soft, scopes=scopes), Depends(user)])(
                            requires(scopes)(function)
                        )
                    return decorator

                @protected(app.get, "/protected", ["read"])
                def a(request: Request): ...

                @app.get("/soft", dependencies=[Security(soft, scopes=["read"]), Security(HTTPBasic(auto_error=False))])
                def b(): ...
            """
        },
        """
            GET /protected authentication:user@decorator permission:protected@decorator
            GET /soft
        """,
    ),
    "middleware that functions make, by the paths that it limits": (
        {
            "limits.py": """
                from ratelimit import RateLimitMiddleware, Rule
                from starlette.responses import JSONResponse
                from config import settings

                BASE = {"^/v1/login": [Rule(minute=1)], "^/(a|b)": [Rule(minute=1)]}
                RULES = {**BASE, "^/v2": [Rule(second=3)]}

                class Authentication:
                    def __init__(self, app):
                        self.app = app

                    async def __call__(self, scope, receive, send):
                        if "authorization" not in scope:
                            raise PermissionError
                        if scope is None:
                            return JSONResponse({}, status_code=401)

                def limited(app, redis):
                    if settings.debug:
                        rules = {}
                    else:
                        rules = RULES
                    return RateLimitMiddleware(app, None, redis, rules)

                def authenticated(app):
                    return Authentication(app)
            """,
            "app.py": """
                from fastapi import FastAPI
                from ratelimit import RateLimitMiddleware
                from limits import authenticated, limited
                import rules

                made = FastAPI()
                made.add_middleware(limited, redis=None)
                direct = FastAPI()
                direct.add_middleware(RateLimitMiddleware, config=rules.read())
                objects = FastAPI()
                objects.add_middleware(authenticated)

                @made.get("/v1/login")
                def a(): ...

                @made.get("/v2/{id}")
                def b(): ...

                @made.get("/v1/open")
                def c(): ...

                @made.get("/a")
                def d(): ...

                @direct.get("/direct")
                def e(): ...

                @objects.get("/objects")
                def f(): ...
            """,
        },
        """
            GET /a
            GET /direct rate_limit:RateLimitMiddleware@middleware
            GET /objects authentication:authenticated@middleware
            GET /v1/login rate_limit:limited@middleware
            GET /v1/open
            GET /v2/{id} rate_limit:limited@middleware
        """,
    ),
    "Flask: decorators, view classes, hooks, limits and what they exempt": (
        {
            "app.py": """
                from functools import wraps
                from flask import Blueprint, Flask, abort, redirect, request, session, url_for
                from flask.views import MethodView
                from flask_httpauth import HTTPBasicAuth
                from flask_jwt_extended import jwt_required
                from flask_limiter import Limiter
                from flask_login import login_required

                app = Flask(__name__)
                auth = HTTPBasicAuth()
                limiter = Limiter(app=app, default_limits=["100 per day"])
                inner = Blueprint("inner", __name__, url_prefix="/inner")
                outer = Blueprint("outer", __name__, url_prefix="/outer")

                def logged_in(f):
                    @wraps(f)
                    def wrapper(*args, **kwargs):
                        if "user" not in session:
                            return redirect(url_for("login"))
                        return f(*args, **kwargs)
                    return wrapper

                def admins(f):
                    @wraps(f)
                    def wrapper(*args, **kwargs):
                        check()
                        return f(*args, **kwargs)
                    return wrapper

                def check():
                    if not session["admin"]:
                        abort(403)

                def timed(f):
                    return f

                @app.route("/a")
                @login_required
                def a(): ...

                @app.route("/b")
                @jwt_required()
                @timed
                def b(): ...

                @app.route("/c")
                @auth.login_required
                @limiter.exempt
                def c(): ...

                @app.route("/d")
                @logged_in
                @admins
                @limiter.limit("1/second")
                def d(): ...

                class View(MethodView):
                    decorators = [login_required]

                    def get(self): ...

                app.add_url_rule("/e", view_func=View.as_view("e"))
                app.add_url_rule("/f", view_func=login_required(b))

                @outer.before_request
                def guard():
                    if not session.get("user"):
                        abort(401)

                @app.before_request
                def tokens():
                    token = request.headers.get("Authorization")
                    if token:
                        if token not in known:
                            abort(401)

                @outer.route("/g")
                def g(): ...

                @inner.route("/h")
                def h(): ...

                outer.register_blueprint(inner)
                app.register_blueprint(outer)
            """
        },
        """
            GET /a authentication:login_required@decorator rate_limit:Limiter@application
            GET /b authentication:jwt_required@decorator rate_limit:Limiter@application
            GET /c authentication:auth.login_required@decorator
            GET /d authentication:logged_in@decorator permission:admins@decorator rate_limit:limiter.limit@decorator \
rate_limit:Limiter@application
            GET /e authentication:login_required@class rate_limit:Limiter@application
            GET /f authentication:jwt_required@decorator authentication:login_required@decorator \
rate_limit:Limiter@application
            GET /outer/g authentication:guard@router rate_limit:Limiter@application
            GET /outer/inner/h authentication:guard@router rate_limit:Limiter@application
        """,
    ),
    "errors that a module holds, lists of permissions, redirects to a login, forged requests": (
        {
            "auth.py": """
                from fastapi import HTTPException, Request, status
                from starlette.middleware.base import BaseHTTPMiddleware

                InvalidCredentials = HTTPException(status_code=status.HTTP_401_UNAUTHORIZED)

                def held(request: Request):
                    if not request.user:
                        raise InvalidCredentials

                def sent_to_log_in(request: Request):
                    if not request.user:
                        raise HTTPException(status.HTTP_307_TEMPORARY_REDIRECT, headers={"Location": "/login"})

                def sent_on(request: Request):
                    raise HTTPException(status.HTTP_307_TEMPORARY_REDIRECT, headers={"Location": "/help"})

                class Permission:
                    refused = status.HTTP_403_FORBIDDEN

                    def __init__(self, request: Request):
                        if not request.user.admin:
                            raise HTTPException(status_code=self.refused)

                class Logged:
                    def __init__(self, request: Request):
                        print(request)

                class Every:
                    def __init__(self, classes):
                        self.classes = classes

                    def __call__(self, request: Request):
                        for one in self.classes:
                            one(request)

                class CSRFMiddleware(BaseHTTPMiddleware):
                    async def dispatch(self, request, call_next):
                        if not request.headers.get("x-csrf"):
                            raise HTTPException(403)
                        return await call_next(request)
            """,
            "app.py": """
                from fastapi import Depends, FastAPI
                from auth import CSRFMiddleware, Every, Logged, Permission, held, sent_on, sent_to_log_in

                app = FastAPI()
                app.add_middleware(CSRFMiddleware)

                @app.get("/held", dependencies=[Depends(held)])
                def a(): ...

                @app.get("/every", dependencies=[Depends(Every([Logged, Permission]))])
                def b(): ...

                @app.get("/login", dependencies=[Depends(sent_to_log_in)])
                def c(): ...

                @app.get("/none", dependencies=[Depends(sent_on), Depends(Every([Logged]))])
                def d(): ...
            """,
        },
        """
            GET /every permission:Every@decorator
            GET /held authentication:held@decorator
            GET /login authentication:sent_to_log_in@decorator
            GET /none
        """,
    ),
    "middleware of aiohttp, hooks of Sanic, decorators of Tornado": (
        {
            "web.py": """
                from aiohttp import web

                @web.middleware
                async def authenticated(request, handler):
                    if "Authorization" not in request.headers:
                        raise web.HTTPUnauthorized()
                    return await handler(request)

                async def home(request): ...

                def make():
                    app = web.Application(middlewares=[authenticated])
                    app.router.add_get("/aiohttp", home)
                    return app
            """,
            "fast.py": """
                from sanic import Sanic
                from sanic.exceptions import Unauthorized

                app = Sanic("x")

                @app.on_request
                async def check(request):
                    if not request.token:
                        raise Unauthorized("no")

                @app.get("/sanic")
                async def home(request): ...
            """,
            "slow.py": """
                import tornado.web

                class Main(tornado.web.RequestHandler):
                    @tornado.web.authenticated
                    def get(self): ...

                app = tornado.web.Application([("/tornado", Main)])
            """,
        },
        """
            GET /aiohttp authentication:authenticated@middleware
            GET /sanic authentication:check@middleware
            GET /tornado authentication:tornado.web.authenticated@decorator
        """,
    ),
}


@pytest.mark.parametrize(("files", "expected"), CASES.values(), ids=list(CASES))
def test_guards(files: dict[str, str], expected: str) -> None:
    assert guards(files) == rows(expected)


def test_dependencies_and_contracts() -> None:
    files = {
        "app.py": """
            from dataclasses import dataclass
            from typing import Annotated
            from fastapi import Depends, FastAPI, status
            from pydantic import BaseModel

            class OrderIn(BaseModel):
                total: int

            class OrderOut(OrderIn):
                id: int

            @dataclass
            class Note:
                text: str

            class Paging:
                def __init__(self, session=Depends(lambda: 1)): ...

            def engine(): ...

            async def session(bound=Depends(engine)):
                yield bound

            app = FastAPI()

            @app.post("/orders", status_code=status.HTTP_201_CREATED, responses={404: {}, 409: {}})
            async def create(order: OrderIn, note: Note, id: int, paging: Paging = Depends(), db=Depends(session)
            ) -> OrderOut: ...

            @app.get("/orders", response_model=list[OrderOut])
            def listed(db: Annotated[object, Depends(session)]): ...
        """
    }
    listed, create = linked(files).routes.routes
    assert [one.name for one in create.dependencies] == ["app.Paging", "app.session", "app.engine"]
    assert [one.name for one in create.request_models] == ["app.OrderIn", "app.Note"]
    assert create.response_model is not None
    assert create.response_model.name == "app.OrderOut"
    assert create.responses == (201, 404, 409)
    assert [one.name for one in listed.dependencies] == ["app.session", "app.engine"]
    assert listed.response_model is create.response_model
    assert listed.request_models == ()
