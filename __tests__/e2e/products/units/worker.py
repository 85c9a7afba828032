"""Holds a lock file for as long as it runs: a second one at the same time would be told."""

import fcntl
import os
import time

with open("notes/worker.lock", "w", encoding="utf-8") as lock:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        with open("notes/two-workers", "w", encoding="utf-8"):
            pass
    lock.write(os.environ["KAWASEMI_VERSION"])
    lock.flush()
    while True:
        time.sleep(60)
