"""What the shop knows about orders."""

from collections.abc import Sequence

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from shop.models import Customer, Order, OrderLine, Product


def describe(session: Session, order: Order) -> dict[str, object]:
    """Return an order as the API shows it."""
    customer = session.scalars(select(Customer).where(Customer.id == order.customer_id)).one()
    return {"id": order.id, "customer": customer.name}


def total_cents(session: Session, order_id: int) -> int:
    """Return what an order costs."""
    lines = session.scalars(select(OrderLine).where(OrderLine.order_id == order_id)).all()
    total = 0
    for line in lines:
        product = session.scalars(select(Product).where(Product.id == line.product_id)).one()
        total += product.price_cents * line.quantity
    return total


def latest(session: Session, count: int) -> Sequence[Order]:
    """Return the newest orders."""
    return session.scalars(select(Order).order_by(Order.id.desc())).all()[:count]


def forget_abandoned_carts(session: Session) -> None:
    """Forget the carts of customers who left."""
    session.execute(text("DELETE FROM carts"))
    session.commit()
