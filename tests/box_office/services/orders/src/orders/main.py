import httpx
import stripe
from aiokafka import AIOKafkaProducer
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import create_async_engine

from orders.settings import Settings

settings = Settings()
app = FastAPI()
engine = create_async_engine(settings.database_url, pool_pre_ping=True)
producer = AIOKafkaProducer(bootstrap_servers=settings.kafka_brokers)


@app.post("/orders")
async def sell(seat: str) -> dict[str, str]:
    async with httpx.AsyncClient(base_url=settings.seats_url, timeout=2) as client:
        await client.post(f"/seats/{seat}/hold")
    await stripe.PaymentIntent.create_async(amount=100, currency="eur")
    await producer.send_and_wait("orders.sold", seat.encode())
    return {"seat": seat}
