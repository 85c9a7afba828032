import os

bind = f"127.0.0.1:{os.environ['PORT']}"
workers = 2
worker_class = "gthread"
threads = 8
graceful_timeout = 20
# Longer than the proxy keeps idle connections.
keepalive = 65
