"""What was said in a session, kept in Redis for as long as CHAT_HISTORY_TTL says."""

import json
import os

import redis

TTL = int(os.environ.get("CHAT_HISTORY_TTL", "86400"))

_client = redis.Redis(
    host=os.environ.get("REDIS_HOST", "localhost"),
    port=int(os.environ.get("REDIS_PORT", "6379")),
    db=int(os.environ.get("REDIS_DB", "0")),
    password=os.environ.get("REDIS_PASSWORD") or None,
    socket_timeout=2,
    socket_connect_timeout=2,
    decode_responses=True,
)


def _key(session: str) -> str:
    return f"chat_history:{session}"


def append(session: str, role: str, message: str) -> None:
    with _client.pipeline() as pipe:
        pipe.rpush(_key(session), json.dumps({"role": role, "message": message}, ensure_ascii=False))
        pipe.ltrim(_key(session), -200, -1)
        pipe.expire(_key(session), TTL)
        pipe.execute()


def read(session: str) -> tuple[list[dict[str, str]], int]:
    """The messages, oldest first, and the seconds they still have."""
    return [json.loads(line) for line in _client.lrange(_key(session), 0, -1)], int(_client.ttl(_key(session)))


def ping() -> bool:
    try:
        return bool(_client.ping())
    except redis.RedisError:
        return False
