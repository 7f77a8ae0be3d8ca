"""When support for versions of databases and runtimes ends, by the images that bring them or the provider that runs them.

The table is data, a reader has no clock.

Each product's dates are those of its maker's page, which is told with them. `CHECKED` is the month in which the table was true. Releases
that are only for a few months, between those with long support, are left out.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass

from buttress.model import Evidence, Fact
from buttress.workloads.pythons import CHECKED

MAX_IMAGE = 300


@dataclass(frozen=True, slots=True)
class Product:
    """A database or runtime: its name, the page of its maker that tells the dates, and the month in which support for each version ends.

    Of a service that goes on with fixes for those who pay extra, it is the `standard` support that ends.
    """

    name: str
    page: str
    ends: dict[str, str]
    standard: bool = False


_POSTGRESQL = Product("PostgreSQL", "postgresql.org/support/versioning", {
    "9.4": "2020-02", "9.5": "2021-02", "9.6": "2021-11", "10": "2022-11", "11": "2023-11", "12": "2024-11", "13": "2025-11", "14": "2026-11",
    "15": "2027-11", "16": "2028-11", "17": "2029-11", "18": "2030-11",
})  # fmt: skip
_MYSQL = Product("MySQL", "mysql.com/support", {
    "5.5": "2018-12", "5.6": "2021-02", "5.7": "2023-10", "8.0": "2026-04", "8.4": "2032-04",
})  # fmt: skip
_MARIADB = Product("MariaDB", "mariadb.org/about/#maintenance-policy", {
    "10.0": "2019-03", "10.1": "2020-10", "10.2": "2022-05", "10.3": "2023-05", "10.4": "2024-06", "10.5": "2025-06", "10.6": "2026-07",
    "10.11": "2028-02",
})  # fmt: skip
_MONGODB = Product("MongoDB", "mongodb.com/legal/support-policy/lifecycles", {
    "3.4": "2020-01", "3.6": "2021-04", "4.0": "2022-04", "4.2": "2023-04", "4.4": "2024-02", "5.0": "2024-10", "6.0": "2025-07",
    "7.0": "2027-08", "8.0": "2029-10",
})  # fmt: skip
_NODE = Product("Node.js", "nodejs.org/en/about/previous-releases", {
    "4": "2018-04", "6": "2019-04",
    "8": "2019-12", "9": "2018-06", "10": "2021-04", "11": "2019-06", "12": "2022-04", "13": "2020-06", "14": "2023-04", "15": "2021-06",
    "16": "2023-09", "17": "2022-06", "18": "2025-04", "19": "2023-06", "20": "2026-04", "21": "2024-06", "22": "2027-04", "24": "2028-04",
})  # fmt: skip
_PHP = Product("PHP", "php.net/supported-versions.php", {
    "5.6": "2018-12", "7.0": "2019-01", "7.1": "2019-12", "7.2": "2020-11", "7.3": "2021-12", "7.4": "2022-11", "8.0": "2023-11",
    "8.1": "2025-12", "8.2": "2026-12", "8.3": "2027-12", "8.4": "2028-12", "8.5": "2029-12",
})  # fmt: skip
_DOTNET = Product(".NET", "dotnet.microsoft.com/platform/support/policy/dotnet-core", {
    "1.0": "2019-06", "1.1": "2019-06", "2.0": "2018-10", "2.1": "2021-08", "2.2": "2019-12", "3.0": "2020-03", "3.1": "2022-12", "5": "2022-05",
    "6": "2024-11", "7": "2024-05", "8": "2026-11", "9": "2026-11", "10": "2028-11",
})  # fmt: skip
_RUBY = Product("Ruby", "ruby-lang.org/en/downloads/branches", {
    "2.5": "2021-04", "2.6": "2022-04", "2.7": "2023-03", "3.0": "2024-04", "3.1": "2025-03",
})  # fmt: skip
# Runtimes on the first Amazon Linux, which have no version of their own.
_LAMBDA = Product("AWS Lambda's runtime", "docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html", {
    "go1.x": "2024-01", "java8": "2024-01", "provided": "2024-01",
})  # fmt: skip
_RDS = "docs.aws.amazon.com/AmazonRDS/latest"
_RDS_POSTGRESQL = Product(
    "PostgreSQL", f"{_RDS}/PostgreSQLReleaseNotes/postgresql-release-calendar.html",
    {"9.6": "2022-04", "10": "2023-04", "11": "2024-02", "12": "2025-02", "13": "2026-02", "14": "2027-02", "15": "2028-02", "16": "2029-02"}, standard=True,
)  # fmt: skip
_RDS_MYSQL = Product(
    "MySQL", f"{_RDS}/UserGuide/MySQL.Concepts.VersionMgmt.html", {"5.7": "2024-02", "8.0": "2026-07", "8.4": "2029-07"}, standard=True,
)  # fmt: skip
_AURORA_MYSQL = Product(
    "Aurora MySQL", f"{_RDS}/AuroraMySQLReleaseNotes/AuroraMySQL.release-calendars.html", {"5.6": "2023-02", "5.7": "2024-10"}, standard=True,
)  # fmt: skip
_EKS = Product("Kubernetes", "docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions.html", {
    "1.23": "2023-10", "1.24": "2024-01", "1.25": "2024-05", "1.26": "2024-06", "1.27": "2024-07", "1.28": "2024-11", "1.29": "2025-03",
    "1.30": "2025-07", "1.31": "2025-11",
}, standard=True)  # fmt: skip
# What a provider's service runs: by the technology of the row, and a word in the name of its engine.
_SERVICES: tuple[tuple[str, str, Product], ...] = (
    ("amazon-rds", "postgres", _RDS_POSTGRESQL), ("amazon-rds", "mysql", _RDS_MYSQL), ("amazon-rds", "mariadb", _MARIADB),
    ("aurora", "postgres", _RDS_POSTGRESQL), ("aurora", "mysql", _AURORA_MYSQL), ("eks", "", _EKS),
    ("cloud-sql", "postgres", _POSTGRESQL), ("cloud-sql", "mysql", _MYSQL), ("azure-postgresql", "", _POSTGRESQL), ("azure-mysql", "", _MYSQL),
)  # fmt: skip
_RUNTIMES = {
    "nodejs": _NODE,
    "node": _NODE,
    "php": _PHP,
    "dotnet": _DOTNET,
    "dotnetcore": _DOTNET,
    "ruby": _RUBY,
}
_RUNTIME = re.compile(
    r"(nodejs|node|php|dotnetcore|dotnet|ruby)[|:~ -]{0,2}v?(\d{1,3}(?:\.\d{1,2})?)(?![\d])"
)
# The last parts of the names of images whose tag begins with the version of the product.
_IMAGES = {
    "postgres": _POSTGRESQL, "postgresql": _POSTGRESQL, "postgis": _POSTGRESQL, "mysql": _MYSQL, "mysql-server": _MYSQL,
    "mariadb": _MARIADB, "mongo": _MONGODB, "mongodb": _MONGODB, "node": _NODE, "php": _PHP,
}  # fmt: skip
_OFFICIAL = re.compile(
    r"(?:(?:docker\.io|mirror\.gcr\.io|public\.ecr\.aws/docker|registry\.hub\.docker\.com)/)?"
    r"(?:library/|bitnami\w*/|postgis/|mysql/)?([\w-]+)"
)
_VERSION = re.compile(r"v?(\d{1,3})(?:\.(\d{1,3}))?(?![\w])(?:\.\d+)*(?:[-_.].*)?")


def end_of(image: str) -> tuple[Product, str, str] | None:
    """Return the product that an image brings, its version, and the month in which support for it ends; None for what the table doesn't know.

    A tag that names no more than a major version counts when support for all of them has ended.

    >>> product, version, ends = end_of("postgres:12.3-alpine")
    >>> product.name, version, ends
    ('PostgreSQL', '12', '2024-11')
    >>> end_of("mysql:8"), end_of("mongo:4")[1:], end_of("acme/postgres:12"), end_of("node:lts"), end_of("php:${TAG}")
    (None, ('4', '2024-02'), None, None, None)
    """
    name, _, tag = image[:MAX_IMAGE].partition("@")[0].rpartition(":")
    found = _OFFICIAL.fullmatch(name.lower())
    product = _IMAGES.get(found[1]) if found is not None else None
    return _end(product, tag) if product is not None else None


def end_of_runtime(runtime: str) -> tuple[Product, str, str] | None:
    """Return the same of a runtime as providers call it: a language's, whose maker's dates count, or one that only the provider has.

    Providers write versions without the dot too (`php74`), and their own ways to say that the newest is meant; those say nothing here.

    >>> [e and (e[0].name, *e[1:]) for e in map(end_of_runtime, ("nodejs14.x", "NODE|16-lts", "dotnet6", "python3.8", "nodejs"))]
    [('Node.js', '14', '2023-04'), ('Node.js', '16', '2023-09'), ('.NET', '6', '2024-11'), None, None]
    """
    words = runtime[:MAX_IMAGE].strip().lower()
    if words in _LAMBDA.ends:
        return _LAMBDA, words, _LAMBDA.ends[words]
    found = _RUNTIME.match(words)
    if found is None:
        return None
    version = found[2]
    if found[1] in ("php", "ruby") and "." not in version and len(version) == 2:
        version = f"{version[0]}.{version[1]}"
    return _end(_RUNTIMES[found[1]], version)


def end_of_service(technology: str, engine: str, version: str) -> tuple[Product, str, str] | None:
    """Return the same of what a provider's service runs, by its technology, the words for its engine, and the version.

    >>> found = end_of_service("amazon-rds", "postgres", "11.9")
    >>> found[1:], end_of_service("cloud-sql", "", "POSTGRES_12")[1:], end_of_service("amazon-rds", "oracle-ee", "19")
    (('11', '2024-02'), ('12', '2024-11'), None)
    """
    words = f"{engine} {version}".lower()
    product = next((p for t, e, p in _SERVICES if t == technology and e in words), None)
    plain = re.sub(
        r"^[A-Za-z]+_(\d+)(?:_(\d+))?.*", lambda m: ".".join(filter(None, m.groups())), version[:MAX_IMAGE]
    )
    return _end(product, plain) if product is not None else None


def _end(product: Product, version: str) -> tuple[Product, str, str] | None:
    read = _VERSION.fullmatch(version)
    if read is None:
        return None
    major, minor = read[1], read[2]
    for told in (f"{major}.{minor}", major):
        if told in product.ends:
            return product, told, product.ends[told]
    ends = [month for known, month in product.ends.items() if known.partition(".")[0] == major]
    if minor is None and ends and max(ends) <= CHECKED:
        return product, major, max(ends)
    return None


def facts_of(image: str, here: Evidence) -> tuple[Fact, ...]:
    """Return that support for what an image brings has ended, since when, and the page that says so; nothing while it lasts.

    >>> here = Evidence("compose.yaml", 3, 3, "image: node:16", "config")
    >>> [f.value for f in facts_of("node:16", here)]
    ['Node.js 16, whose support ended in September 2023 (nodejs.org/en/about/previous-releases)']
    >>> facts_of("postgres:17", here)
    ()
    """
    return told(end_of(image), (here,))


def told(found: tuple[Product, str, str] | None, evidence: tuple[Evidence, ...]) -> tuple[Fact, ...]:
    """Return that support for a version has ended, since when, and the page that says so; nothing while it lasts, or of None.

    >>> here = Evidence("main.tf", 3, 3, 'engine_version = "11.9"', "config")
    >>> [f.value[:62] for f in told(end_of_service("amazon-rds", "postgres", "11.9"), (here,))]
    ['PostgreSQL 11, whose standard support ended in February 2024 (']
    """
    if found is None or found[2] > CHECKED:
        return ()
    product, version, ends = found
    month = f"{calendar.month_name[int(ends[5:])]} {ends[:4]}"
    support = "standard support" if product.standard else "support"
    return (
        Fact(
            "support_ended",
            f"{product.name} {version}, whose {support} ended in {month} ({product.page})",
            "stated",
            evidence,
        ),
    )
