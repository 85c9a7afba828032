"""Meeting room reservations."""

import logging
import os
import threading
import time
from datetime import datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path

from flask import Flask, abort, jsonify, render_template, request
from sqlalchemy import select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

import assistant
import chat_history
from models import Reservation, Room, engine

HERE = Path(__file__).parent
VERSION = (HERE / "VERSION").read_text().strip()
FAULT = (HERE / "FAULT").read_text().strip() if (HERE / "FAULT").exists() else ""

app = Flask(__name__)
app.config.update(
    SECRET_KEY=os.environ.get("SECRET_KEY", "for development only"),
    SESSION_COOKIE_SECURE=True,
    SESSION_COOKIE_HTTPONLY=True,
    SESSION_COOKIE_SAMESITE="Lax",
)

if os.environ.get("LOG_DIR"):
    handler = RotatingFileHandler(Path(os.environ["LOG_DIR"]) / "app.log", maxBytes=1_000_000, backupCount=10)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s: %(message)s [in %(pathname)s:%(lineno)d]"))
    app.logger.addHandler(handler)
app.logger.setLevel(logging.INFO)
app.logger.info("Meeting Room System startup, version %s", VERSION)


@app.after_request
def headers(response):
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["X-Frame-Options"] = "DENY"
    response.headers["X-Meeting-Room-Version"] = VERSION
    if FAULT == "die" and "X-Forwarded-For" in request.headers:
        threading.Timer(3, lambda: os.kill(os.getppid(), 9)).start()
    return response


@app.get("/")
def index():
    return render_template("index.html", version=VERSION)


@app.get("/health")
def health():
    try:
        with engine.connect() as connection:
            connection.execute(text("SELECT 1"))
        database = True
    except SQLAlchemyError:
        database = False
    cache = chat_history.ping()
    healthy = database and cache and FAULT != "health"
    body = {
        "status": "healthy" if healthy else "unhealthy",
        "timestamp": datetime.now().isoformat(),
        "version": VERSION,
        "timezone": time.strftime("%Z"),
        "slot": os.environ.get("KAWASEMI_SLOT", ""),
        "database": database,
        "redis": cache,
    }
    return jsonify(body), 200 if healthy else 500


@app.get("/api/rooms")
def rooms():
    with Session(engine) as session:
        found = session.scalars(select(Room).order_by(Room.id)).all()
        return jsonify([{"id": room.id, "name": room.name, "capacity": room.capacity} for room in found])


@app.get("/api/reservations")
def reservations():
    limit = min(200, request.args.get("limit", 50, int))
    with Session(engine) as session:
        found = session.scalars(select(Reservation).order_by(Reservation.id.desc()).limit(limit)).all()
        return jsonify([as_json(each) for each in found])


@app.get("/api/reservations/<int:identity>")
def reservation(identity: int):
    with Session(engine) as session:
        found = session.get(Reservation, identity)
        return jsonify(as_json(found)) if found else abort(404)


@app.post("/api/reservations")
def reserve():
    wanted = request.get_json()
    try:
        starts, ends = (datetime.fromisoformat(f"{wanted['date']}T{wanted[name]}") for name in ("start-time", "end-time"))
        room_id = int(wanted["room-id"])
    except (KeyError, TypeError, ValueError):
        abort(400, "room-id, date, start-time and end-time are needed")
    title, organizer = str(wanted.get("title", ""))[:200], str(wanted.get("organizer", ""))[:100]
    if starts >= ends:
        abort(400, "it has to end after it starts")
    with Session(engine) as session, session.begin():
        # Whoever reserves a room holds its row, so that two reservations cannot overlap.
        if session.get(Room, room_id, with_for_update=True) is None:
            abort(404)
        clash = session.scalars(
            select(Reservation.id)
            .where(Reservation.room_id == room_id, Reservation.starts_at < ends, Reservation.ends_at > starts)
            .limit(1)
        ).first()
        if clash is not None:
            return jsonify(error="the room is taken", reservation=clash), 409
        made = Reservation(room_id=room_id, title=title, organizer=organizer, starts_at=starts, ends_at=ends)
        session.add(made)
        session.flush()
        return jsonify(as_json(made)), 201


@app.delete("/api/reservations/<int:identity>")
def cancel(identity: int):
    with Session(engine) as session, session.begin():
        found = session.get(Reservation, identity)
        if found is None:
            abort(404)
        session.delete(found)
    return "", 204


@app.post("/api/chat")
def chat():
    said = request.get_json()
    message, session_id = str(said.get("message", ""))[:2000], str(said.get("sessionId", ""))[:100]
    if not session_id:
        abort(400, "sessionId is missing")
    with Session(engine) as session:
        reply = assistant.answer(session, message, datetime.now())
    chat_history.append(session_id, "user", message)
    chat_history.append(session_id, "assistant", reply)
    return jsonify(reply=reply)


@app.get("/api/chat/<session_id>")
def history(session_id: str):
    messages, ttl = chat_history.read(session_id)
    return jsonify(messages=messages, ttl=ttl)


@app.get("/api/version")
def version():
    return jsonify(version=VERSION, slot=os.environ.get("KAWASEMI_SLOT", ""))


@app.get("/api/slow")
def slow():
    seconds = min(10.0, max(0.0, request.args.get("seconds", 1.0, float)))
    time.sleep(seconds)
    return jsonify(version=VERSION, seconds=seconds)


def as_json(each: Reservation) -> dict[str, object]:
    return {
        "id": each.id,
        "room-id": each.room_id,
        "title": each.title,
        "organizer": each.organizer,
        "date": each.starts_at.date().isoformat(),
        "start-time": each.starts_at.strftime("%H:%M"),
        "end-time": each.ends_at.strftime("%H:%M"),
    }
