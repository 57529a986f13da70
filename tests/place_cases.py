"""Small projects whose `def` lines say `# runs: …` behind them."""

from __future__ import annotations

CASES: dict[str, dict[str, str]] = {
    "FastAPI": {
        "app.py": """
            import asyncio
            from contextlib import asynccontextmanager

            from fastapi import APIRouter, BackgroundTasks, Depends, FastAPI
            from fastapi.concurrency import run_in_threadpool

            def connect(): ...  # runs: startup

            @asynccontextmanager
            async def lifespan(app):  # runs: startup
                connect()
                yield

            app = FastAPI(lifespan=lifespan)
            router = APIRouter()

            @app.on_event("startup")
            def started(): ...  # runs: startup

            def shared(): ...  # runs: loop, thread

            def blocking(): ...  # runs: thread

            def sync_dependency():  # runs: thread
                yield 1

            async def async_dependency(one=Depends(sync_dependency)): ...  # runs: loop

            class Paging:
                def __init__(self, size: int): ...  # runs: thread

            class Allowed:
                def __init__(self, role): ...  # runs: import

                async def __call__(self): ...  # runs: loop

            class Checked:
                def __call__(self): ...  # runs: thread

            def unused(): ...

            def mail(to): ...  # runs: thread

            async def log(): ...  # runs: loop

            @router.get("/sync")
            def sync_handler(one=Depends(async_dependency), two: Paging = Depends()):  # runs: thread
                shared()

            @router.get("/async")
            async def async_handler(  # runs: loop
                tasks: BackgroundTasks,
                one=Depends(Allowed("x")),
                two=Depends(Checked()),
            ):
                shared()
                await run_in_threadpool(blocking)
                await asyncio.to_thread(blocking)
                tasks.add_task(mail, "x")
                tasks.add_task(log)

            @router.websocket("/ws")
            async def socket(ws): ...  # runs: loop

            app.include_router(router)

            @app.middleware("http")
            async def timing(request, call_next):  # runs: loop
                return later()

            def later(): ...  # runs: loop
        """
    },
    "what a thread calls runs in the thread": {
        "app.py": """
            import asyncio
            import threading
            from concurrent.futures import ThreadPoolExecutor

            from fastapi import FastAPI

            app = FastAPI()
            pool = ThreadPoolExecutor()

            def inner(): ...  # runs: thread

            def work():  # runs: thread
                inner()

            def forever(): ...  # runs: thread

            def both(): ...  # runs: loop, thread

            @app.get("/")
            async def index():  # runs: loop
                await asyncio.to_thread(work)
                pool.submit(forever)
                threading.Thread(target=forever).start()
                both()
                await asyncio.get_running_loop().run_in_executor(None, both)
        """
    },
    "functions that are wrapped to run in a thread": {
        "app.py": """
            from asgiref.sync import sync_to_async
            from channels.db import database_sync_to_async
            from fastapi import FastAPI

            app = FastAPI()

            @sync_to_async
            def bare(): ...  # runs: thread

            @sync_to_async(thread_sensitive=True)
            def called():  # runs: thread
                inner()

            def inner(): ...  # runs: thread

            class Store:
                @database_sync_to_async
                def load(self): ...  # runs: thread

            def plain(): ...  # runs: thread

            @app.get("/")
            async def index():  # runs: loop
                await bare()
                await called()
                await Store().load()
                await sync_to_async(plain)()
        """
    },
    "Flask": {
        "app.py": """
            from flask import Blueprint, Flask
            from flask.views import MethodView

            def make_app():
                app = Flask(__name__)
                app.register_blueprint(bp)
                return app

            bp = Blueprint("x", __name__)

            def query(): ...  # runs: own_loop, worker

            @bp.route("/")
            def index():  # runs: worker
                query()

            @bp.get("/async")
            async def coroutine():  # runs: own_loop
                query()

            @bp.before_request
            def before(): ...  # runs: worker

            class Items(MethodView):
                def get(self):  # runs: worker
                    return self.load()

                def load(self): ...  # runs: worker

            bp.add_url_rule("/items", view_func=Items.as_view("items"))

            @bp.cli.command("seed")
            def seed():  # runs: command
                fill()

            def fill(): ...  # runs: command
        """
    },
    "Django": {
        "config/settings.py": """
            ROOT_URLCONF = "config.urls"
            MIDDLEWARE = ["shop.middleware.Timing"]
            INSTALLED_APPS = ["shop"]
        """,
        "config/urls.py": """
            from django.urls import path
            from rest_framework.routers import DefaultRouter
            from shop import views

            router = DefaultRouter()
            router.register("orders", views.OrderViewSet)
            urlpatterns = [
                path("sync", views.sync_view),
                path("async", views.async_view),
                path("class", views.Page.as_view()),
                *router.urls,
            ]
        """,
        "shop/__init__.py": "",
        "shop/views.py": """
            from django.views import View
            from rest_framework import viewsets

            def shared(): ...  # runs: own_loop, worker

            def sync_view(request):  # runs: worker
                shared()

            async def async_view(request):  # runs: own_loop
                shared()

            class Page(View):
                def get(self, request):  # runs: worker
                    return self.context()

                def context(self): ...  # runs: worker

            class Base(viewsets.ModelViewSet):
                def list(self, request):  # runs: worker
                    return self.rows()

                def rows(self): ...

            class OrderViewSet(Base):
                def rows(self): ...  # runs: worker

                def create(self, request): ...  # runs: worker

                def helper(self): ...
        """,
        "shop/middleware.py": """
            class Timing:
                def __init__(self, get_response): ...

                def __call__(self, request):  # runs: worker
                    return measure()

            def measure(): ...  # runs: worker
        """,
        "shop/apps.py": """
            from django.apps import AppConfig

            class ShopConfig(AppConfig):
                def ready(self):  # runs: startup
                    from shop import signals
                    signals.connect_all()
        """,
        "shop/signals.py": """
            from django.db.models.signals import post_save
            from django.dispatch import receiver

            def connect_all(): ...  # runs: startup

            @receiver(post_save)
            def saved(sender, **kwargs): ...  # runs: worker
        """,
        "shop/management/commands/clean.py": """
            from django.core.management.base import BaseCommand

            class Command(BaseCommand):
                def add_arguments(self, parser): ...

                def handle(self, *args, **options):  # runs: command
                    return clean()

            def clean(): ...  # runs: command
        """,
    },
    "tasks": {
        "app.py": """
            import dramatiq
            from celery import Celery, Task, shared_task
            from django_rq import job
            from fastapi import FastAPI
            from redis import Redis
            from rq import Queue

            celery = Celery("x")
            queue = Queue(connection=Redis())
            app = FastAPI()

            def inner(): ...  # runs: task

            @shared_task
            def shared():  # runs: task
                inner()

            @celery.task(bind=True)
            def bound(self):  # runs: task
                shared()

            class Report(Task):
                def run(self):  # runs: task
                    self.write()

                def write(self): ...  # runs: task

            @dramatiq.actor
            def acted(): ...  # runs: task

            @job
            def rq_job(): ...  # runs: task

            def queued(): ...  # runs: task

            @shared_task
            def both(): ...  # runs: loop, task

            @app.get("/")
            async def index():  # runs: loop
                shared.delay()
                acted.send()
                queue.enqueue(queued)
                both()
        """,
        "worker.py": """
            async def fetch(ctx):  # runs: task
                await load()

            async def load(): ...  # runs: task

            async def startup(ctx): ...  # runs: task

            class WorkerSettings:
                functions = [fetch]
                on_startup = startup
        """,
        "arqed.py": """
            import arq
        """,
    },
    "handlers that run on the loop although they are no coroutines": {
        "aio.py": """
            from aiohttp import web

            routes = web.RouteTableDef()

            @routes.get("/")
            async def index(request):  # runs: loop
                return helper()

            def helper(): ...  # runs: loop

            app = web.Application()
            app.add_routes(routes)
        """,
        "san.py": """
            from sanic import Sanic

            app = Sanic("x")

            @app.get("/")
            def index(request): ...  # runs: loop
        """,
        "torn.py": """
            import tornado.web

            class Main(tornado.web.RequestHandler):
                def get(self):  # runs: loop
                    self.helper()

                def helper(self): ...  # runs: loop

            app = tornado.web.Application([("/", Main)])
        """,
        "star.py": """
            from starlette.applications import Starlette
            from starlette.endpoints import HTTPEndpoint
            from starlette.routing import Route

            def sync_endpoint(request): ...  # runs: thread

            async def async_endpoint(request): ...  # runs: loop

            class Endpoint(HTTPEndpoint):
                def get(self, request): ...  # runs: thread

                async def post(self, request): ...  # runs: loop

            def opened(): ...  # runs: startup

            app = Starlette(
                routes=[Route("/a", sync_endpoint), Route("/b", async_endpoint), Route("/c", Endpoint)],
                on_startup=[opened],
            )
        """,
        "lite.py": """
            from litestar import Litestar, get

            @get("/")
            def sync_handler() -> str:  # runs: loop
                return "x"

            @get("/thread", sync_to_thread=True)
            def threaded() -> str:  # runs: thread
                return "x"

            app = Litestar([sync_handler, threaded])
        """,
    },
    "resolvers of GraphQL under ASGI": {
        "app.py": """
            import strawberry
            from fastapi import FastAPI
            from strawberry.fastapi import GraphQLRouter

            def load(): ...  # runs: loop

            @strawberry.type
            class Query:
                @strawberry.field
                def orders(self) -> int:  # runs: loop
                    return load()

                @strawberry.field
                async def users(self) -> int:  # runs: loop
                    return 1

            schema = strawberry.Schema(Query)
            app = FastAPI()
            app.include_router(GraphQLRouter(schema))
        """
    },
    "resolvers of GraphQL under Django": {
        "app.py": """
            import graphene
            import strawberry

            @strawberry.type
            class Query:
                @strawberry.field
                def orders(self) -> int:  # runs: worker
                    return 1

            class Other(graphene.ObjectType):
                name = graphene.String()

                def resolve_name(self, info):  # runs: worker
                    return 1
        """,
        "urls.py": """
            from django.urls import path
            from strawberry.django.views import GraphQLView
            from app import schema

            urlpatterns = [path("graphql", GraphQLView.as_view(schema=schema))]
        """,
        "settings.py": """
            ROOT_URLCONF = "urls"
        """,
    },
    "import time": {
        "app.py": """
            from functools import lru_cache

            from other import later

            def read(): ...  # runs: import

            @lru_cache
            def settings():  # runs: import
                return read()

            class Settings:
                def __init__(self): ...  # runs: import

                default = read()

            SETTINGS = settings()
            OTHER = Settings()

            if SETTINGS:
                later()

            def made(): ...  # runs: import

            def f(x=made()): ...

            def decorate(name):  # runs: import
                def inner(function):
                    def wrapper(): ...

                    return wrapper

                return inner

            @decorate("x")
            def g(): ...

            def main(): ...  # runs: command

            if __name__ == "__main__":
                main()
        """,
        "other.py": """
            def later(): ...  # runs: import
        """,
    },
    "tests and migrations": {
        "app/models.py": """
            def seeded(): ...

            def checked(): ...
        """,
        "app/migrations/0001_initial.py": """
            from app.models import seeded

            def forwards(apps, schema_editor):  # runs: migration
                seeded()
        """,
        "tests/test_app.py": """
            from app.models import checked

            def test_it():  # runs: test
                checked()

            def helper(): ...  # runs: test

            helper()
        """,
    },
    "commands": {
        "app.py": """
            import click
            import typer

            cli = typer.Typer()

            def work(): ...  # runs: command

            @click.command()
            def clicked():  # runs: command
                work()

            @cli.command()
            def typed(): ...  # runs: command

            @click.group()
            def group(): ...  # runs: command

            @group.command("sub")
            def sub(): ...  # runs: command
        """
    },
}
