"""The chain that a finding shows: from the route over the calls and the loop to the query."""

from __future__ import annotations

from textwrap import dedent
from typing import TYPE_CHECKING

from archlint import check
from archlint.settings import Overrides

if TYPE_CHECKING:
    from pathlib import Path

    from archlint.report.result import Report

FILES = {
    "app/api.py": """
        from fastapi import FastAPI
        from app.service import totals

        app = FastAPI()

        @app.get("/totals")
        def read(numbers: list[int]):
            return totals(numbers)
    """,
    "app/service.py": """
        from app.store import total_of

        def totals(numbers):
            return [total_of(number) for number in numbers]
    """,
    "app/store.py": """
        from app.models import Order

        def total_of(number):
            return find(number).total

        def find(number):
            return Order.objects.get(number=number)
    """,
    "app/models.py": """
        from django.db import models

        class Order(models.Model):
            number = models.IntegerField()
            total = models.IntegerField()
    """,
}


def shown(root: Path, files: dict[str, str], code: str = "ARC103") -> list[tuple[str, list[str]]]:
    """Return the severities of the findings with the messages of their chains."""
    report = checked(root, files, code)
    return [(one.severity.value, [step.message for step in one.diagnostic.flow]) for one in report.results]


def checked(root: Path, files: dict[str, str], code: str) -> Report:
    for path, text in files.items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(dedent(text))
    chosen = Overrides(no_cache=True, select=(code,), preview=True)
    return check([root], root=root, overrides=chosen)


def test_it_begins_at_the_route_and_ends_at_the_query(tmp_path: Path) -> None:
    assert shown(tmp_path, FILES) == [
        (
            "error",
            [
                "`GET /totals` is served here",
                "calls `totals`",
                "the loop runs over `numbers`",
                "calls `total_of`",
                "calls `find`",
                "each turn queries `Order`",
            ],
        )
    ]


def test_without_a_route_it_begins_at_the_loop(tmp_path: Path) -> None:
    files = {path: text for path, text in FILES.items() if path != "app/api.py"}

    [(severity, chain)] = shown(tmp_path, files)

    assert severity == "note"
    assert chain[0] == "the loop runs over `numbers`"


def test_the_chain_leaves_out_who_gives_one_thing(tmp_path: Path) -> None:
    service = """
        from app.store import total_of

        def totals(numbers):
            return handed_on(set(numbers))

        def handed_on(numbers):
            chosen = [number for number in numbers if number]
            return [total_of(number) for number in chosen]

        def total(number):
            return totals([number])
    """
    one = """
        from fastapi import FastAPI
        from app.service import total

        app = FastAPI()

        @app.get("/total")
        def read_one(number: int):
            return total(number)
    """
    many = """
        from app.one import app
        from app.service import totals

        def between(numbers):
            return totals(numbers)

        def further(numbers):
            return between(numbers)

        @app.get("/totals")
        def read_many(numbers: list[int]):
            return further(numbers)
    """
    files = {"app/service.py": service, "app/store.py": FILES["app/store.py"], "app/models.py": FILES["app/models.py"]}

    assert shown(tmp_path / "one", {**files, "app/one.py": one}) == []

    ((severity, steps),) = shown(tmp_path / "many", {**files, "app/one.py": one, "app/many.py": many})

    assert severity == "error"
    assert steps[0] == "`GET /totals` is served here"


def test_the_chain_leaves_out_who_cannot_get_there(tmp_path: Path) -> None:
    service = """
        from app.store import total_of

        def totals(numbers, deep=False):
            return [total_of(number) for number in numbers] if deep else numbers

        def shallow(numbers):
            return totals(numbers)

        def between(numbers, deep):
            return totals(numbers, deep=deep)
    """
    near = """
        from fastapi import FastAPI
        from app.service import between, shallow

        app = FastAPI()

        @app.get("/near")
        def near(numbers: list[int]):
            return shallow(numbers), between(numbers, False)
    """
    far = """
        from app.near import app
        from app.service import between

        def further(numbers):
            return between(numbers, True)

        @app.get("/far")
        def far(numbers: list[int]):
            return further(numbers)
    """
    files = {"app/service.py": service, "app/store.py": FILES["app/store.py"], "app/models.py": FILES["app/models.py"]}

    ((severity, steps),) = shown(tmp_path / "near", {**files, "app/near.py": near})

    assert severity == "note", "nobody that is known gets there"

    ((severity, steps),) = shown(tmp_path / "far", {**files, "app/near.py": near, "app/far.py": far})

    assert severity == "error"
    assert steps[0] == "`GET /far` is served here"


def test_a_loop_behind_a_route_knows_of_it(tmp_path: Path) -> None:
    store = """
        from app.models import Order

        def total_of(number):
            return number

        def totals(numbers):
            for number in numbers:
                Order.objects.create(number=number)
            return [Order.objects.get(number=number).total for number in numbers]
    """
    service = "from app.store import totals\n"
    found = {
        code: shown(tmp_path, {**FILES, "app/store.py": store, "app/service.py": service}, code)
        for code in ("ARC101", "ARC106")
    }

    for [(severity, chain)] in found.values():
        assert severity == "error"
        assert chain[:3] == ["`GET /totals` is served here", "calls `totals`", "the loop runs over `numbers`"]


