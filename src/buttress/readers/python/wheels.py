"""What an unpacked wheel says of itself: `NAME.dist-info/METADATA` and `entry_points.txt`."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from buttress.readers.python.files import folder_of

MAX_WHEELS = 3  # more beside each other are what somebody installed, not what somebody made
_KEPT = frozenset(("metadata", "entry_points.txt"))
_EXTRA = re.compile(r"\bextra\s*==\s*[\"']([\w.-]+)[\"']")


def is_of_wheel(path: str) -> bool:
    """Return whether a path is one of the two files of a wheel that are read.

    >>> is_of_wheel("shop/shop-1.0.dist-info/METADATA"), is_of_wheel("shop/METADATA"), is_of_wheel("s.dist-info/RECORD")
    (True, False, False)
    """
    folder, _, name = path.rpartition("/")
    return folder.endswith(".dist-info") and name.lower() in _KEPT


def unpacked_in(paths: Iterable[str]) -> set[str]:
    """Return the folders that wheels were unpacked in.

    >>> unpacked_in(["shop/shop-1.0.dist-info/METADATA", "shop/shop/api.py"])
    {'shop'}
    """
    wheels = {folder_of(p) for p in paths if is_of_wheel(p) and p.lower().endswith("metadata")}
    counts = Counter(folder_of(w) for w in wheels)
    return {folder for folder, count in counts.items() if count <= MAX_WHEELS}


def headers(text: str) -> Iterator[tuple[int, str, str]]:
    r"""Yield the lines above the first empty one: number, name in lower case, value.

    >>> list(headers("Name: shop\nRequires-Dist: httpx>=0.27\n\nVersion: none\n"))
    [(1, 'name', 'shop'), (2, 'requires-dist', 'httpx>=0.27')]
    """
    for n, line in enumerate(text.split("\n")):
        if not line.rstrip("\r"):
            return  # a line of spaces is part of a licence
        name, sign, value = line.partition(":")
        if sign and not line[0].isspace():
            yield n + 1, name.strip().lower(), value.strip()


def extra_of(requirement: str) -> str:
    """Return the extra that brings a requirement, nothing for one that all installations have.

    >>> extra_of("redis>=5; extra == 'cache'"), extra_of("redis>=5; python_version < '3.12'")
    ('extra cache', '')
    """
    found = _EXTRA.search(requirement.partition(";")[2])
    return f"extra {found[1]}" if found is not None else ""


def console_scripts(text: str) -> str:
    r"""Return the section of an `entry_points.txt` that names commands.

    >>> console_scripts("[console_scripts]\nshop = shop.cli:main\n\n[pytest11]\nx = shop.testing\n")
    '\nshop = shop.cli:main\n\n'
    """
    found = re.search(r"^\[console_scripts\]([^\[]*)", text, re.MULTILINE)
    return found[1] if found is not None else ""
