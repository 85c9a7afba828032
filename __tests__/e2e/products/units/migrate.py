"""What a migration would be: says how it was called, and can fail or hang on purpose."""

import json
import os
import sqlite3
import sys
import time

print("migrating", json.dumps(sys.argv[1:]), "for", os.environ["KAWASEMI_VERSION"], flush=True)
if os.environ.get("FAULT") == "migration":
    sys.exit(3)
with sqlite3.connect("notes/notes.db", timeout=20) as database:
    database.execute("CREATE TABLE IF NOT EXISTS notes (text TEXT NOT NULL)")
with open("notes/migrated", "a", encoding="utf-8") as done:
    done.write(os.environ["KAWASEMI_VERSION"] + "\n")
time.sleep(float(os.environ.get("MIGRATION_SECONDS", "0")))
