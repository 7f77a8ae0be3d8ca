"""What a setting's value tells: which hosts it names, and whether it writes out a secret."""

from __future__ import annotations

import pytest

from buttress.workloads import holds_secret
from buttress.workloads.hosts import Reference, plain, references

NAMES = {"db", "cache", "queue", "api", "orders-db", "web"}


def hosts(key: str, value: str, *, command: bool = False) -> list[str]:
    return [r.host for r in references(key, value, NAMES, command=command)]


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("DATABASE_URL", "postgresql+asyncpg://app:x@db:5432/shop?ssl=off", ["db"]),
        ("DATABASE_URL", "mongodb://orders-db,db:27017/x", ["orders-db", "db"]),
        ("BROKERS", "queue:9092,api:9092", ["queue", "api"]),
        ("BROKERS", "queue, api", ["queue", "api"]),
        ("CACHE_HOST", "cache", ["cache"]),
        ("cacheHost", "cache", ["cache"]),
        ("CACHE_HOST", "cache.shop.svc.cluster.local", ["cache"]),
        ("CACHE_HOST", "cache.shop", ["cache"]),
        ("CACHE_HOST", "cache.com", []),
        ("CACHE_HOST", "my-cache", []),
        ("CACHE_HOST", "cache2", []),
        ("CONNECTION", "Server=db;Database=web;User=api", ["db"]),
        ("CONNECTION", "host=db dbname=web", ["db"]),
        ("SPRING_URL", "jdbc:mysql://db:3306/web", ["db"]),
        ("UPSTREAM", "http://api/web", ["api"]),
        ("DB_NAME", "db", []),
        ("DB_USER", "db", []),
        ("DB_PASSWORD", "cache", []),
        ("MODE", "web", []),
        ("TITLE", "the web of things", []),
        ("SOCKET", "unix:///var/run/db.sock", []),
        ("FILE", "file:///db/api", []),
        ("HOST", "", []),
        ("STRIPE_API_URL", "https://api.stripe.com/v1", ["api.stripe.com"]),
        ("CALLBACK_URL", "https://shop.acme.io/back", []),
        ("DOCS", "see https://docs.acme.io", []),
        ("API_URL", "http://localhost:8000", []),
        ("API_URL", "http://10.0.0.1:80", []),
        ("API_URL", "https://example.com", []),
    ],
)
def test_a_setting_names_hosts_where_its_key_allows_one(key: str, value: str, expected: list[str]) -> None:
    assert hosts(key, value) == expected


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("celery --broker amqp://queue:5672 worker", ["queue"]),
        ("psql -h db -U web", ["db"]),
        ("run --db-host=db", ["db"]),
        ("./wait-for-it.sh db:5432", ["db"]),
        ("wait-for db", ["db"]),
        ("run web api", []),
        ("python web.py db/api", []),
    ],
)
def test_a_command_names_hosts_in_urls_before_ports_and_behind_options(
    command: str, expected: list[str]
) -> None:
    assert hosts("command", command, command=True) == expected


def test_a_reference_keeps_scheme_and_port() -> None:
    assert references("URL", "redis://cache:6379/0", NAMES) == (Reference("cache", "redis", 6379),)
    assert references("API_URL", "https://api.stripe.com", NAMES) == (
        Reference("api.stripe.com", "https", None, False),
    )


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("${A:-x}", "x"),
        ("${A-x}", "x"),
        ("${A:-${B:-x}}", "x"),
        ("${A}", ""),
        ("${A:?set it}", ""),
        ("$A/b", "/b"),
        ("$(A)", ""),
        ("{{ .Values.a }}", ""),
        ("plain", "plain"),
    ],
)
def test_defaults_take_the_place_of_variables(value: str, expected: str) -> None:
    assert plain(value) == expected


@pytest.mark.parametrize(
    ("key", "value", "secret"),
    [
        ("DB_PASSWORD", "hunter2", True),
        ("REDIS_PASSWD", "hunter2", True),
        ("AWS_SECRET_ACCESS_KEY", "abc/def+ghi", True),
        ("API_KEY_2", "abcdef", True),
        ("apiToken", "abcdef", True),
        ("URL", "https://app:hunter2@host/x", True),
        ("DSN", "Server=db;Password=hunter2", True),
        ("DB_PASSWORD", "${DB_PASSWORD}", False),
        ("DB_PASSWORD", "${DB_PASSWORD:-}", False),
        ("DB_PASSWORD", "$(VAULT)", False),
        ("DB_PASSWORD", "<set me>", False),
        ("DB_PASSWORD", "", False),
        ("DB_PASSWORD", "/run/secrets/db", False),
        ("DB_PASSWORD_FILE", "secrets/db", False),
        ("SECRET_NAME", "orders", False),
        ("TOKEN_EXPIRY", "3600s", False),
        ("TOKEN_URL", "https://id/token", False),
        ("USE_TOKEN", "true", False),
        ("ALLOW_EMPTY_PASSWORD", "anything", False),
        ("URL", "https://app:${PASS}@host/x", False),
        ("URL", "https://app:***@host/x", False),
        ("URL", "https://host/x", False),
        ("NAME", "hunter2", False),
    ],
)
def test_a_secret_is_a_literal_under_a_telling_key_or_within_a_url(
    key: str, value: str, secret: bool
) -> None:
    assert holds_secret(key, value) is secret
