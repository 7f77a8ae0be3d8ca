"""Settings of the tracking service."""

import multiprocessing
import os

_minute = 60
proc_name = "tracking"
workers = min(multiprocessing.cpu_count() * 2 + 1, int(os.environ.get("MAX_WORKERS", 8)))
worker_class: str = "uvicorn.workers.UvicornWorker"
timeout = _minute // 2
graceful_timeout = _minute - 35
keepalive = int(os.getenv("KEEPALIVE") or 5)
max_requests = 2_000
preload_app = True


def on_exit(server):
    workers = 1
