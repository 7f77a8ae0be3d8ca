from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    database_url: str = "postgresql+asyncpg://tickets:hunter2@tickets-db:5432/tickets"
    redis_url: str = "redis://cache:6379/0"
    seating_url: str = "http://seating:8000"
    jwt_secret: str = "hunter2-hunter2"


settings = Settings()
