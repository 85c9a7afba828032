"""Security headers, rate limits, the audit log."""

import logging
import os
import threading
import time

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, JsonResponse

audit = logging.getLogger("audit")

EXEMPT = ("/health/", "/ready/", "/live/", "/static/")


class SecurityHeadersMiddleware:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response["X-Content-Type-Options"] = "nosniff"
        response["X-XSS-Protection"] = "1; mode=block"
        response["Content-Security-Policy"] = "default-src 'self'"
        response["X-Wakakusa-Version"] = settings.VERSION
        if settings.FAULT == "die" and "X-Forwarded-For" in request.headers:
            threading.Timer(3, lambda: os.kill(os.getppid(), 9)).start()
        return response


class RateLimitMiddleware:
    """So many requests of one address in a window of time. Without its cache it lets requests through."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path.startswith(EXEMPT):
            login = request.path == "/login/" and request.method == "POST"
            limit, window = settings.LOGIN_RATE_LIMIT if login else settings.RATE_LIMIT
            if _count("login" if login else "all", _address(request), window) > limit:
                return JsonResponse({"error": "too many requests"}, status=429, headers={"Retry-After": str(window)})
        return self.get_response(request)


def _address(request: HttpRequest) -> str:
    # The proxy on this machine appends the address it sees, so the last one is true.
    return request.headers.get("X-Forwarded-For", request.META["REMOTE_ADDR"]).split(",")[-1].strip()


def _count(kind: str, address: str, window: int) -> int:
    key = f"rate:{kind}:{address}:{int(time.time()) // window}"
    try:
        cache.add(key, 0, window)
        return cache.incr(key)
    except Exception:  # noqa: BLE001 - a limit is no reason to be down
        return 0


class AuditMiddleware:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if settings.AUDIT_LOG and request.method not in ("GET", "HEAD", "OPTIONS"):
            user = request.user.get_username() or "-"
            audit.info("%s %s status=%s user=%s", request.method, request.path, response.status_code, user)
        return response
