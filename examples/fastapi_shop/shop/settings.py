"""Settings of the shop."""

import os

DATABASE_URL = os.environ.get("DATABASE_URL", "postgresql+psycopg:///shop")
RATES_URL = os.environ.get("RATES_URL", "https://rates.example.com")
JWT_SECRET = "5URYX45jqRO25g3uK5kbAAegiuE8LCAnmuO6RvvBfOHZ"
