"""How a technology is spelled, and which are what others run on."""

from __future__ import annotations

from functools import cache

from buttress import vocabulary
from buttress.names import keys


def runs_others(technology: str) -> bool:
    """Return whether a technology is what programs run on, whatever they are written with.

    >>> runs_others("ecs"), runs_others("fastapi")
    (True, False)
    """
    known = vocabulary.load().technologies.get(technology)
    return known is not None and known.kind == "compute_host"


@cache
def technology_names(technology: str) -> frozenset[str]:
    """Return the keys of all spellings of a technology's name.

    >>> "postgre" in technology_names("postgresql") or "postgresql" in technology_names("postgresql")
    True
    """
    return frozenset(keys(x)[1] for x in spellings(technology))


def spellings(technology: str) -> tuple[str, ...]:
    """Return the id of a technology, and its label and aliases where the vocabulary has it.

    >>> spellings("nothing-known")
    ('nothing-known',)
    """
    known = vocabulary.load().technologies.get(technology)
    return (technology, *((known.label, *known.aliases) if known else ()))
