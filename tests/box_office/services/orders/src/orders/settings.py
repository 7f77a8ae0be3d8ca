from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    database_url: str = "postgresql+asyncpg://orders-db:5432/orders"
    kafka_brokers: str = "order-events:9092"
    seats_url: str = "http://seats:8000"
