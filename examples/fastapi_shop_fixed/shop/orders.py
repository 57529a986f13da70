"""What the shop knows about orders."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session, joinedload

from shop.models import Order, OrderLine, Product


def describe(order: Order) -> dict[str, object]:
    """Return an order as the API shows it."""
    return {"id": order.id, "customer": order.customer.name}


def total_cents(session: Session, order_id: int) -> int:
    """Return what an order costs."""
    cost = select(func.sum(Product.price_cents * OrderLine.quantity)).join(OrderLine.product)
    return session.scalar(cost.where(OrderLine.order_id == order_id)) or 0


def latest(session: Session, count: int) -> Sequence[Order]:
    """Return the newest orders with their customers, in one query."""
    newest = select(Order).options(joinedload(Order.customer)).order_by(Order.id.desc()).limit(count)
    return session.scalars(newest).all()


def forget_abandoned_carts(session: Session, before: datetime) -> None:
    """Forget the carts that nobody touched since a time."""
    session.execute(text("DELETE FROM carts WHERE updated_at < :before"), {"before": before})
    session.commit()
