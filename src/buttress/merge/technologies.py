"""Which technologies can be one thing, seen by two sources, and how a technology is spelled."""

from __future__ import annotations

from functools import cache, lru_cache

from buttress import vocabulary
from buttress.names import keys
from buttress.vocabulary import ANY_ENGINE


@lru_cache(4096)
def are_one_technology(first: str | None, second: str | None) -> bool:
    """Return whether two technologies can be one thing: an unknown one, the same, sorts of one, or a provider's offer of one.

    >>> are_one_technology("postgresql", "amazon-rds-postgresql"), are_one_technology("postgresql", "mysql")
    (True, False)
    """
    if first is None or second is None:
        return True
    words = vocabulary.load()
    if {first, second} & ANY_ENGINE:
        kinds = {t.kind for t in (words.technologies.get(first), words.technologies.get(second)) if t}
        return len(kinds) == 1
    return bool({first, *words.broader(first)} & {second, *words.broader(second)})


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
