"""What environment files say by the names and the shape of their settings; values are neither kept nor shown."""

from __future__ import annotations

import pytest
from tests.readers.fragments import fact

from buttress.model import Fragment, Source
from buttress.readers import dotenv, read_all


def settings(text: str, path: str = "orders/.env") -> Fragment:
    return dotenv.read((Source(path, text, language="dotenv"),))


@pytest.mark.parametrize(
    ("line", "target"),
    [
        pytest.param("DATABASE_URL=postgres://u:p@orders-db/x", "orders-db relational_db", id="by the scheme"),
        pytest.param("DATABASE_URL=postgres://u:p@localhost/x", "PostgreSQL relational_db", id="localhost is no name"),
        pytest.param("CACHE=redis://10.0.0.1:6379", "Redis cache", id="nor is an address"),
        pytest.param("REDIS_HOST=", "Redis cache", id="a name says it without a value"),
        pytest.param("APP_KAFKA_BROKERS=a:9092", "Apache Kafka stream", id="behind a prefix"),
        pytest.param("POSTGRES_DB=orders", "PostgreSQL relational_db", id="the name of a database"),
        pytest.param("POSTGRES_USER=orders", "", id="a user is no address"),
        pytest.param("DB_HOST=db", "", id="a host alone says no technology"),
        pytest.param("DB_ENGINE=django.db.backends.postgresql", "PostgreSQL relational_db", id="Django's engine"),
        pytest.param("DB_ENGINE=django.db.backends.sqlite3", "", id="a library is no store of its own"),
        pytest.param("DB_CONNECTION=mysql", "MySQL relational_db", id="Laravel's connection"),
        pytest.param("DB_HOST=x.abc.eu-west-1.rds.amazonaws.com", "x.abc.eu-west-1.rds.amazonaws.com relational_db", id="a provider's host"),
        pytest.param("PAY_API_URL=https://api.stripe.com/v1", "api.stripe.com external_service", id="somebody's service"),
        pytest.param("BASE_URL=https://shop.io", "", id="its own address"),
        pytest.param("PAY_API_URL=https://api.example.com", "", id="an example"),
        pytest.param("KAFKA_TOPIC=orders", "", id="a topic is no address"),
        pytest.param("# DATABASE_URL=postgres://db", "", id="a comment"),
        pytest.param("export REDIS_URL='redis://cache-1'", "cache-1 cache", id="as a shell writes it"),
        pytest.param('KEY="a\nREDIS_URL=redis://cache-1\nb"', "", id="a value over several lines"),
    ],
)  # fmt: skip
def test_a_setting_is_the_address_of(line: str, target: str) -> None:
    found = settings(line)
    assert [f"{c.name} {c.kind}" for c in found.components[1:]] == ([target] if target else [])


@pytest.mark.parametrize(
    ("path", "line", "value"),
    [
        ("a/.env", "API_TOKEN=4f1e9c2a7b", True),
        ("a/.env", "API_TOKEN=changeme", "none"),
        ("a/.env", "API_TOKEN=${API_TOKEN}", "none"),
        ("a/.env.example", "API_TOKEN=4f1e9c2a7b", "none"),
        ("a/.env.test", "API_TOKEN=4f1e9c2a7b", "none"),
        ("a/.env.production", "DB=postgres://u:4f1e9c2a7b@x-db/x", True),
    ],
)
def test_a_secret_is_told_unless_the_file_is_a_sample(path: str, line: str, value: object) -> None:
    found = settings(line, path)
    assert (fact(found.components[0], "secrets_in_plaintext") if found.components else "none") == value
    assert "4f1e9c2a7b" not in repr(found)


def test_compose_keeps_the_files_that_it_uses_or_that_stand_beside_it() -> None:
    texts = {
        "shop/compose.yaml": "services:\n  web:\n    image: a/web:1\n    env_file: ../conf/web.env\n",
        "shop/.env": "REDIS_URL=redis://cache-1",
        "conf/web.env": "REDIS_URL=redis://cache-1",
        "orders/.env": "REDIS_URL=redis://cache-1",
    }
    fragments, _ = read_all([Source(p, t) for p, t in texts.items()])
    found = next(f for f in fragments if f.reader == "dotenv")
    assert {e.source for c in found.components for e in c.evidence} == {"orders/.env"}


@pytest.mark.parametrize(
    ("path", "count", "kept"), [(".env.example", 9, 0), (".env.example", 8, 8), (".env", 9, 9)]
)
def test_many_hosts_outside_in_a_sample_are_options(path: str, count: int, kept: int) -> None:
    found = settings("".join(f"P{n}_URL=https://api.pay{n}.io/\n" for n in range(count)), path)
    assert sum(c.kind == "external_service" for c in found.components) == kept
    assert len(found.diagnostics) == (kept == 0)
