"""TOU Connect: profiles, their analysis and their matches, cached in Redis."""

import hashlib
import os
import threading
import time
from datetime import datetime, timezone
from pathlib import Path

from flask import Flask, abort, jsonify, render_template, request

from cache import CACHE_STRATEGIES, CacheManager

VERSION = (Path(__file__).parent / "VERSION").read_text().strip()

TRAITS = ["openness", "conscientiousness", "extraversion", "agreeableness", "stability"]


def create_app() -> Flask:
    app = Flask(__name__)
    cache = CacheManager(os.environ.get("REDIS_URL", "redis://127.0.0.1:6379/0"))
    fault = (Path(__file__).parent / "FAULT").read_text().strip() if (Path(__file__).parent / "FAULT").exists() else ""

    @app.after_request
    def headers(response):
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["X-Frame-Options"] = "DENY"
        response.headers["Referrer-Policy"] = "strict-origin-when-cross-origin"
        response.headers["X-TOU-Version"] = VERSION
        if fault == "die" and "X-Forwarded-For" in request.headers:
            threading.Timer(3, lambda: os.kill(os.getppid(), 9)).start()
        return response

    @app.get("/")
    def index():
        return render_template("index.html", version=VERSION, host=request.host)

    @app.get("/health")
    def health():
        state = cache.health_check()
        healthy = state["redis_connected"] and fault != "health"
        body = {
            "status": "healthy" if healthy else "unhealthy",
            "timestamp": datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "version": VERSION,
            "slot": os.environ.get("KAWASEMI_SLOT", ""),
            "cache": state,
        }
        return jsonify(body), 200 if healthy else 500

    @app.get("/api/version")
    def version():
        return jsonify(version=VERSION, slot=os.environ.get("KAWASEMI_SLOT", ""))

    @app.get("/api/cache/stats")
    def stats():
        return jsonify(cache.get_stats() | {"strategies": CACHE_STRATEGIES})

    @app.put("/api/cache/<cache_type>/<key>")
    def cache_put(cache_type: str, key: str):
        known(cache_type)
        stored = cache.set(key, request.get_json(), cache_type=cache_type)
        return jsonify(stored=stored, ttl=cache.ttl(key, cache_type)), 201 if stored else 503

    @app.get("/api/cache/<cache_type>/<key>")
    def cache_get(cache_type: str, key: str):
        known(cache_type)
        value = cache.get(key, cache_type)
        return (jsonify(value=value, ttl=cache.ttl(key, cache_type)), 200) if value is not None else abort(404)

    @app.delete("/api/cache/<cache_type>/<key>")
    def cache_delete(cache_type: str, key: str):
        known(cache_type)
        return jsonify(deleted=cache.delete(key, cache_type))

    @app.delete("/api/cache/<cache_type>")
    def cache_clear(cache_type: str):
        known(cache_type)
        return jsonify(deleted=cache.clear_cache(cache_type))

    @app.post("/api/users")
    def create_user():
        profile = request.get_json()
        name = str(profile.get("name", ""))[:100]
        if not name:
            abort(400, "name is missing")
        identity = hashlib.sha256(name.encode()).hexdigest()[:12]
        cache.set(identity, {"name": name}, cache_type="user_data")
        return jsonify(id=identity, name=name), 201

    @cache.cache_decorator("analysis_results")
    def analyse(identity: str) -> dict[str, int]:
        digest = hashlib.sha256(identity.encode()).digest()
        return {trait: digest[index] % 101 for index, trait in enumerate(TRAITS)}

    @app.get("/api/users/<identity>/analysis")
    def analysis(identity: str):
        return jsonify(analyse(identity))

    @app.get("/api/match/<one>/<other>")
    def match(one: str, other: str):
        key = ":".join(sorted([one, other]))
        score = cache.get(key, "matching_results")
        if score is None:
            left, right = analyse(one), analyse(other)
            score = 100 - sum(abs(left[trait] - right[trait]) for trait in TRAITS) // len(TRAITS)
            cache.set(key, score, cache_type="matching_results")
        return jsonify(score=score)

    @app.get("/api/slow")
    def slow():
        seconds = min(10.0, max(0.0, request.args.get("seconds", 1.0, float)))
        time.sleep(seconds)
        return jsonify(version=VERSION, seconds=seconds)

    def known(cache_type: str) -> None:
        if cache_type not in CACHE_STRATEGIES:
            abort(404)

    return app
