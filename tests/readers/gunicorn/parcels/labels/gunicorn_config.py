import os

bind = ":8000"
workers = 2
timeout = 0
if os.environ.get("DEBUG"):
    workers = 1
    reload = True
