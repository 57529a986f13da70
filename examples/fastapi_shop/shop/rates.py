"""Exchange rates of another service."""

import requests

from shop.settings import RATES_URL


def euro_rate(currency: str) -> float:
    """Return how many euros one unit of a currency is worth."""
    response = requests.get(f"{RATES_URL}/v1/rates/{currency}")
    return float(response.json()["rate"])
