"""What handlers refuse themselves or in what they call, and what is made of classes: exact tables of small projects."""

from __future__ import annotations

import pytest
from registered_tables import guards, rows

ERRORS = """
    from fastapi import HTTPException

    class NotPermitted(Exception):
        def __init__(self, message="no", status_code=403):
            self.status_code = status_code

    class TooFew(NotPermitted):
        pass

    class AlreadyCanceled(Exception):
        status_code = 403

    class UpstreamForbidden(Exception):
        pass

    class Forbidden(Exception):
        pass
"""
CASES: dict[str, tuple[dict[str, str], str]] = {
    "functions and methods that a handler of FastAPI calls": (
        {
            "errors.py": ERRORS,
            "checks.py": """
                from fastapi import HTTPException, status
                from errors import TooFew

                TOO_MANY = HTTPException(status_code=status.HTTP_429_TOO_MANY_REQUESTS)

                def check_rate(request):
                    if request.count > 3:
                        raise TOO_MANY

                def exchange(request):
                    check_rate(request)
                    if request.user is None:
                        raise HTTPException(status_code=status.HTTP_403_FORBIDDEN)

                def deep(request):
                    exchange(request)

                class Teams:
                    def size(self, team):
                        if team.size < 2:
                            raise TooFew("small")

                    def members(self, team):
                        self.size(team)
                        return team.members

                teams = Teams()
            """,
            "app.py": """
                from fastapi import FastAPI, HTTPException
                from checks import check_rate, deep, exchange, teams

                app = FastAPI()

                @app.get("/own")
                def own(user: str):
                    if user != "a":
                        raise HTTPException(401 if user else 403)

                @app.get("/near")
                async def near(request): check_rate(request)

                @app.get("/far")
                def far(request): return exchange(request)

                @app.get("/too-far")
                def too_far(request): return deep(request)

                @app.get("/method")
                def method(team): return teams.members(team)
            """,
        },
        """
            GET /far permission:exchange@handler rate_limit:check_rate@handler
            GET /method permission:size@handler
            GET /near rate_limit:check_rate@handler
            GET /own authentication:HTTPException@handler permission:HTTPException@handler
            GET /too-far permission:exchange@handler
        """,
    ),
    "what is refused to nobody, caught, or said of something else": (
        {
            "errors.py": ERRORS,
            "app.py": """
                from fastapi import FastAPI, HTTPException
                from fastapi.responses import JSONResponse
                from errors import AlreadyCanceled, Forbidden, NotPermitted, UpstreamForbidden
                from config import ENABLED, settings
                import upstream

                app = FastAPI()

                @app.exception_handler(Forbidden)
                def on_forbidden(request, error): ...

                def check(user):
                    if user != "a":
                        raise NotPermitted()

                def told(error):
                    raise HTTPException(403)

                def answer():
                    return JSONResponse({}, status_code=403)

                @app.get("/settings")
                def by_settings():
                    if not settings.open:
                        raise HTTPException(403)

                @app.get("/constant")
                def by_constant():
                    if not ENABLED:
                        raise HTTPException(403)

                @app.get("/if-enabled")
                def if_enabled(user):
                    if settings.enabled:
                        check(user)

                @app.get("/if-enabled-and")
                def if_enabled_and(user):
                    if ENABLED:
                        if user != "a":
                            raise HTTPException(401)

                @app.get("/state")
                def state(): raise AlreadyCanceled()

                @app.get("/caught")
                def caught(user):
                    try:
                        check(user)
                    except NotPermitted:
                        return None

                @app.get("/raised-again")
                def raised_again(user):
                    try:
                        check(user)
                    except NotPermitted as error:
                        raise error

                @app.get("/another-error")
                def another_error(user):
                    try:
                        check(user)
                    except ValueError:
                        return None

                @app.get("/upstream")
                def of_upstream(): raise UpstreamForbidden()

                @app.get("/handled")
                def handled(): raise Forbidden()

                @app.get("/told")
                def telling():
                    try:
                        return upstream.get()
                    except upstream.Error as error:
                        told(error)

                @app.get("/nested")
                def nested():
                    def later(): raise HTTPException(403)
                    return later

                @app.get("/returned")
                def returned(): return answer()

                @app.get("/looked-at")
                def looked_at(): return answer().body

                @app.get("/missing")
                def missing(): raise HTTPException(404)
            """,
        },
        """
            GET /another-error permission:check@handler
            GET /caught
            GET /constant
            GET /handled permission:Forbidden@handler
            GET /if-enabled permission:check@handler
            GET /if-enabled-and authentication:HTTPException@handler
            GET /looked-at
            GET /missing
            GET /nested
            GET /raised-again permission:check@handler
            GET /returned permission:answer@handler
            GET /settings
            GET /state
            GET /told
            GET /upstream
        """,
    ),
    "Flask: aborts, tuples, methods of the view that inherits": (
        {
            "app.py": """
                from flask import Flask, abort, jsonify
                from flask.views import MethodView
                from werkzeug.exceptions import Unauthorized

                app = Flask(__name__)

                def require_access(team):
                    if not team.open:
                        abort(403)

                class Base(MethodView):
                    def get(self):
                        self.check()
                        return "x"

                    def check(self): ...

                class Secret(Base):
                    def check(self):
                        raise Unauthorized()

                app.add_url_rule("/base", view_func=Base.as_view("base"))
                app.add_url_rule("/secret", view_func=Secret.as_view("secret"))

                @app.route("/team")
                def team():
                    require_access(find())
                    return "x"

                @app.route("/tuple")
                def pair():
                    return jsonify(error="no"), 401

                @app.route("/gone")
                def gone():
                    abort(410)
            """
        },
        """
            GET /base
            GET /gone
            GET /secret authentication:check@handler
            GET /team permission:require_access@handler
            GET /tuple authentication:jsonify@handler
        """,
    ),
    "decorators that are objects of a class, or made by functions that make them": (
        {
            "permissions.py": """
                import functools
                from flask import abort
                from flask_login import current_user

                class require_permissions:
                    def __init__(self, permissions):
                        self.permissions = permissions

                    def __call__(self, function):
                        @functools.wraps(function)
                        def decorated(*args):
                            if current_user.has_permissions(self.permissions):
                                return function(*args)
                            abort(403)
                        return decorated

                class traced:
                    def __call__(self, function):
                        return function

                def require_permission(name):
                    return require_permissions((name,))

                def require_admin(function):
                    return require_permission("admin")(function)

                def trace(name):
                    return traced()
            """,
            "app.py": """
                from flask import Flask
                from permissions import require_admin, require_permission, require_permissions, trace
                app = Flask(__name__)

                @app.route("/object")
                @require_permissions(("x",))
                def a(): ...

                @app.route("/made")
                @require_permission("x")
                def b(): ...

                @app.route("/applied")
                @require_admin
                def c(): ...

                @app.route("/open")
                @trace("x")
                def d(): ...
            """,
        },
        """
            GET /applied permission:require_admin@decorator
            GET /made permission:require_permission@decorator
            GET /object permission:require_permissions@decorator
            GET /open
        """,
    ),
    "errors with codes that hold their statuses, or are named after them": (
        {
            "errors.py": """
                from enum import Enum

                class Code(Enum):
                    UNAUTHORIZED = ("unauthorized", 403)
                    INSUFFICIENT_PERMISSIONS = ("insufficient", 403)
                    FEATURE_OFF = ("off", 403)
                    NOT_FOUND = ("missing", 404)
                    TOO_FAST = ("slow_down", 429)

                class Name:
                    FORBIDDEN = "forbidden"

                class ApiError(Exception):
                    def __init__(self, code, detail=None):
                        self.code = code

                class JobError(Exception):
                    def __init__(self, code):
                        self.code = code

                def register(app):
                    @app.exception_handler(ApiError)
                    def answer(request, error): ...
            """,
            "access.py": """
                from errors import ApiError, Code, JobError, Name

                def require(permission):
                    def dependency(user: str):
                        if permission not in user.permissions:
                            raise ApiError(Code.INSUFFICIENT_PERMISSIONS, "no")
                        return user
                    return dependency

                def found(user: str):
                    if user != "a":
                        raise ApiError(Code.NOT_FOUND)

                def job(user: str):
                    if user != "a":
                        raise JobError(Code.TOO_FAST)

                def limited(user: str):
                    if user != "a":
                        raise ApiError(Code.TOO_FAST)
            """,
            "app.py": """
                from fastapi import Depends, FastAPI
                from access import found, job, limited, require
                from errors import ApiError, Code, JobError, Name, register

                app = FastAPI()
                register(app)

                @app.get("/closure")
                def closure(user: str = Depends(require("x"))): ...

                @app.get("/limited")
                def of_limits(user: str = Depends(limited)): ...

                @app.get("/found")
                def of_rows(user: str = Depends(found)): ...

                @app.get("/job")
                def of_job(user: str = Depends(job)): ...

                @app.get("/own")
                def own(user: str):
                    if user != "a":
                        raise ApiError(Code.UNAUTHORIZED)

                @app.get("/named")
                def by_name(user: str):
                    if user != "a":
                        raise ApiError(Name.FORBIDDEN)

                @app.get("/off")
                def off(user: str):
                    if not user.feature:
                        raise ApiError(Code.FEATURE_OFF)

                @app.get("/unhandled")
                def unhandled(user: str):
                    if user != "a":
                        raise JobError(Code.TOO_FAST)
            """,
        },
        """
            GET /closure permission:require@handler
            GET /found
            GET /job
            GET /limited rate_limit:limited@handler
            GET /named permission:ApiError@handler
            GET /off
            GET /own permission:ApiError@handler
            GET /unhandled
        """,
    ),
    "checks that decorators are given, hooks below decorators, errors by what answers them": (
        {
            "errors.py": """
                class ShopError(Exception): ...
                class TokenError(ShopError): ...
                class PolicyError(ShopError): ...
                class ExpiredPolicy(PolicyError): ...
                class Missing(ShopError): ...

                def status_for(error):
                    known: dict[type, int] = {ShopError: 400, PolicyError: 403, Missing: 404}
                    for cls in type(error).mro():
                        if cls in known:
                            return known[cls]
                    return 500
            """,
            "checks.py": """
                import functools
                from errors import ExpiredPolicy, Missing, TokenError

                class policy:
                    def __init__(self, function, request=None):
                        self.function = function
                        self.request = request

                    def __call__(self, wrapped):
                        @functools.wraps(wrapped)
                        def wrapper(*args):
                            self.function(self.request)
                            return wrapped(*args)
                        return wrapper

                def before(check, label=None):
                    def decorator(wrapped):
                        @functools.wraps(wrapped)
                        def wrapper(*args):
                            check(label)
                            return wrapped(*args)
                        return wrapper
                    return decorator

                def user_required(function):
                    @functools.wraps(function)
                    def wrapper(*args):
                        if not current_token():
                            raise TokenError("no")
                        return function(*args)
                    return wrapper

                def check_action(request):
                    if not request.allowed:
                        raise ExpiredPolicy("no")

                def check_found(request):
                    if not request.found:
                        raise Missing("no")
            """,
            "orders.py": """
                from flask import Blueprint
                from checks import before, check_action, check_found, policy

                orders = Blueprint("orders", __name__)
                open_ones = Blueprint("open", __name__)

                @orders.route("/pay")
                @policy(check_action, request=None)
                @policy(check_found, request=None)
                def pay(): ...

                @open_ones.route("/open")
                @before(check_action, label=check_found)
                def opened(): ...
            """,
            "app.py": """
                from flask import Flask
                from checks import user_required
                from errors import PolicyError, ShopError, TokenError, status_for
                from orders import open_ones, orders

                @orders.before_request
                @user_required
                def prepare(): ...

                @orders.app_errorhandler(TokenError)
                def on_token(error):
                    return {"error": str(error)}, 401

                @orders.app_errorhandler(PolicyError)
                @orders.app_errorhandler(ShopError)
                def on_error(error):
                    return {"error": str(error)}, status_for(error)

                app = Flask(__name__)
                app.register_blueprint(orders)
                app.register_blueprint(open_ones)
            """,
        },
        """
            GET /open permission:before(check_action)@decorator
            GET /pay permission:policy(check_action)@decorator authentication:user_required@router
        """,
    ),
}


@pytest.mark.parametrize(("files", "expected"), CASES.values(), ids=list(CASES))
def test_refusals_of_handlers(files: dict[str, str], expected: str) -> None:
    assert guards(files) == rows(expected)
