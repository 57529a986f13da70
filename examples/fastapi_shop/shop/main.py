"""Routes of the shop."""

import time
from typing import Annotated

from fastapi import Depends, FastAPI
from sqlalchemy import select
from sqlalchemy.orm import Session

from shop import orders, rates
from shop.models import Product, get_session

app = FastAPI(title="Shop")


@app.get("/v1/products")
def list_products(session: Annotated[Session, Depends(get_session)]):
    """Return the products."""
    return session.scalars(select(Product)).all()


@app.get("/v1/orders")
def list_orders(session: Annotated[Session, Depends(get_session)]) -> list[dict[str, object]]:
    """Return the newest orders with the names of their customers."""
    return [orders.describe(session, order) for order in orders.latest(session, 20)]


@app.get("/v1/orders/{order_id}/total")
def order_total(
    order_id: int, currency: str, session: Annotated[Session, Depends(get_session)]
) -> dict[str, float]:
    """Return what an order costs, in a currency."""
    return {"total": orders.total_cents(session, order_id) / 100 / rates.euro_rate(currency)}


@app.post("/v1/orders/{order_id}/confirmation", status_code=202)
async def confirm(order_id: int) -> dict[str, str]:
    """Confirm an order after the payment provider had time to settle."""
    time.sleep(2)
    return {"status": f"order {order_id} is confirmed"}
