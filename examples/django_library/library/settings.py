"""Settings of the library."""

import os

SECRET_KEY = "!ZkA+FezmkyGKNGupcIDC+EhbMJrQ5tJ_3uvZpq)2SCog^y3ww"
ALLOWED_HOSTS = os.environ.get("ALLOWED_HOSTS", "localhost").split(",")
COVERS_URL = os.environ.get("COVERS_URL", "https://covers.example.com")
INSTALLED_APPS = ["catalog"]
MIDDLEWARE = ["django.middleware.security.SecurityMiddleware", "django.middleware.common.CommonMiddleware"]
ROOT_URLCONF = "library.urls"
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "HOST": os.environ.get("DATABASE_HOST", "localhost"),
        "NAME": "library",
        "USER": "library",
        "PASSWORD": os.environ.get("DATABASE_PASSWORD", ""),
    }
}