WAITING = {
    "app/api.py": """
        from flask import Flask
        from app.rates import rate

        app = Flask(__name__)

        @app.get("/cart")
        def cart():
            return rate("eur")
    """,
    "app/rates.py": """
        import requests

        def rate(currency):
            return requests.get(f"https://rates.example.com/{currency}").json()

        def unused(currency):
            return requests.get(f"https://rates.example.com/{currency}").json()
    """,
}


def test_a_call_without_deadline_is_worse_where_a_request_waits_for_it(tmp_path: Path) -> None:
    chain = ["`GET /cart` is served here", "calls `rate`", "the request waits here"]
    assert shown(tmp_path, WAITING, "ARC401") == [("error", chain), ("warning", [])]


def test_an_answer_that_is_asserted_is_less_worth_a_look(tmp_path: Path) -> None:
    reading = """
        import requests

        def rate(currency):
            response = requests.get(f"https://rates.example.com/{currency}", timeout=3)
            ASSERT
            return response.json()["rate"]
    """
    told = reading.replace("ASSERT", 'assert "rate" in response.json()')
    assert shown(tmp_path / "told", {"rates.py": told}, "ARC410") == []
    assert len(shown(tmp_path / "plain", {"rates.py": reading.replace("ASSERT", "pass")}, "ARC410")) == 1


REST = {
    "shop/settings.py": """
        ROOT_URLCONF = "shop.urls"
        INSTALLED_APPS = ["rest_framework"]
        REST_FRAMEWORK = {"EXCEPTION_HANDLER": "shop.errors.answer"}
    """,
    "shop/urls.py": """
        from django.urls import path
        from shop.views import Rates

        urlpatterns = [path("rates/", Rates.as_view())]
    """,
    "shop/views.py": """
        import requests
        from rest_framework.response import Response
        from rest_framework.views import APIView

        class Rates(APIView):
            def get(self, request):
                return Response(requests.get("https://rates.example.com", timeout=3).json())
    """,
}


def test_views_of_django_rest_framework_may_have_a_handler_for_all_errors(tmp_path: Path) -> None:
    assert shown(tmp_path / "handled", REST, "ARC411") == []
    plain = {**REST, "shop/settings.py": REST["shop/settings.py"].replace("EXCEPTION_HANDLER", "EXCEPTION")}
    assert len(shown(tmp_path / "plain", plain, "ARC411")) == 1
    view = plain["shop/views.py"].replace("class Rates(APIView):", "class Rates(Answering):")
    base = "class Answering(APIView):\n            def handle_exception(self, error):\n                return error\n\n"
    own = {**plain, "shop/views.py": view.replace("class Rates", f"{base}        class Rates")}
    assert shown(tmp_path / "own", own, "ARC411") == []


def test_a_handler_of_the_server_s_error_answers_what_nobody_catches(tmp_path: Path) -> None:
    plain = {**WAITING, "app/rates.py": WAITING["app/rates.py"].replace(".json()", "", 1)}
    answered = """
        @app.errorhandler(500)
        def sorry(error):
            return "sorry", 500
    """
    handled = {**plain, "app/api.py": dedent(plain["app/api.py"]) + dedent(answered)}
    assert shown(tmp_path / "handled", handled, "ARC411") == []
    assert len(shown(tmp_path / "plain", plain, "ARC411")) == 1


PROVIDERS = {
    "app/api.py": """
        from fastapi import FastAPI
        from app.embedding import embed

        app = FastAPI()

        @app.post("/embed")
        async def serve(texts: list[str], provider: str):
            return embed(texts, provider)
    """,
    "app/embedding.py": """
        import time

        import openai
        import requests
        from app.settings import PROVIDER

        def embed(texts, provider):
            if PROVIDER == "openai":
                return of_openai(texts)
            return of_proxy(texts)

        def of_openai(texts):
            client = openai.OpenAI(timeout=3)
            return client.embeddings.create(input=texts, model="small")

        def of_proxy(texts):
            for attempt in range(3):
                response = requests.post("https://embeddings.example.com/", json=texts, timeout=3)
                if response.ok:
                    return response.json()
                time.sleep(attempt)
    """,
    "app/settings.py": """
        import os

        PROVIDER = os.environ["PROVIDER"]
    """,
}


def test_what_else_waits_behind_a_call_is_named(tmp_path: Path) -> None:
    (found,) = checked(tmp_path, PROVIDERS, "ARC302").results
    assert found.diagnostic.flow[-1].message == "the loop waits here"
    assert [one.message for one in found.diagnostic.related] == [
        "`requests.post` holds it as well",
        "`time.sleep` holds it as well",
    ]
