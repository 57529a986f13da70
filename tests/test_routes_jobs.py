"""Entry points that are no routes: exact tables of small projects."""

from __future__ import annotations

import pytest
from linking import linked
from registered_tables import entries, rows

CASES: dict[str, tuple[dict[str, str], str]] = {
    "FastAPI": (
        {
            "app.py": """
                from contextlib import asynccontextmanager
                from fastapi import BackgroundTasks, Depends, FastAPI
                from starlette.middleware.base import BaseHTTPMiddleware

                @asynccontextmanager
                async def lifespan(app):
                    yield

                app = FastAPI(lifespan=lifespan)

                class Timing(BaseHTTPMiddleware):
                    async def dispatch(self, request, call_next): ...

                app.add_middleware(Timing)

                @app.middleware("http")
                async def traced(request, call_next): ...

                @app.exception_handler(ValueError)
                def failed(request, error): ...

                async def other(request, error): ...

                app.add_exception_handler(KeyError, other)

                @app.on_event("startup")
                def started(): ...

                def session():
                    yield 1

                async def user(db=Depends(session)): ...

                def mail(to): ...

                async def log(): ...

                class Service:
                    def later(self, tasks: BackgroundTasks):
                        tasks.add_task(self.work, 1)

                    def work(self, number): ...

                @app.get("/")
                def home(tasks: BackgroundTasks, who=Depends(user)):
                    tasks.add_task(mail, "x")
                    tasks.add_task(log)
            """
        },
        """
            start-up: lifespan startup lifespan
            middleware: Timing.dispatch loop Timing.dispatch
            middleware: traced loop traced
            error handler: failed thread failed
            error handler: other loop other
            start-up: started startup started
            dependency: session thread session
            dependency: user loop user
            background task: mail thread mail
            background task: log loop log
            background task: Service.work thread Service.work
        """,
    ),
    "tasks and jobs": (
        {
            "celery_tasks.py": """
                from celery import Celery, Task, shared_task
                app = Celery("x")

                @shared_task(bind=True, name="mail.send")
                def send(self): ...

                @app.task
                def plain(): ...

                class Report(Task):
                    def run(self): ...

                class Other(app.Task):
                    def run(self): ...

                def not_a_task(): ...
            """,
            "others.py": """
                import dramatiq
                from apscheduler.schedulers.asyncio import AsyncIOScheduler
                from apscheduler.schedulers.background import BackgroundScheduler
                from huey import SqliteHuey, crontab
                from redis import Redis
                from rq import Queue

                huey = SqliteHuey()
                queue = Queue(connection=Redis())
                scheduler = BackgroundScheduler()
                loop = AsyncIOScheduler()

                @dramatiq.actor(max_retries=1)
                def acted(): ...

                def wrapping(f):
                    return dramatiq.actor(f)

                @wrapping
                def wrapped(): ...

                @huey.periodic_task(crontab(minute="0"))
                def nightly(): ...

                def queued(x): ...

                def named(): ...

                def jobbed(): ...

                async def looped(): ...

                @scheduler.scheduled_job("cron", hour=1)
                def scheduled(): ...

                def start():
                    queue.enqueue(queued, 1)
                    queue.enqueue("others.named")
                    scheduler.add_job(jobbed, "interval", minutes=1)
                    loop.add_job(looped, "interval")
            """,
            "worker.py": """
                from arq import cron

                async def job(ctx): ...

                async def timed(ctx): ...

                async def up(ctx): ...

                class WorkerSettings:
                    functions = [job]
                    cron_jobs = [cron(timed, hour=1)]
                    on_startup = up
            """,
        },
        """
            task: send task mail.send
            task: plain task plain
            task: Report.run task Report
            task: Other.run task Other
            task: acted task acted
            task: wrapped task wrapped
            task: nightly task nightly
            task: queued task queued
            task: named task named
            task: jobbed task jobbed
            task: looped loop looped
            task: scheduled task scheduled
            task: job task job
            task: timed task timed
            start-up: up task up
        """,
    ),
    "commands": (
        {
            "cli.py": """
                import click
                import typer
                from flask import Flask

                app = Flask(__name__)
                typed = typer.Typer()

                @click.group()
                def cli(): ...

                @cli.command()
                def child(): ...

                @cli.group()
                def sub(): ...

                @sub.command("deep")
                def deep(): ...

                @click.command()
                def alone(): ...

                @typed.command()
                def typed_command(): ...

                @app.cli.command("flask")
                def flask_command(): ...

                @other.command()
                def no(): ...
            """
        },
        """
            command: cli command cli
            command: child command child
            command: sub command sub
            command: deep command deep
            command: alone command alone
            command: typed_command command typed_command
            command: flask_command command flask_command
        """,
    ),
    "Flask and aiohttp": (
        {
            "site.py": """
                from flask import Flask

                def create_app():
                    app = Flask(__name__)

                    @app.before_request
                    def before(): ...

                    @app.errorhandler(404)
                    def missing(error): ...

                    app.register_error_handler(500, broken)
                    return app

                def broken(error): ...
            """,
            "web.py": """
                from aiohttp import web

                async def connect(app): ...

                @web.middleware
                async def traced(request, handler): ...

                def make():
                    app = web.Application(middlewares=[traced])
                    app.on_startup.append(connect)
                    return app
            """,
        },
        """
            middleware: create_app.before worker create_app.before
            error handler: create_app.missing worker create_app.missing
            error handler: broken worker broken
            start-up: connect startup connect
            middleware: traced loop traced
        """,
    ),
}


@pytest.mark.parametrize(("files", "expected"), CASES.values(), ids=list(CASES))
def test_entry_points(files: dict[str, str], expected: str) -> None:
    assert entries(files) == rows(expected)


def test_of_names_all_ways_into_a_function() -> None:
    files = {
        "app.py": """
            from celery import shared_task
            from fastapi import FastAPI

            app = FastAPI()

            @app.get("/a")
            @app.get("/b")
            @shared_task
            def both(): ...
        """
    }
    project = linked(files)
    function = project.modules[0].functions["both"]
    labels = [(one.kind.value, one.label) for one in project.routes.of(function)]
    assert labels == [("route", "GET /a"), ("route", "GET /b"), ("task", "both")]


def test_the_order_of_files_does_not_matter() -> None:
    files = {path: text for case, _ in CASES.values() for path, text in case.items()}
    tables = []
    for order in (sorted(files), sorted(files, reverse=True)):
        project = linked(files, order)
        points = [(one.kind.value, one.function.name, one.label) for one in project.routes.entry_points]
        tables.append(([one.label for one in project.routes.routes], points))
    assert tables[0] == tables[1]
