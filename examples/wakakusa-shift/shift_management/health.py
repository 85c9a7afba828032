"""Is the whole system well, may this process get requests, is it alive."""

import os

from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse


def _database() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        return True
    except DatabaseError:
        return False


def _cache() -> bool:
    try:
        cache.set("health", "ok", 10)
        return cache.get("health") == "ok"
    except Exception:  # noqa: BLE001 - whatever a cache throws, it is not well
        return False


def health(request: HttpRequest) -> JsonResponse:
    checks = {"database": _database(), "cache": _cache()}
    healthy = all(checks.values()) and settings.FAULT != "health"
    body = {
        "status": "healthy" if healthy else "unhealthy",
        "version": settings.VERSION,
        "slot": os.environ.get("KAWASEMI_SLOT", ""),
        "checks": checks,
    }
    return JsonResponse(body, status=200 if healthy else 503)


def ready(request: HttpRequest) -> JsonResponse:
    is_ready = _database()
    return JsonResponse({"ready": is_ready}, status=200 if is_ready else 503)


def live(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"alive": True})
