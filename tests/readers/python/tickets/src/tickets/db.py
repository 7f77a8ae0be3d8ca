from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine

from tickets.settings import settings

engine = create_async_engine(settings.database_url, pool_size=10, max_overflow=5, pool_pre_ping=True)
sessions = async_sessionmaker(engine)
