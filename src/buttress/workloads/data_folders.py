"""Where stores keep their data: the folders of the usual images, and whether a volume is mounted beside them.

What is mounted elsewhere keeps nothing, and the store starts empty when its container is made anew, without an error anywhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

MAX_IMAGE = 300
_FOLDERS: dict[str, tuple[str, ...]] = {
    "postgres": ("/var/lib/postgresql",), "postgis": ("/var/lib/postgresql",), "pgvector": ("/var/lib/postgresql",),
    "timescaledb": ("/var/lib/postgresql", "/home/postgres/pgdata"), "mysql": ("/var/lib/mysql",), "mariadb": ("/var/lib/mysql",),
    "mongo": ("/data/db",), "redis": ("/data",), "valkey": ("/data",), "rabbitmq": ("/var/lib/rabbitmq",),
    "elasticsearch": ("/usr/share/elasticsearch/data",), "opensearch": ("/usr/share/opensearch/data",), "cassandra": ("/var/lib/cassandra",),
    "clickhouse-server": ("/var/lib/clickhouse",), "couchdb": ("/opt/couchdb/data",), "qdrant": ("/qdrant/storage",), "neo4j": ("/data",),
}  # fmt: skip
# Images under these names are the makers' own; others of the same last name may keep their data elsewhere.
_MAKERS = re.compile(
    r"(?:(?:index\.|registry-1\.)?docker\.io/)?(?:library/|postgis/|pgvector/|timescale/|valkey/|opensearchproject/|clickhouse/|qdrant/)?"
    r"(?P<name>[a-z0-9-]+)(?::(?P<tag>[\w.-]{1,128}))?(?:@sha256:\w{1,64})?"
    r"|docker\.elastic\.co/elasticsearch/(?P<elastic>elasticsearch)(?::[\w.-]{1,128})?(?:@sha256:\w{1,64})?"
)
# Words by which a command or a setting puts the data elsewhere.
_MOVED = re.compile(
    r"PGDATA|data[-_.]?(?:dir|path|directory)|--dbpath|(?:^|\s)--?(?:dir|D)(?:[\s=]|$)|path\.data|MNESIA|dbPath|server\.directories",
    re.IGNORECASE,
)
_SETTINGS = re.compile(r"\.(?:conf|cnf|ini|ya?ml|toml|sh)$|/(?:conf\.d|mysql/conf|config)(?:/|$)")


def keeps_nothing(image: str, mounted: Sequence[str], said: Iterable[str]) -> bool:
    """Return whether a store's volumes are all mounted beside its data; unknown images, and what may be moved, count as kept.

    `mounted` are the paths of all mounts within the container, `said` its command and the names of its settings.

    >>> keeps_nothing("postgres:16", ["/var/lib/postgres/data"], ()), keeps_nothing("postgres:16", ["/var/lib/postgresql/data"], ())
    (True, False)
    >>> keeps_nothing("mongo:7", ["/data"], ()), keeps_nothing("mongo:7", ["/srv"], ["--dbpath /srv"]), keeps_nothing("acme/mongo:7", ["/srv"], ())
    (False, False, False)
    >>> keeps_nothing("postgres:18", ["/var/lib/postgresql/data"], ()), keeps_nothing("mysql:8", ["/data", "/etc/mysql/conf.d"], ())
    (True, False)
    """
    found = _MAKERS.fullmatch(image[:MAX_IMAGE])
    folders = _FOLDERS.get(found["name"] or found["elastic"], ()) if found is not None else ()
    if found is None or not folders or not mounted or any(map(_SETTINGS.search, mounted)):
        return False
    if any(map(_MOVED.search, said)):
        return False
    if (
        found["name"] == "postgres"
        and (major := re.match(r"\d{1,4}", found["tag"] or ""))
        and int(major[0]) >= 18
    ):
        return all(
            path.rstrip("/") == "/var/lib/postgresql/data" or not _meets(path, folders) for path in mounted
        )
    return not any(_meets(path, folders) for path in mounted)


def _meets(path: str, folders: Iterable[str]) -> bool:
    """Return whether a mount is one of the folders, above it or within it; a variable may be any."""
    path = path.rstrip("/")
    return "$" in path or any(
        f == path or f.startswith(f"{path}/") or path.startswith(f"{f}/") for f in folders
    )
