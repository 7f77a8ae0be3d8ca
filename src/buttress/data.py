"""Where the data folders are: in a checkout beside `src`, in an installed wheel inside the package."""

from __future__ import annotations

from functools import cache
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


@cache
def _root() -> Path:
    packed = _PACKAGE / "_data"
    return packed if packed.is_dir() else _PACKAGE.parents[1]


def ontology_dir() -> Path:
    """Return the folder of the vocabulary in Turtle, the rule cards and the named queries.

    >>> (ontology_dir() / "kinds.ttl").is_file()
    True
    """
    return _root() / "ontology"


def corpus_dir() -> Path:
    """Return the folder of the practice cards.

    >>> corpus_dir().name
    'corpus'
    """
    return _root() / "corpus"


def indexes_dir() -> Path:
    """Return the folder of everything built from `ontology` and `corpus`.

    >>> indexes_dir().name
    'indexes'
    """
    return _root() / "indexes"
