import redis.asyncio as redis

from tickets.settings import settings

client = redis.from_url(settings.redis_url)
