"""Redis as a cache, with a lifetime and a key prefix for each kind of content."""

import base64
import functools
import json
import pickle
import time
from collections.abc import Callable
from typing import Any

import redis

CACHE_STRATEGIES = {
    "user_data": {"ttl": 1800, "prefix": "user:"},
    "analysis_results": {"ttl": 7200, "prefix": "analysis:"},
    "matching_results": {"ttl": 3600, "prefix": "match:"},
    "api_responses": {"ttl": 300, "prefix": "api:"},
    "session_data": {"ttl": 86400, "prefix": "session:"},
    "static_content": {"ttl": 86400, "prefix": "static:"},
}

_HITS = "stats:hits"
_MISSES = "stats:misses"


class CacheManager:
    """A cache that never makes a request fail: without Redis every look-up is a miss."""

    def __init__(self, url: str, namespace: str = "touconnect:") -> None:
        self._redis = redis.Redis.from_url(url, socket_timeout=1, socket_connect_timeout=1)
        self._namespace = namespace

    def _key(self, key: str, cache_type: str) -> str:
        return f"{self._namespace}{CACHE_STRATEGIES[cache_type]['prefix']}{key}"

    def set(self, key: str, value: Any, ttl: int | None = None, cache_type: str = "api_responses") -> bool:
        """Stores a value; `ttl` in seconds, the kind's own when left out."""
        seconds = CACHE_STRATEGIES[cache_type]["ttl"] if ttl is None else ttl
        try:
            return bool(self._redis.setex(self._key(key, cache_type), seconds, _pack(value)))
        except redis.RedisError:
            return False

    def get(self, key: str, cache_type: str = "api_responses") -> Any | None:
        try:
            packed = self._redis.get(self._key(key, cache_type))
            self._redis.incr(self._namespace + (_MISSES if packed is None else _HITS))
        except redis.RedisError:
            return None
        return None if packed is None else _unpack(packed)

    def delete(self, key: str, cache_type: str = "api_responses") -> bool:
        try:
            return self._redis.delete(self._key(key, cache_type)) > 0
        except redis.RedisError:
            return False

    def exists(self, key: str, cache_type: str = "api_responses") -> bool:
        try:
            return self._redis.exists(self._key(key, cache_type)) > 0
        except redis.RedisError:
            return False

    def ttl(self, key: str, cache_type: str = "api_responses") -> int:
        """Seconds left; negative when the key is not there."""
        try:
            return int(self._redis.ttl(self._key(key, cache_type)))
        except redis.RedisError:
            return -2

    def clear_cache(self, cache_type: str) -> int:
        """Removes every key of the kind and returns how many there were."""
        pattern = self._key("*", cache_type)
        try:
            keys = list(self._redis.scan_iter(match=pattern, count=500))
            return self._redis.delete(*keys) if keys else 0
        except redis.RedisError:
            return 0

    def get_stats(self) -> dict[str, Any]:
        try:
            hits, misses = (
                int(value or 0) for value in self._redis.mget(self._namespace + _HITS, self._namespace + _MISSES)
            )
        except redis.RedisError:
            hits = misses = 0
        total = hits + misses
        return {"hits": hits, "misses": misses, "hit_rate": round(100 * hits / total, 1) if total else 0.0}

    def health_check(self) -> dict[str, Any]:
        began = time.perf_counter()
        try:
            connected = bool(self._redis.ping())
        except redis.RedisError:
            connected = False
        return {
            "redis_connected": connected,
            "redis_response_time_ms": round((time.perf_counter() - began) * 1000, 1),
            "hit_rate": self.get_stats()["hit_rate"],
        }

    def cache_decorator(self, cache_type: str, ttl: int | None = None) -> Callable:
        """Caches what a function returns by its name and arguments."""

        def decorate(function: Callable) -> Callable:
            @functools.wraps(function)
            def cached(*args: Any, **kwargs: Any) -> Any:
                key = f"{function.__name__}:{json.dumps([args, kwargs], sort_keys=True, default=str)}"
                found = self.get(key, cache_type)
                if found is not None:
                    return found
                value = function(*args, **kwargs)
                self.set(key, value, ttl, cache_type)
                return value

            return cached

        return decorate


def _pack(value: Any) -> str:
    """JSON where that says it all, else pickle. Only this app writes into its namespace."""
    try:
        text = json.dumps(value)
        if json.loads(text) == value:
            return "j" + text
    except (TypeError, ValueError):
        pass
    return "p" + base64.b64encode(pickle.dumps(value)).decode()


def _unpack(packed: bytes) -> Any:
    text = packed.decode()
    return json.loads(text[1:]) if text[0] == "j" else pickle.loads(base64.b64decode(text[1:]))
