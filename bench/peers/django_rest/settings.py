"""What Django is told: the apps that DRF and the history need, and PostgreSQL with connections that stay open."""

from __future__ import annotations

import os
from urllib.parse import unquote, urlsplit

_DATABASE = urlsplit(os.environ["BENCH_DATABASE_URL"])
_POOLED = os.environ.get("BENCH_DJANGO_POOL") == "yes"

SECRET_KEY = os.environ.get("BENCH_DJANGO_SECRET", "only for measurements")
ALLOWED_HOSTS = ["*"]
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
ROOT_URLCONF = "bench.peers.django_rest.views"
INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "rest_framework",
    "simple_history",
    "bench.peers.django_rest",
]
# Who wrote stands in the answer itself and so in its history: callers are no users of Django here.
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.common.CommonMiddleware",
]
MIGRATION_MODULES = dict.fromkeys(("contenttypes", "auth", "simple_history", "django_rest"))
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": _DATABASE.path[1:],
        "HOST": _DATABASE.hostname,
        "PORT": _DATABASE.port,
        "USER": _DATABASE.username,
        "PASSWORD": unquote(_DATABASE.password or ""),
        # A thread of gunicorn keeps its connection; a request under ASGI has a thread of its own, and so a pool.
        "CONN_MAX_AGE": 0 if _POOLED else None,
        "OPTIONS": {"pool": {"min_size": 16, "max_size": 32}} if _POOLED else {},
    }
}
REST_FRAMEWORK = {
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_AUTHENTICATION_CLASSES": ["bench.peers.django_rest.bearer.Bearer"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "UNAUTHENTICATED_USER": None,
}
