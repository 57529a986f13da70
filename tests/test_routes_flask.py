"""Routes of Flask and Quart: exact tables of small projects."""

from __future__ import annotations

import pytest
from registered_tables import routes, rows

CASES: dict[str, tuple[dict[str, str], str]] = {
    "a blueprint named as its module, imported in a function of the package": (
        {
            "app/__init__.py": """
                from flask import Flask

                def create_app():
                    app = Flask(__name__)
                    from app.teams import teams
                    from app.share import social
                    app.register_blueprint(teams)
                    app.register_blueprint(social)
                    return app
            """,
            "app/teams.py": """
                from flask import Blueprint
                teams = Blueprint("teams", __name__)

                @teams.route("/teams")
                def listing(): ...
            """,
            "app/share.py": """
                from flask import Blueprint
                social = Blueprint("social", __name__)

                @social.route("/share")
                def share(): ...
            """,
        },
        """
            GET /share share worker
            GET /teams listing worker
        """,
    ),
    "decorators, rules, view classes": (
        {
            "app.py": """
                from flask import Flask
                from flask.views import MethodView, View

                app = Flask(__name__)

                @app.route("/")
                def home(): ...

                @app.route("/both", methods=["GET", "post"])
                async def both(): ...

                @app.get("/get")
                def got(): ...

                class Items(MethodView):
                    def get(self): ...
                    def post(self): ...

                class Base(View):
                    methods = ["POST"]
                    def dispatch_request(self): ...

                app.add_url_rule("/items/", view_func=Items.as_view("items"))
                items = Items.as_view("more")
                app.add_url_rule("/more/", "more", items, methods=["GET"])
                app.add_url_rule("/base", view_func=Base.as_view("base"))
                app.add_url_rule("/plain", "plain", home)
            """
        },
        """
            GET / home worker
            POST /base Base.dispatch_request worker
            GET|POST /both both own_loop
            GET /get got worker
            GET /items/ Items.get worker
            POST /items/ Items.post worker
            GET /more/ Items.get worker
            GET /plain home worker
        """,
    ),
    "blueprints: their prefix, that of the registration, nested ones, factories": (
        {
            "views.py": """
                from flask import Blueprint
                own = Blueprint("own", __name__, url_prefix="/own")
                plain = Blueprint("plain", __name__)
                child = Blueprint("child", __name__, url_prefix="/child")
                own.register_blueprint(child)

                @own.route("/")
                def index(): ...

                @plain.route("x")
                def x(): ...

                @child.route("/y")
                def y(): ...
            """,
            "app.py": """
                from flask import Flask

                def register(app):
                    from views import own, plain
                    app.register_blueprint(own)
                    app.register_blueprint(own, url_prefix="/other", name="other")
                    app.register_blueprint(plain, url_prefix="/plain/")

                def create_app(config="x"):
                    app = Flask(__name__)
                    register(app)

                    @app.route("/health")
                    def health(): ...

                    return app
            """,
        },
        """
            GET /health create_app.health worker
            GET /other/ index worker
            GET /other/child/y y worker
            GET /own/ index worker
            GET /own/child/y y worker
            GET /plain/x x worker
        """,
    ),
    "resources": (
        {
            "rest.py": """
                from flask import Blueprint, Flask
                from flask_restful import Api, Resource

                class Own(Api):
                    def add_scoped(self, resource, *urls, **kwargs):
                        return self.add_resource(resource, *urls, **kwargs)

                app = Flask(__name__)
                api = Api(app, prefix="/rest")
                late = Own()
                late.init_app(app)

                class Order(Resource):
                    def get(self, id): ...
                    def delete(self, id): ...

                api.add_resource(Order, "/orders/<id>", "/o/<id>")
                late.add_scoped(Order, "/scoped")
            """,
            "restx.py": """
                from flask import Blueprint, Flask
                from flask_restx import Api, Namespace, Resource

                site = Flask(__name__)
                bp = Blueprint("api", __name__, url_prefix="/api/v1")
                api = Api(bp, version="v1")
                site.register_blueprint(bp)
                ns = Namespace("users")
                other = Namespace("other", path="/else")
                made = api.namespace("made")
                api.add_namespace(ns, "/people")
                api.add_namespace(other)

                @ns.route("")
                class Users(Resource):
                    def get(self): ...

                @other.route("/x")
                class Other(Resource):
                    def post(self): ...

                @made.route("/y")
                class Made(Resource):
                    def put(self): ...
            """,
            "smorest.py": """
                from flask import Flask
                from flask.views import MethodView
                from flask_smorest import Api, Blueprint

                app = Flask(__name__)
                api = Api(app)
                blp = Blueprint("pets", __name__, url_prefix="/pets", description="x")

                @blp.route("/<id>")
                class Pet(MethodView):
                    def get(self, id): ...

                api.register_blueprint(blp)
            """,
        },
        """
            POST /api/v1/else/x Other.post worker
            PUT /api/v1/made/y Made.put worker
            GET /api/v1/people Users.get worker
            GET /pets/<id> Pet.get worker
            DELETE /rest/o/<id> Order.delete worker
            GET /rest/o/<id> Order.get worker
            DELETE /rest/orders/<id> Order.delete worker
            GET /rest/orders/<id> Order.get worker
            DELETE /scoped Order.delete worker
            GET /scoped Order.get worker
        """,
    ),
    "Quart runs a plain function in a thread": (
        {
            "app.py": """
                from quart import Blueprint, Quart
                app = Quart(__name__)
                bp = Blueprint("bp", __name__, url_prefix="/bp")

                @bp.route("/sync")
                def sync(): ...

                @app.get("/async")
                async def plain(): ...

                @app.websocket("/ws")
                async def socket(): ...

                app.register_blueprint(bp)
            """
        },
        """
            GET /async plain loop
            GET /bp/sync sync thread
            WEBSOCKET /ws socket loop
        """,
    ),
}


@pytest.mark.parametrize(("files", "expected"), CASES.values(), ids=list(CASES))
def test_routes(files: dict[str, str], expected: str) -> None:
    assert routes(files) == rows(expected)
