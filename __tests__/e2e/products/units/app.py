"""A web service of a few lines: tells what runs it, and keeps notes in SQLite, in a folder that outlives releases."""

import json
import os
import sqlite3
import sys
import time
from contextlib import closing

if os.environ.get("FAULT") == "die":
    sys.exit("told to die")

ABOUT = {name: os.environ.get(f"KAWASEMI_{name.upper()}") for name in ("app", "slot", "release", "version")}
ABOUT["secret"] = os.environ.get("SECRET")
NOTES = os.path.join("notes", "notes.db")


def answer(environ):
    path = environ["PATH_INFO"]
    if path == "/health":
        return ("500 Broken", {}) if os.environ.get("FAULT") == "health" else ("200 OK", {"status": "ok"})
    if path == "/slow":
        time.sleep(5)
    if path == "/notes" and environ["REQUEST_METHOD"] == "POST":
        text = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        with closing(sqlite3.connect(NOTES, timeout=20)) as database, database:
            database.execute("INSERT INTO notes VALUES (?)", [text.decode()])
    if path == "/notes":
        with closing(sqlite3.connect(NOTES, timeout=20)) as database:
            return "200 OK", {**ABOUT, "notes": [text for (text,) in database.execute("SELECT text FROM notes")]}
    return "200 OK", {**ABOUT, "user": os.getuid(), "folder": os.getcwd()}


def app(environ, start_response):
    status, body = answer(environ)
    data = json.dumps(body).encode()
    start_response(status, [("Content-Type", "application/json"), ("Content-Length", str(len(data)))])
    return [data]
