"""The calls that open a store, and what each says of it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Driver:
    """A call that opens a store: its technology ("" when the URL says it), driver, and whether it works in an event loop."""

    technology: str
    driver: str
    is_async: bool = False
    url: tuple[str, ...] = ("url", "dsn", "host", "conninfo", "uri")


OPENERS: dict[str, Driver] = {
    "sqlalchemy.create_engine": Driver("", "SQLAlchemy"),
    "sqlalchemy.engine.create_engine": Driver("", "SQLAlchemy"),
    "sqlmodel.create_engine": Driver("", "SQLAlchemy"),
    "sqlalchemy.ext.asyncio.create_async_engine": Driver("", "SQLAlchemy", True),
    "databases.Database": Driver("", "databases", True),
    "asyncpg.create_pool": Driver("postgresql", "asyncpg", True),
    "asyncpg.connect": Driver("postgresql", "asyncpg", True),
    "psycopg2.connect": Driver("postgresql", "psycopg2"),
    "psycopg2.pool.ThreadedConnectionPool": Driver("postgresql", "psycopg2"),
    "psycopg2.pool.SimpleConnectionPool": Driver("postgresql", "psycopg2"),
    "psycopg.connect": Driver("postgresql", "psycopg"),
    "psycopg.AsyncConnection.connect": Driver("postgresql", "psycopg", True),
    "psycopg_pool.ConnectionPool": Driver("postgresql", "psycopg"),
    "psycopg_pool.AsyncConnectionPool": Driver("postgresql", "psycopg", True),
    "aiopg.create_pool": Driver("postgresql", "aiopg", True),
    "MySQLdb.connect": Driver("mysql", "mysqlclient"),
    "pymysql.connect": Driver("mysql", "PyMySQL"),
    "mysql.connector.connect": Driver("mysql", "mysql-connector"),
    "aiomysql.create_pool": Driver("mysql", "aiomysql", True),
    "sqlite3.connect": Driver("sqlite", "sqlite3"),
    "aiosqlite.connect": Driver("sqlite", "aiosqlite", True),
    "pymongo.MongoClient": Driver("mongodb", "PyMongo"),
    "pymongo.AsyncMongoClient": Driver("mongodb", "PyMongo", True),
    "flask_pymongo.PyMongo": Driver("mongodb", "PyMongo", url=("uri",)),
    "motor.motor_asyncio.AsyncIOMotorClient": Driver("mongodb", "Motor", True),
    "mongoengine.connect": Driver("mongodb", "MongoEngine"),
    "redis.Redis": Driver("redis", "redis-py"),
    "redis.StrictRedis": Driver("redis", "redis-py"),
    "redis.from_url": Driver("redis", "redis-py"),
    "redis.Redis.from_url": Driver("redis", "redis-py"),
    "redis.StrictRedis.from_url": Driver("redis", "redis-py"),
    "redis.ConnectionPool": Driver("redis", "redis-py"),
    "redis.ConnectionPool.from_url": Driver("redis", "redis-py"),
    "redis.BlockingConnectionPool.from_url": Driver("redis", "redis-py"),
    "redis.asyncio.Redis": Driver("redis", "redis-py", True),
    "redis.asyncio.from_url": Driver("redis", "redis-py", True),
    "redis.asyncio.Redis.from_url": Driver("redis", "redis-py", True),
    "redis.asyncio.ConnectionPool.from_url": Driver("redis", "redis-py", True),
    "aioredis.from_url": Driver("redis", "aioredis", True),
    "aioredis.create_redis_pool": Driver("redis", "aioredis", True),
    "elasticsearch.Elasticsearch": Driver("elasticsearch", "elasticsearch-py", url=("hosts", "cloud_id")),
    "elasticsearch.AsyncElasticsearch": Driver(
        "elasticsearch", "elasticsearch-py", True, ("hosts", "cloud_id")
    ),
    "opensearchpy.OpenSearch": Driver("opensearch", "opensearch-py", url=("hosts",)),
    "opensearchpy.AsyncOpenSearch": Driver("opensearch", "opensearch-py", True, ("hosts",)),
    "pysolr.Solr": Driver("solr", "pysolr"),
    "cassandra.cluster.Cluster": Driver("cassandra", "cassandra-driver", url=("contact_points",)),
    "neo4j.GraphDatabase.driver": Driver("neo4j", "neo4j"),
    "neo4j.AsyncGraphDatabase.driver": Driver("neo4j", "neo4j", True),
    "clickhouse_driver.Client": Driver("clickhouse", "clickhouse-driver"),
    "clickhouse_connect.get_client": Driver("clickhouse", "clickhouse-connect"),
    "influxdb_client.InfluxDBClient": Driver("influxdb", "influxdb-client"),
    "pyodbc.connect": Driver("sql-server", "pyodbc"),
    "pymssql.connect": Driver("sql-server", "pymssql"),
    "oracledb.connect": Driver("oracle-database", "oracledb"),
    "cx_Oracle.connect": Driver("oracle-database", "cx_Oracle"),
    "kazoo.client.KazooClient": Driver("zookeeper", "kazoo", url=("hosts",)),
    "meilisearch.Client": Driver("meilisearch", "meilisearch"),
    "meilisearch.client.Client": Driver("meilisearch", "meilisearch"),
    "meilisearch_python_sdk.Client": Driver("meilisearch", "meilisearch-python-sdk"),
    "meilisearch_python_sdk.AsyncClient": Driver("meilisearch", "meilisearch-python-sdk", True),
    "typesense.Client": Driver("typesense", "typesense", url=("config_dict",)),
    "minio.Minio": Driver("minio", "minio", url=("endpoint",)),
    "pymemcache.client.base.Client": Driver("memcached", "pymemcache", url=("server",)),
    "pymemcache.Client": Driver("memcached", "pymemcache", url=("server",)),
    "pylibmc.Client": Driver("memcached", "pylibmc", url=("servers",)),
    "peewee.PostgresqlDatabase": Driver("postgresql", "peewee", url=("host",)),
    "peewee.MySQLDatabase": Driver("mysql", "peewee", url=("host",)),
    "peewee.SqliteDatabase": Driver("sqlite", "peewee"),
    "tortoise.Tortoise.init": Driver("", "Tortoise ORM", True, ("db_url",)),
    "tortoise.contrib.fastapi.register_tortoise": Driver("", "Tortoise ORM", True, ("db_url",)),
    "flask_sqlalchemy.SQLAlchemy": Driver("", "Flask-SQLAlchemy"),
}
