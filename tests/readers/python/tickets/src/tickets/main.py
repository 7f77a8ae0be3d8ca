import time

import requests
import sentry_sdk
import structlog
from fastapi import Depends, FastAPI
from fastapi.middleware.cors import CORSMiddleware
from pydantic import BaseModel
from sqlalchemy import text

from tickets.cache import client
from tickets.db import sessions
from tickets.seating import free_seats
from tickets.security import current_user
from tickets.tasks import send_ticket

sentry_sdk.init(dsn="")
log = structlog.get_logger()
app = FastAPI()
app.add_middleware(CORSMiddleware, allow_origins=["*"], allow_credentials=True)


class Order(BaseModel):
    event: int
    seats: int


@app.get("/health")
async def health():
    async with sessions() as session:
        await session.execute(text("SELECT 1"))
    return {"status": "ok"}


@app.post("/v1/orders", dependencies=[Depends(current_user)])
async def order(order: Order):
    seats = await free_seats(order.event)
    requests.post("https://api.stripe.com/v1/charges", data={"seats": len(seats)})
    send_ticket.delay(order.event)
    return {"ok": True}


@app.get("/v1/events")
async def events() -> list[dict]:
    cached = await client.get("events")
    time.sleep(0.1)
    async with sessions() as session:
        rows = await session.execute(text(f"SELECT * FROM events WHERE title = {cached}"))
    return list(rows)


@app.post("/v1/notes")
async def note(body: dict):
    log.info("note", body=body)
