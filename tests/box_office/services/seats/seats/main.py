import os

import redis.asyncio as redis
from fastapi import FastAPI

app = FastAPI()
cache = redis.from_url(os.environ.get("REDIS_URL", "redis://seat-cache:6379/0"))


@app.post("/seats/{seat}/hold")
async def hold(seat: str) -> bool:
    return bool(await cache.set(seat, "held", nx=True, ex=600))
