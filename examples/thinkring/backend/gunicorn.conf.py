"""Settings of gunicorn. The container's port is published on the slot's own."""

import os

bind = "0.0.0.0:8000"
workers = int(os.environ.get("WEB_CONCURRENCY", "4"))
# A sync worker closes every connection after its answer; threads keep them, so that the proxy can use them again.
worker_class = "gthread"
threads = 4
timeout = 30
graceful_timeout = 30
# Longer than the proxy keeps idle connections (4 s), or it would send requests into closing ones.
keepalive = 65
# A worker that ends after so many requests closes its connections, and a POST on one of them is lost. So it is off;
# the document's 1000 would lose some on every turn.
max_requests = 0
