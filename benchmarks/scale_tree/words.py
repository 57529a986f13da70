"""Names for generated code, chosen by a seeded random generator."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


NOUNS = _words(
    "account address agreement allocation asset audit balance batch benefit booking budget campaign card carrier case "
    "charge claim clause commission contract coupon credit customer deal debit deduction delivery deposit device "
    "discount dispute document donation driver employee entry estimate event expense fee forecast fulfilment fund "
    "grant guest holding incident insurance inventory invoice item journal label lease ledger licence line listing "
    "loan location mandate margin member merchant message meter milestone notice offer order outlet package parcel "
    "partner passenger payment payout penalty permit plan plot policy portfolio position price product project "
    "promotion proposal purchase quota quote rate rating rebate receipt refund region renewal rental reservation "
    "repair reward route schedule seat session settlement shift shipment slot stock subscription supplier survey "
    "task tax team tenant ticket token trade transfer trip unit usage vehicle vendor visit voucher wallet warehouse"
)
KINDS = _words(
    "active annual archived base bulk daily draft external final fixed global imported internal legacy linked local "
    "manual monthly nested open partial pending planned primary prior private public recurring regional remote "
    "reserved secondary shared signed split standard synced target temporary trial verified virtual weekly"
)
VERBS = _words(
    "adjust align allocate apply assign balance bucket cap carry classify collapse collect compare compute convert "
    "count decide derive describe distribute estimate expand explain extract filter fold format group index label "
    "match measure merge normalise order parse partition pick plan prepare prorate rank reconcile reduce resolve "
    "round scale score select settle shorten split spread summarise tally trim validate weigh"
)
FIELDS = _words(
    "amount attempts category channel city code colour comment country currency description discount email grade "
    "height issued_on kind language latitude level limit_value longitude name notes origin owner_name percentage "
    "phone priority quantity reason reference region score source state street title total version weight width"
)


@dataclass(frozen=True, slots=True)
class Entity:
    """A thing that a service keeps: `order_line`, and the names of what it knows of it, with their types."""

    name: str
    fields: tuple[tuple[str, str], ...]

    @property
    def cls(self) -> str:
        """Return the name of its class."""
        return camel(self.name)


def camel(name: str) -> str:
    """Return a name of a class for a name with underscores."""
    return "".join(part.title() for part in name.split("_"))


def entities(random: Random, count: int) -> list[Entity]:
    """Return so many entities with names of their own."""
    names: dict[str, None] = {}
    while len(names) < count:
        first, second = random.choice(KINDS), random.choice(NOUNS)
        names[random.choice((second, f"{first}_{second}", f"{second}_{random.choice(NOUNS)}"))] = None
    return [Entity(name, _fields(random)) for name in names]


def _fields(random: Random) -> tuple[tuple[str, str], ...]:
    chosen = random.sample(FIELDS, random.randint(4, 9))
    return tuple((name, random.choice(("int", "str", "str", "Decimal", "bool"))) for name in chosen)
