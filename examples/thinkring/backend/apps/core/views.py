import json
import os
import time
from datetime import datetime, timedelta, timezone

import jwt
from django.conf import settings
from django.core.files.base import ContentFile
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from .models import Thought

MOST_BYTES = 5 * 1024 * 1024


def health(request: HttpRequest) -> JsonResponse:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        database = True
    except DatabaseError:
        database = False
    healthy = database and settings.FAULT != "health"
    body = {"status": "healthy" if healthy else "unhealthy", "version": settings.VERSION, "database": database}
    return JsonResponse(body, status=200 if healthy else 500)


def version(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"version": settings.VERSION, "slot": os.environ.get("KAWASEMI_SLOT", "")})


@csrf_exempt
def token(request: HttpRequest) -> JsonResponse:
    """Tokens for a name, so that clients have something to send along; there are no accounts yet."""
    name = str(_body(request).get("name", ""))[:100]
    if not name:
        return JsonResponse({"error": "name is missing"}, status=400)
    now = datetime.now(timezone.utc)
    lifetimes = {
        "access": timedelta(minutes=settings.JWT_ACCESS_MINUTES),
        "refresh": timedelta(days=settings.JWT_REFRESH_DAYS),
    }
    return JsonResponse(
        {
            kind: jwt.encode({"sub": name, "kind": kind, "exp": now + lifetime}, settings.JWT_SECRET_KEY, "HS256")
            for kind, lifetime in lifetimes.items()
        }
    )


@csrf_exempt
def thoughts(request: HttpRequest) -> JsonResponse:
    if request.method == "POST":
        body = _body(request)
        text = str(body.get("text", "")).strip()[:2000]
        if not text:
            return JsonResponse({"error": "text is missing"}, status=400)
        parent = Thought.objects.filter(pk=body["parent"]).first() if isinstance(body.get("parent"), int) else None
        return JsonResponse(Thought.objects.create(text=text, parent=parent).as_json(), status=201)
    return JsonResponse({"thoughts": [each.as_json() for each in Thought.objects.order_by("-id")[:50]]})


def thought(request: HttpRequest, identity: int) -> JsonResponse:
    found = Thought.objects.filter(pk=identity).first()
    return JsonResponse(found.as_json()) if found else JsonResponse({"error": "not found"}, status=404)


@csrf_exempt
def picture(request: HttpRequest, identity: int) -> JsonResponse:
    """The body is the picture."""
    found = Thought.objects.filter(pk=identity).first()
    if request.method != "POST" or found is None:
        return JsonResponse({"error": "not found"}, status=404)
    content = request.read(MOST_BYTES + 1)
    if not 0 < len(content) <= MOST_BYTES:
        return JsonResponse({"error": f"a picture has 1 to {MOST_BYTES} bytes"}, status=413)
    found.picture.save(f"{identity}.bin", ContentFile(content))
    return JsonResponse(found.as_json(), status=201)


def slow(request: HttpRequest) -> JsonResponse:
    try:
        seconds = min(10.0, max(0.0, float(request.GET.get("seconds", "1"))))
    except ValueError:
        seconds = 1.0
    time.sleep(seconds)
    return JsonResponse({"version": settings.VERSION, "seconds": seconds})


def _body(request: HttpRequest) -> dict[str, object]:
    try:
        body = json.loads(request.body)
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}
