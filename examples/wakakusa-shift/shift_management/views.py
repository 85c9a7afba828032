import json
import os
import time
from datetime import date, time as clock

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt

from .models import Shift, Staff


def index(request: HttpRequest) -> HttpResponse:
    return render(request, "shift_management/index.html", {"version": settings.VERSION})


def version(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"version": settings.VERSION, "slot": os.environ.get("KAWASEMI_SLOT", "")})


@csrf_exempt
def staff(request: HttpRequest) -> JsonResponse:
    if request.method == "POST":
        name = str(_body(request).get("name", ""))[:100]
        if not name:
            return JsonResponse({"error": "name is missing"}, status=400)
        made, is_new = Staff.objects.get_or_create(name=name)
        cache.delete("staff")
        return JsonResponse({"id": made.pk, "name": made.name}, status=201 if is_new else 200)
    found = cache.get("staff")
    if found is None:
        found = list(Staff.objects.filter(is_active=True).order_by("id").values("id", "name"))
        cache.set("staff", found, 300)
    return JsonResponse({"staff": found})


@csrf_exempt
def shifts(request: HttpRequest) -> JsonResponse:
    if request.method == "POST":
        wanted = _body(request)
        try:
            made = Shift.objects.create(
                staff_id=Staff.objects.values_list("pk", flat=True).get(pk=int(wanted["staff"])),
                date=date.fromisoformat(wanted["date"]),
                starts_at=clock.fromisoformat(wanted["starts_at"]),
                ends_at=clock.fromisoformat(wanted["ends_at"]),
            )
        except (KeyError, TypeError, ValueError, Staff.DoesNotExist):
            return JsonResponse({"error": "staff, date, starts_at and ends_at are needed"}, status=400)
        return JsonResponse(_as_json(made), status=201)
    found = Shift.objects.select_related("staff").order_by("-id")[:50]
    return JsonResponse({"shifts": [_as_json(each) for each in found]})


def shift(request: HttpRequest, identity: int) -> JsonResponse:
    found = Shift.objects.filter(pk=identity).first()
    return JsonResponse(_as_json(found)) if found else JsonResponse({"error": "not found"}, status=404)


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


def _as_json(each: Shift) -> dict[str, object]:
    return {
        "id": each.pk,
        "staff": each.staff_id,
        "date": each.date.isoformat(),
        "starts_at": each.starts_at.isoformat(),
        "ends_at": each.ends_at.isoformat(),
    }
