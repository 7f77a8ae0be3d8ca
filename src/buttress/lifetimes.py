"""When support for versions of databases and runtimes ends, by the images that bring them; the table is data, a reader has no clock.

Each product's dates are those of its maker's page, which is told with them. `CHECKED` is the month in which the table was true. Releases
that are only for a few months, between those with long support, are left out.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass

from buttress.model import Evidence, Fact
from buttress.pythons import CHECKED

MAX_IMAGE = 300


@dataclass(frozen=True, slots=True)
class Product:
    """A database or runtime: its name, the page of its maker that tells the dates, and the month in which support for each version ends."""

    name: str
    page: str
    ends: dict[str, str]


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
    "8": "2019-12", "9": "2018-06", "10": "2021-04", "11": "2019-06", "12": "2022-04", "13": "2020-06", "14": "2023-04", "15": "2021-06",
    "16": "2023-09", "17": "2022-06", "18": "2025-04", "19": "2023-06", "20": "2026-04", "21": "2024-06", "22": "2027-04", "24": "2028-04",
})  # fmt: skip
_PHP = Product("PHP", "php.net/supported-versions.php", {
    "5.6": "2018-12", "7.0": "2019-01", "7.1": "2019-12", "7.2": "2020-11", "7.3": "2021-12", "7.4": "2022-11", "8.0": "2023-11",
    "8.1": "2025-12", "8.2": "2026-12", "8.3": "2027-12", "8.4": "2028-12", "8.5": "2029-12",
})  # fmt: skip
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
    found, version = _OFFICIAL.fullmatch(name.lower()), _VERSION.fullmatch(tag)
    product = _IMAGES.get(found[1]) if found is not None else None
    if product is None or version is None:
        return None
    major, minor = version[1], version[2]
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
    found = end_of(image)
    if found is None or found[2] > CHECKED:
        return ()
    product, version, ends = found
    month = f"{calendar.month_name[int(ends[5:])]} {ends[:4]}"
    text = f"{product.name} {version}, whose support ended in {month} ({product.page})"
    return (Fact("support_ended", text, "stated", (here,)),)
