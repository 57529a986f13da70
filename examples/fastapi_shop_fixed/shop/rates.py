"""Exchange rates of another service."""

import httpx

from shop.settings import RATES_URL

client = httpx.Client(base_url=RATES_URL, timeout=httpx.Timeout(3.0, connect=1.0))


class RatesUnavailable(Exception):
    """The rates service gave no usable answer."""


def euro_rate(currency: str) -> float:
    """Return how many euros one unit of a currency is worth; raises `RatesUnavailable`."""
    try:
        response = client.get(f"/v1/rates/{currency}")
        response.raise_for_status()
        return float(response.json()["rate"])
    except (httpx.HTTPError, KeyError, ValueError) as error:
        raise RatesUnavailable(currency) from error
