"""How sure it is that rows become too many: by the table, the condition, and what starts the code."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from archlint import check
from archlint.settings import Overrides

MODELS = """
    from django.contrib.auth.models import User
    from django.db import models


    class Upload(models.Model):
        user = models.ForeignKey(User, on_delete=models.CASCADE)
        is_done = models.BooleanField(default=False)
        created_at = models.DateTimeField(auto_now_add=True)
        expires_at = models.DateTimeField(null=True)


    class Tenant(models.Model):
        name = models.TextField()


    def upload(user):
        return Upload.objects.create(user=user)
"""
TASK = """
    from celery import shared_task

    from shop.models import Tenant, Upload


    def fetched(prefix=None):
        if not prefix:
            return list(Upload.objects.all())
        return []


    @shared_task
    def run(cutoff, user):
        {line}
"""


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("list(Upload.objects.all())", "ARC206 medium"),
        ("list(Upload.objects.filter(is_done=True))", "ARC206 low"),
        ("list(Upload.objects.filter(created_at__lt=cutoff))", "ARC206 low"),
        ("list(Upload.objects.filter(expires_at__lt=cutoff))", ""),
        ("list(Upload.objects.filter(created_at__gte=cutoff))", ""),
        ("list(Upload.objects.exclude(user=user))", "ARC206 low"),
        ("list(Upload.objects.filter(user__is_active=False))", "ARC206 low"),
        ("list(Upload.objects.filter(user=user, is_done=True))", ""),
        ("list(Upload.objects.filter(**cutoff))", ""),
        ("list(Tenant.objects.all())", "ARC206 low"),
        ("fetched('x')", "ARC206 low"),
        ("Upload.objects.filter(created_at__lt=cutoff).delete()", "ARC208 medium"),
        ("Upload.objects.filter(created_at__lt=cutoff, is_done=True).delete()", "ARC208 medium"),
        ("Upload.objects.filter(created_at__lt=cutoff, is_done=False).update(is_done=True)", "ARC208 low"),
        ("Upload.objects.filter(expires_at__lt=cutoff).delete()", "ARC208 low"),
        ("Upload.objects.update(is_done=True)", "ARC208 low"),
        ("Upload.objects.all().delete()", ""),
    ],
)
def test_confidence(tmp_path: Path, line: str, expected: str) -> None:
    text = dedent(TASK).format(line=line)
    if "fetched(" not in line:
        text = text.replace("return list(Upload.objects.all())", "return [prefix]")
    (tmp_path / "shop").mkdir()
    for path, content in (("__init__.py", ""), ("models.py", dedent(MODELS)), ("tasks.py", text)):
        (tmp_path / "shop" / path).write_text(content, encoding="utf-8")
    overrides = Overrides(select=("ARC206", "ARC208"), no_cache=True, min_confidence="low")
    report = check([tmp_path], root=tmp_path, overrides=overrides)
    found = [f"{one.diagnostic.code} {one.diagnostic.confidence.value}" for one in report.results]
    assert ", ".join(found) == expected


ENDPOINT = """
    import django_filters
    from django.db import models
    from django.http import JsonResponse
    from django.urls import path


    class Account(models.Model):
        api_key = models.TextField()
        created_at = models.DateTimeField(auto_now_add=True)


    class Parcel(models.Model):
        account = models.ForeignKey(Account, related_name="parcels", on_delete=models.CASCADE)
        is_lost = models.BooleanField(default=False)
        created_at = models.DateTimeField(auto_now_add=True)


    class Carrier(models.Model):
        name = models.TextField()


    class ParcelEvent(models.Model):
        parcel = models.ForeignKey(Parcel, on_delete=models.CASCADE)
        created_at = models.DateTimeField(auto_now_add=True)


    class ParcelFilter(django_filters.FilterSet):
        class Meta:
            model = Parcel
            fields = ["is_lost"]


    def add(request):
        Account.objects.create(api_key=request.POST["key"])
        Carrier.objects.create(name=request.POST["name"])
        Parcel.objects.create(account_id=request.POST["account"])
        ParcelEvent.objects.create(parcel_id=request.POST["parcel"])
        return JsonResponse({{}})


    def {name}(request, account):
        return JsonResponse([str(one) for one in {rows}], safe=False)


    urlpatterns = [path("add", add), path("rows/<int:account>", {name})]
"""


@pytest.mark.parametrize(
    ("rows", "name", "expected"),
    [
        ("Parcel.objects.all()", "rows", "medium"),
        ("Parcel.objects.filter(account_id=account)", "rows", "medium"),
        ("Parcel.objects.filter(is_lost=True)", "rows", "low"),
        ("Parcel.objects.filter(account__isnull=True)", "rows", ""),
        ("ParcelFilter(request.GET, queryset=Parcel.objects.filter(account_id=account)).qs", "rows", ""),
        ("Carrier.objects.all()", "rows", "low"),
        ("Account.objects.all()", "rows", "low"),
        ("Parcel.objects.all()", "admin_rows", "low"),
        ("ParcelEvent.objects.all()", "admin_rows", "medium"),
        ("Parcel.objects.all()", "export", "low"),
    ],
)
def test_how_sure_it_is_that_an_endpoint_lists_too_many(tmp_path: Path, rows: str, name: str, expected: str) -> None:
    text = dedent(ENDPOINT).format(rows=rows, name=name).replace('"rows/', f'"{name}/')
    (tmp_path / "app.py").write_text(text, encoding="utf-8")
    report = check(
        [tmp_path], root=tmp_path, overrides=Overrides(select=("ARC202",), no_cache=True, min_confidence="low")
    )
    assert ", ".join(one.diagnostic.confidence.value for one in report.results) == expected
