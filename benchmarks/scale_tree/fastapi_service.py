"""The files of a service of FastAPI and SQLAlchemy."""

from __future__ import annotations

from random import Random
from string import Template

from scale_tree.words import Entity, camel

MODEL = Template('''
class $cls(Base):
    """A row of the $name table."""

    __tablename__ = "${package}_$name"

    id: Mapped[int] = mapped_column(primary_key=True)
    created_at: Mapped[datetime] = mapped_column(default=now)
$columns
    ${other}_id: Mapped[int | None] = mapped_column(ForeignKey("${package}_$other.id"))
    $other: Mapped["$other_cls | None"] = relationship(foreign_keys=[${other}_id])

    def describe(self) -> str:
        """Return the $name as people say it."""
        return f"$name {self.id}, {self.$first} since {self.created_at:%Y-%m-%d}"
''')
REPOSITORY = Template('''
class ${cls}Repository:
    """Reads and writes rows of $name."""

    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    async def get(self, key: int) -> $cls:
        """Return a row; raises `NotFoundError` where there is none."""
        found = await self.session.get($cls, key)
        if found is None:
            raise NotFoundError("$name", key)
        return found

    async def page(self, offset: int, size: int) -> list[$cls]:
        """Return the rows of one page."""
        statement = select($cls).order_by($cls.id).offset(offset).limit(size)
        return list((await self.session.scalars(statement)).all())

    async def by_$first(self, value: object) -> list[$cls]:
        """Return the rows with a value."""
        statement = select($cls).where($cls.$first == value)$limit
        return list((await self.session.scalars(statement)).all())

    async def count_by_$second(self) -> dict[object, int]:
        """Return how many rows have each value."""
        statement = text("SELECT $second, count(*) FROM ${package}_$name GROUP BY $second")
        return {row[0]: row[1] for row in (await self.session.execute(statement)).all()}

    async def save(self, row: $cls) -> $cls:
        """Add a row and give it its key."""
        self.session.add(row)
        await self.session.flush()
        return row
''')
SERVICE = Template('''
class ${cls}Service:
    """What can be done with $name."""

    def __init__(self, session: AsyncSession, client: ${client}) -> None:
        self.rows = ${cls}Repository(session)
        self.others = ${other_cls}Repository(session)
        self.client = client

    async def open(self, payload: ${cls}In) -> $cls:
        """Make a $name and tell the other side."""
        row = await self.rows.save($cls($assigned))
        await self.client.announce("$name", row.id)
        logger.info("opened $name %s", row.id)
        return row

    async def overview(self, offset: int, size: int) -> list[dict[str, object]]:
        """Return a page, each row with its $other."""
        result = []
        for row in await self.rows.page(offset, size):
            entry: dict[str, object] = {"id": row.id, "$first": row.$first}
            $extra
            result.append(entry)
        return result

    async def close(self, key: int) -> int:
        """Close a $name; return how many rows hang on it."""
        row = await self.rows.get(key)
        hanging = await self.others.by_$other_first(row.id)
        for one in hanging:
            one.$other_first = $rule([one, row], row.id)
        return len(hanging)

    async def totals(self) -> dict[str, object]:
        """Return the numbers of the board."""
        counted = await self.rows.count_by_$second()
        return {str(name): value for name, value in counted.items() if value > $number}
''')
EXTRAS = (
    'entry["other"] = row.${other}_id',
    'entry["other"] = (await self.others.get(row.${other}_id)).describe() if row.${other}_id else None',
    'entry["state"] = $rule([row], size)',
    'entry["foreign"] = await self.client.fetch("$name", row.id)',
)
ROUTES = Template('''
@router.post("/$name", status_code=201)
async def open_$name(
    payload: ${cls}In, session: Annotated[AsyncSession, Depends(get_session)], user: Annotated[str, Depends(get_user)]
) -> ${cls}Out:
    """Make a $name."""
    row = await ${cls}Service(session, $client()).open(payload)
    audit(user, "open", row.id)
    return ${cls}Out.model_validate(row)


@router.get("/$name")
async def list_$name(
    session: Annotated[AsyncSession, Depends(get_session)], offset: int = 0, size: int = Query(50, le=200)
) -> list[dict[str, object]]:
    """Return a page."""
    return await ${cls}Service(session, $client()).overview(offset, size)


@router.get("/$name/by-$first")
async def find_$name(
    value: str, session: Annotated[AsyncSession, Depends(get_session)]
) -> list[${cls}Out]:
    """Return those with a value."""
    rows = await ${cls}Repository(session).by_$first(value)
    return [${cls}Out.model_validate(row) for row in rows]


@router.post("/$name/{key}/close")
async def close_$name(key: int, session: Annotated[AsyncSession, Depends(get_session)]) -> dict[str, int]:
    """Close one."""
    try:
        return {"closed": await ${cls}Service(session, $client()).close(key)}
    except NotFoundError as error:
        raise HTTPException(404, str(error)) from error
''')
SCHEMA = Template('''
class ${cls}In(BaseModel):
    """What a client says of a $name."""

$plain


class ${cls}Out(${cls}In):
    """What a client is told of a $name."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    created_at: datetime
''')
TASK = Template('''
@app.task(bind=True, max_retries=$retries)
def refresh_$name(self, keys: list[int]) -> int:
    """Bring $name up to date with the other side."""
    done = 0
    with sync_session() as session:
        for key in keys:
            row = session.get($cls, key)
            if row is None:
                continue
            row.$first = $rule([row], done)
            done += 1
        session.commit()
    return done
''')
IMPORTS = {
    "models": "from datetime import datetime\n\nfrom sqlalchemy import ForeignKey\n"
    "from sqlalchemy.orm import Mapped, mapped_column, relationship\n\nfrom platform_core import Base, now",
    "repositories": "from sqlalchemy import select, text\nfrom sqlalchemy.ext.asyncio import AsyncSession\n\n"
    "from platform_core import NotFoundError\nfrom $package.models import $classes",
    "services": "from sqlalchemy.ext.asyncio import AsyncSession\n\nfrom $package.clients import $client\n"
    "from $package.models import $classes\nfrom $package.repositories import $repositories\n"
    "from $package.rules import $rules\nfrom $package.schemas import $schemas",
    "routes": "from typing import Annotated\n\nfrom fastapi import APIRouter, Depends, HTTPException, Query\n"
    "from sqlalchemy.ext.asyncio import AsyncSession\n\n"
    "from platform_core import NotFoundError, audit, get_session, get_user\nfrom $package.clients import $client\n"
    "from $package.repositories import $repositories\nfrom $package.schemas import $schemas\n"
    'from $package.services import $services\n\nrouter = APIRouter(prefix="/$package")',
    "schemas": "from datetime import datetime\n\nfrom pydantic import BaseModel, ConfigDict",
    "tasks": "from platform_core import app, sync_session\nfrom $package.models import $classes\n"
    "from $package.rules import $rules",
}
BLOCKS = {
    "models": MODEL,
    "repositories": REPOSITORY,
    "services": SERVICE,
    "routes": ROUTES,
    "schemas": SCHEMA,
    "tasks": TASK,
}
ENTRY = "application"
APPLICATION = Template("""
from fastapi import FastAPI

from $package.routes import router

application = FastAPI(title="$package")
application.include_router(router)
""")


def names(random: Random, entity: Entity, other: Entity) -> dict[str, str]:
    """Return what the blocks call the parts of an entity."""
    extra = Template(random.choice(EXTRAS))
    (first, _), (second, _) = entity.fields[:2]
    return {
        "columns": "\n".join(f"    {name}: Mapped[{kind}] = mapped_column()" for name, kind in entity.fields),
        "plain": "\n".join(f"    {name}: {kind.replace('Decimal', 'float')}" for name, kind in entity.fields),
        "assigned": ", ".join(f"{name}=payload.{name}" for name, _ in entity.fields),
        "extra": extra.template,
        "first": first,
        "second": second,
        "other": other.name,
        "other_cls": camel(other.name),
        "other_first": other.fields[0][0],
        "limit": random.choice(("", ".limit(500)")),
    }
