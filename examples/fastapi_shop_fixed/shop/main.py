"""Routes of the shop."""

import asyncio
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException, Query
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from shop import orders, rates
from shop.models import Product, get_session

app = FastAPI(title="Shop")


@app.get("/health/ready")
def ready(session: Annotated[Session, Depends(get_session)]) -> dict[str, str]:
    """Say that the service can reach its database."""
    session.execute(text("SELECT 1"))
    return {"status": "ready"}


@app.get("/v1/products")
def list_products(
    session: Annotated[Session, Depends(get_session)],
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    after: Annotated[int, Query(ge=0)] = 0,
):
    """Return a page of products, after an id."""
    page = select(Product).where(Product.id > after).order_by(Product.id).limit(limit)
    return session.scalars(page).all()


@app.get("/v1/orders")
def list_orders(session: Annotated[Session, Depends(get_session)]) -> list[dict[str, object]]:
    """Return the newest orders with the names of their customers."""
    return [orders.describe(order) for order in orders.latest(session, 20)]


@app.get("/v1/orders/{order_id}/total")
def order_total(
    order_id: int, currency: str, session: Annotated[Session, Depends(get_session)]
) -> dict[str, float]:
    """Return what an order costs, in a currency."""
    try:
        rate = rates.euro_rate(currency)
    except rates.RatesUnavailable as error:
        raise HTTPException(status_code=503, detail="no exchange rate at the moment") from error
    return {"total": orders.total_cents(session, order_id) / 100 / rate}


@app.post("/v1/orders/{order_id}/confirmation", status_code=202)
async def confirm(order_id: int) -> dict[str, str]:
    """Confirm an order after the payment provider had time to settle."""
    await asyncio.sleep(2)
    return {"status": f"order {order_id} is confirmed"}
