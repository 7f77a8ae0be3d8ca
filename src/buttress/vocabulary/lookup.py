"""The vocabulary in memory: read from its built artifact, asked by name, image, package, scheme, port or text."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from functools import cache, cached_property, lru_cache
from typing import Any, Final

from buttress import data
from buttress.errors import StaleIndex, UnknownName
from buttress.vocabulary.match import Phrases, phrases_of, stem_keys, word_keys
from buttress.vocabulary.terms import ANY_ENGINE, FactType, Kind, Match, Technology, Topic

SCHEMA: Final = 1
MAX_IMAGE: Final = 500  # characters: no registry takes a longer name
BUILD_COMMAND: Final = "python -m buttress.vocabulary"
_VARIABLE: Final = re.compile(r"\$\{[^}]*\}|\$\w+")
_REQUIREMENT: Final = re.compile(r"\s*([A-Za-z0-9][A-Za-z0-9._-]*)")


@dataclass(frozen=True)
class Vocabulary:
    """Everything that `ontology/` names. Indexes are built at first use; loading stays within milliseconds."""

    digest: str
    kinds: dict[str, Kind]
    facts: dict[str, FactType]
    technologies: dict[str, Technology]
    topics: dict[str, Topic]
    areas: dict[str, str] = field(default_factory=dict)

    # --- kinds

    def kind(self, id_: str) -> Kind:
        """Return the kind with that id; raises UnknownName when there is none.

        >>> load().kind("relational_db").label
        'Relational database'
        """
        found = self.kinds.get(id_)
        if found is None:
            raise UnknownName.of("kind", id_, known=self.kinds)
        return found

    def is_kind(self, kind: str, ancestor: str) -> bool:
        """Return whether `kind` is `ancestor` or a kind of it; False for a kind that doesn't exist.

        >>> load().is_kind("cache", "stateful"), load().is_kind("worker", "data_store")
        (True, False)
        """
        found = self.kinds.get(kind)
        return found is not None and (kind == ancestor or ancestor in found.parents)

    def kind_class(self, kind: str) -> str:
        """Return the class name of a kind.

        >>> load().kind_class("relational_db")
        'RelationalDb'
        """
        return self.kind(kind).class_name

    def ancestors(self, kind: str) -> tuple[str, ...]:
        """Return the class names of everything that `kind` is a kind of, nearest first, without its own.

        >>> load().ancestors("relational_db")
        ('DataStore', 'Stateful', 'Component')
        """
        return self.kind(kind).classes

    # --- technologies

    def is_exporter(self, name: str) -> bool:
        """Return whether a name is of what tells a monitoring system how a technology does, as `redis-exporter` does.

        >>> [load().is_exporter(n) for n in ("postgres_exporter", "cAdvisor/node-exporter", "order-exporter")]
        [True, True, False]
        """
        watched = re.fullmatch(r"(?:.*[\s_/-])?([a-z\d]+)[\s_-]exporter", name.strip(), re.IGNORECASE)
        names = (watched[1], f"{watched[1]}-exporter") if watched is not None else ()
        return any(self.technology(n) is not None for n in names)

    def technology(self, text: str) -> Technology | None:
        """Return the technology that `text` as a whole names: its id, label or an alias, in any case.

        Labels that are ordinary words too count only in their own spelling.

        >>> [t.id if (t := load().technology(n)) else None for n in ("Postgres", "Consul", "CONSUL")]
        ['postgresql', 'consul', None]
        """
        name = " ".join(text.split())
        found = self._exact_names.get(name) or self._names.get(name.lower())
        return self.technologies[found] if found else None

    def technology_of_image(self, image: str) -> Technology | None:
        """Return the technology of a container image, whatever its registry, tag, digest or variables.

        >>> load().technology_of_image("docker.io/bitnami/postgresql:15").id
        'postgresql'
        """
        name = _VARIABLE.sub("x", image.strip()[:MAX_IMAGE]).partition("@")[0].lower()
        parts = name.split("/")
        parts[-1] = parts[-1].partition(":")[0]
        if len(parts) > 1 and (parts[0] == "localhost" or "." in parts[0] or ":" in parts[0]):
            parts = parts[1:]
        for first in range(len(parts)):
            found = self._images.get("/".join(parts[first:]))
            if found:
                return self.technologies[found]
        named = self.technology(parts[-1])
        return named if named and named.role == "server" and not named.ambiguous else None

    def technology_of_package(self, package: str) -> Technology | None:
        """Return what a Python distribution talks to or is; extras and version bounds are passed over.

        >>> load().technology_of_package("psycopg2_binary>=2.9").id
        'postgresql'
        """
        found = _REQUIREMENT.match(package)
        id_ = self._packages.get(_distribution(found[1])) if found else None
        return self.technologies[id_] if id_ else None

    def technology_of_scheme(self, scheme: str) -> Technology | None:
        """Return the technology that a URL scheme belongs to, with or without a driver after `+`.

        >>> load().technology_of_scheme("postgresql+asyncpg").id
        'postgresql'
        """
        name = scheme.strip().lower().removesuffix("://").removeprefix("jdbc:")
        id_ = self._schemes.get(name) or self._schemes.get(name.partition("+")[0])
        return self.technologies[id_] if id_ else None

    def technology_of_port(self, port: int) -> Technology | None:
        """Return the technology that a port points to, None for ports that many share (80, 8080).

        >>> load().technology_of_port(5432).id
        'postgresql'
        """
        id_ = self._ports.get(port)
        return self.technologies[id_] if id_ else None

    def is_technology(self, id_: str, ancestor: str) -> bool:
        """Return whether technology `id_` is `ancestor` or a sort of it.

        >>> load().is_technology("amazon-rds-postgresql", "postgresql")
        True
        """
        return id_ == ancestor or ancestor in self.broader(id_)

    def broader(self, id_: str) -> tuple[str, ...]:
        """Return the ids of everything that a technology is a sort of, nearest first; empty when it is unknown.

        >>> load().broader("fargate")
        ('ecs',)
        """
        out: list[str] = []
        waiting = [id_]
        while waiting:
            found = self.technologies.get(waiting.pop(0))
            for parent in found.broader if found else ():
                if parent not in out:
                    out.append(parent)
                    waiting.append(parent)
        return tuple(out)

    # --- texts

    def find_technologies(self, text: str) -> tuple[Match, ...]:
        """Return where `text` names technologies: whole words, the longest name at each place, none overlapping.

        >>> [m.id for m in load().find_technologies("Orders keeps rows in PostgreSQL and jobs in Amazon SQS.")]
        ['postgresql', 'sqs']
        """
        return self._technology_phrases.find(text)

    def find_topics(self, text: str) -> tuple[Match, ...]:
        """Return where `text` treats review topics; one phrase may stand for several.

        >>> [m.id for m in load().find_topics("Failed messages go to a dead-letter queue.")]
        ['message-queue', 'dead-letter-queue']
        """
        return self._topic_phrases.find(text)

    # --- indexes, each built when it is first asked for

    @cached_property
    def _names(self) -> dict[str, str]:
        out: dict[str, str] = {}
        for t in self.technologies.values():
            for name in () if t.ambiguous else (t.label, *t.aliases):
                out.setdefault(name.lower(), t.id)
        for id_ in self.technologies:
            out.setdefault(id_, id_) if not self.technologies[id_].ambiguous else None
        return out

    @cached_property
    def _exact_names(self) -> dict[str, str]:
        out: dict[str, str] = {}
        for t in self.technologies.values():
            for name in (*t.exact, *((t.label, *t.aliases, t.id) if t.ambiguous else ())):
                out.setdefault(name, t.id)
        return out

    @cached_property
    def _images(self) -> dict[str, str]:
        return {name: t.id for t in self.technologies.values() for name in t.images}

    @cached_property
    def _packages(self) -> dict[str, str]:
        return {_distribution(name): t.id for t in self.technologies.values() for name in t.packages}

    @cached_property
    def _schemes(self) -> dict[str, str]:
        return {name: t.id for t in self.technologies.values() for name in t.schemes}

    @cached_property
    def _ports(self) -> dict[int, str]:
        return {port: t.id for t in self.technologies.values() for port in t.ports}

    @cached_property
    def _technology_phrases(self) -> Phrases:
        entries = [(n, t.id, t.ambiguous) for t in self.technologies.values() for n in (t.label, *t.aliases)]
        entries += [(n, t.id, True) for t in self.technologies.values() for n in t.exact]
        return phrases_of(entries, keys=word_keys)

    @cached_property
    def _topic_phrases(self) -> Phrases:
        entries = [(p, t.id, True) for t in self.topics.values() for p in t.phrases]
        return phrases_of(entries, keys=stem_keys)


@cache
def load() -> Vocabulary:
    """Return the vocabulary, read once from its built artifact.

    Raises StaleIndex when the artifact isn't there or has another form. A few milliseconds.

    >>> len(load().technologies) > 260
    True
    """
    path = data.indexes_dir() / "vocabulary.json"
    try:
        raw: dict[str, Any] = json.loads(path.read_bytes())
    except FileNotFoundError as error:
        raise StaleIndex(f"{path.name} isn't built: run {BUILD_COMMAND}") from error
    if raw.get("schema") != SCHEMA:
        raise StaleIndex(
            f"{path.name} has form {raw.get('schema')!r}, expected {SCHEMA}: run {BUILD_COMMAND}"
        )
    return Vocabulary(
        digest=raw["digest"],
        kinds={x["id"]: Kind(**_tuples(x)) for x in raw["kinds"]},
        facts={x["name"]: FactType(**_tuples(x)) for x in raw["facts"]},
        technologies={x["id"]: Technology(**_tuples(x)) for x in raw["technologies"]},
        topics={x["id"]: Topic(**_tuples(x)) for x in raw["topics"]},
        areas=raw["areas"],
    )


def _distribution(name: str) -> str:
    """Return the normal form of a distribution's name: stomp.py and Stomp_Py are one."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _tuples(entry: dict[str, Any]) -> dict[str, Any]:
    return {k: tuple(map(_tuple, v)) if type(v) is list else v for k, v in entry.items()}


def _tuple(value: Any) -> Any:
    return tuple(value) if type(value) is list else value


@lru_cache(4096)
def are_one_technology(first: str | None, second: str | None) -> bool:
    """Return whether two technologies can be one thing: an unknown one, the same, sorts of one, or a provider's offer of one.

    >>> are_one_technology("postgresql", "amazon-rds-postgresql"), are_one_technology("postgresql", "mysql")
    (True, False)
    """
    if first is None or second is None:
        return True
    words = load()
    if {first, second} & ANY_ENGINE:
        kinds = {t.kind for t in (words.technologies.get(first), words.technologies.get(second)) if t}
        return len(kinds) == 1
    return bool({first, *words.broader(first)} & {second, *words.broader(second)})
