"""What a project says of the size of its tables decides what is reported about them, and how severe it is."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from archlint import check
from archlint.settings import Overrides

FILES = {
    "shop/__init__.py": "",
    "shop/models.py": """
        from django.db import models


        class Customer(models.Model):
            name = models.TextField()


        class Order(models.Model):
            customer = models.ForeignKey(Customer, on_delete=models.CASCADE)
            created_at = models.DateTimeField(auto_now_add=True)


        def buy(customer):
            return Order.objects.create(customer=customer)
    """,
    "shop/tasks.py": """
        from celery import shared_task

        from shop.models import Customer, Order


        def name_of(pk):
            return Customer.objects.get(pk=pk).name


        @shared_task
        def report(names, cutoff):
            for order in Order.objects.all():
                print(order.customer)
                print(Customer.objects.get(pk=order.customer_id))
                name_of(order.customer_id)
            for name in names:
                print(Customer.objects.get(name=name))
            print(list(Order.objects.all())[:3])
            Order.objects.filter(created_at__lt=cutoff).delete()
    """,
}
CODES = ("ARC101", "ARC102", "ARC103", "ARC201", "ARC206", "ARC208")


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [
        pytest.param(
            "",
            "101 warning, 101 warning, 102 warning, 103 note, 201 warning, 206 warning, 208 warning",
            id="nothing declared",
        ),
        pytest.param("Order = 'small'", "101 warning", id="small table: what is left is about another one"),
        pytest.param(
            "shop_order = 1_000_000",
            "101 error, 101 warning, 102 error, 103 warning, 201 error, 206 error, 208 error",
            id="large table, by its name",
        ),
        pytest.param(
            "'shop.models.Customer' = 'small'",
            "101 warning, 102 warning, 103 note, 201 warning, 206 warning, 208 warning",
            id="what each turn asks counts where nobody knows the rows",
        ),
        pytest.param("'shop.*' = 'small'", "", id="pattern"),
    ],
)
def test_sizes(tmp_path: Path, sizes: str, expected: str) -> None:
    for path, text in FILES.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(dedent(text), encoding="utf-8")
    (tmp_path / "archlint.toml").write_text(f"[tables]\n{sizes}\n", encoding="utf-8")
    report = check([tmp_path], root=tmp_path, overrides=Overrides(select=CODES, no_cache=True))
    found = sorted(f"{one.diagnostic.code[3:]} {one.severity.value}" for one in report.results)
    assert ", ".join(found) == expected
