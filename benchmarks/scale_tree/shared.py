"""The files that all services share, and the clients and tests of each."""

from __future__ import annotations

from string import Template

CORE = {
    "platform_core/__init__.py": '''"""What all services share."""

from platform_core.auditing import audit
from platform_core.clock import now
from platform_core.database import Base, get_session, sync_session
from platform_core.errors import NotFoundError
from platform_core.identity import get_user
from platform_core.jobs import app

__all__ = ["Base", "NotFoundError", "app", "audit", "get_session", "get_user", "now", "sync_session"]
''',
    "platform_core/auditing.py": '''import logging

logger = logging.getLogger(__name__)


def audit(user: object, verb: str, key: int) -> None:
    """Note who did what."""
    logger.info("%s: %s %s", user, verb, key)
''',
    "platform_core/clock.py": '''from datetime import datetime, timezone


def now() -> datetime:
    """Return the time in UTC."""
    return datetime.now(timezone.utc)
''',
    "platform_core/database.py": '''from collections.abc import AsyncIterator

from sqlalchemy import create_engine
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker

engine = create_async_engine("postgresql+asyncpg://db/platform")
maker = async_sessionmaker(engine, expire_on_commit=False)
sync_maker = sessionmaker(create_engine("postgresql://db/platform"))


class Base(DeclarativeBase):
    """What every table has."""


async def get_session() -> AsyncIterator[AsyncSession]:
    """Give a request its session."""
    async with maker() as session:
        yield session
        await session.commit()


def sync_session() -> Session:
    """Return a session for a task."""
    return sync_maker()
''',
    "platform_core/errors.py": '''class NotFoundError(Exception):
    """There is no such row."""
''',
    "platform_core/identity.py": '''from fastapi import HTTPException, Request


def get_user(request: Request) -> str:
    """Return who asks."""
    name = request.headers.get("x-user", "")
    if not name:
        raise HTTPException(401)
    return name
''',
    "platform_core/jobs.py": """from celery import Celery

app = Celery("platform")
""",
    "platform_core/stamped.py": '''from django.db import models


class Stamped(models.Model):
    """A row that knows when it was made."""

    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        abstract = True

    def touch(self) -> None:
        """Keep that the row was looked at."""
        self.save(update_fields=["changed_at"])
''',
}
ASYNC_CLIENT = Template('''
import httpx


class $client:
    """Talks to the service behind $host."""

    base = "https://$host.example.org/api"

    async def announce(self, kind: str, key: int) -> None:
        """Tell that a row is there."""
        async with httpx.AsyncClient($deadline) as client:
            response = await client.post(f"{self.base}/{kind}", json={"key": key})
            $checked

    async def fetch(self, kind: str, key: int) -> dict[str, object]:
        """Return what the other side has of a row."""
        async with httpx.AsyncClient(timeout=$seconds) as client:
            response = await client.get(f"{self.base}/{kind}/{key}")
        response.raise_for_status()
        return response.json()
''')
SYNC_CLIENT = Template('''
import requests


class $client:
    """Talks to the service behind $host."""

    base = "https://$host.example.org/api"

    def announce(self, kind: str, key: int) -> None:
        """Tell that a row is there."""
        response = requests.post(f"{self.base}/{kind}", json={"key": key}, timeout=$seconds)
        $checked

    def fetch(self, kind: str, key: int) -> dict[str, object]:
        """Return what the other side has of a row."""
        response = requests.get(f"{self.base}/{kind}/{key}"$deadline)
        response.raise_for_status()
        return response.json()
''')
CHECKED = ("response.raise_for_status()", "self.last = response.status_code")
TEST = Template('''
def test_${rule}_${number}():
    """See what becomes of $name."""
    rows = [Row($first="$name"), Row($first=$number)]
    assert $rule(rows, $number)
    for row in rows:
        assert row.$first is not None
''')
