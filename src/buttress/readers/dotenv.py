"""Environment files.

`.env`, `.env.example`, `.env.production`, `shop.env` and their like, where no Compose file beside them takes them.

- **Reads** the names of settings, and which of them hold the address of a store, a broker or somebody else's service: by the scheme of the
  address, by the technology in the name (`REDIS_HOST`), by the provider's host name. It tells which settings hold a secret, unless the file is
  a sample. More than eight hosts outside in a sample are options of a product, not its parts. Values are neither kept nor shown. It is
  joined with what else belongs to the application of its folder.
- **Complete about** nothing.
- **Doesn't read** files for tests (`.env.test`), files without any address or secret, and what settings other than addresses mean.
"""

from __future__ import annotations

import io
import re
from dataclasses import replace

from buttress import workloads
from buttress.model import Component, Diagnostic, Evidence, Fact, Flow, Fragment, Source, flow_id, slug
from buttress.model.kinds import MESSAGING, STORES
from buttress.vocabulary import Technology, load
from buttress.workloads import addressed, folders, hosts

__all__ = ["read"]

MAX_SETTINGS = 5_000
MAX_OUTSIDE = 8  # a sample that names more hosts outside shows what can be chosen
_TESTING = re.compile(r"(?:^|[._-])(?:test|testing|tests|ci|e2e)(?:$|[._-])", re.IGNORECASE)
_PRODUCTION = re.compile(r"(?:^|[._-])(?:prod|production|live)(?:$|[._-])", re.IGNORECASE)
_PLACEHOLDER = re.compile(
    r"change|example|your|xxx|dummy|placeholder|replace|todo|fake|insert|secret[-_]?(?:here|key)?$|^(?:secret|password|admin|root|postgres|user|test|guest)$|[<>{}]|\.\.\.",
    re.IGNORECASE,
)
_NAMES = re.compile(r"_(?:db|database|dbname|database_name)$", re.IGNORECASE)
_SCHEME = re.compile(r"(?:^|[\s,'\"])([A-Za-z][\w+.-]{1,40})://(?:[^\s@/,'\"]{0,300}@)?([\w.-]{0,250})")
_ENGINE = re.compile(r"django(?:_prometheus)?\.(?:contrib\.gis\.)?db\.backends\.(\w+)$|^(?:pdo_)?(\w{5,12})$")
_BLANKS = re.compile(r"[^\S\n]{100,}")
_NO_NAME = re.compile(
    r"localhost|127\.|0\.0\.0\.0|host\.docker\.internal|\d+\.\d+\.\d+\.\d+|example|your|changeme|^(?:host|hostname|server|db|database|none|null)$",
    re.IGNORECASE,
)


def read(sources: tuple[Source, ...]) -> Fragment:
    r"""Return the applications whose settings some files hold, with the stores, brokers and services that they are given.

    >>> found = read((Source("orders/.env", "DATABASE_URL=postgres://app:pw@orders-db:5432/x\nREDIS_HOST=localhost\n"),))
    >>> [(c.name, c.kind) for c in found.components], found.flows[0].evidence[0].quote
    ([('orders', 'service'), ('orders-db', 'relational_db'), ('Redis', 'cache')], 'DATABASE_URL')
    """
    reading = _Reading()
    names = folders.names_of(folders.code_folder(s.path) for s in sources)
    for source in sorted(sources, key=_rank):
        if _TESTING.search(source.name):
            reason = "settings for tests; left out"
            reading.diagnostics.append(Diagnostic(source.path, source.first_line, reason, "info"))
            continue
        reading.add(source, names[folders.code_folder(source.path)])
    return Fragment(
        "dotenv",
        tuple(reading.components.values()),
        tuple(reading.flows.values()),
        diagnostics=tuple(reading.diagnostics),
    )


def _rank(source: Source) -> tuple[int, str, int]:
    """Return the place of a file among those of one application: production's first, samples last."""
    name = source.name
    return (
        0 if _PRODUCTION.search(name) else 2 if folders.is_sample(name) else 1,
        source.path,
        source.first_line,
    )


class _Reading:
    def __init__(self) -> None:
        self.components: dict[str, Component] = {}
        self.flows: dict[tuple[str, str], Flow] = {}
        self.diagnostics: list[Diagnostic] = []

    def add(self, source: Source, name: str) -> None:
        """Add what the settings in one file say of its application."""
        sample = folders.is_sample(source.name)
        found: list[tuple[Component, Evidence, str]] = []
        secrets: list[Evidence] = []
        for key, value, line in _settings(source, self.diagnostics):
            here = _key(source, key, line)
            if here is None:
                continue
            found += [(c, here, scheme) for c, scheme in _addressed(key, value, here)]
            if not sample and workloads.holds_secret(key, value) and not _is_placeholder(value):
                secrets.append(here)
        found = _without_engines(found)
        if sample:
            found = self._without_options(found)
        if not found and not secrets:
            return
        first = found[0][1] if found else secrets[0]
        facts = [folders.belongs_to(source.path, first)]
        if secrets:
            facts.append(Fact("secrets_in_plaintext", True, "stated", tuple(dict.fromkeys(secrets))))
        id_ = slug(name)
        old = self.components.get(id_)
        if old is None:
            self.components[id_] = Component(id_, name, "service", facts=tuple(facts), evidence=(first,))
        elif not old.fact("secrets_in_plaintext"):
            self.components[id_] = replace(old, facts=(*old.facts, *facts[1:]))
        for target, here, scheme in found:
            if target.id == id_:
                continue
            known = self.components.setdefault(target.id, target)
            self._flow(id_, known.id, here, scheme)

    def _without_options(
        self, found: list[tuple[Component, Evidence, str]]
    ) -> list[tuple[Component, Evidence, str]]:
        """Return what a sample names without its services outside, where there are so many that they are options."""
        outside = {c.id: e for c, e, _ in found if c.kind == "external_service"}
        if len(outside) <= MAX_OUTSIDE:
            return found
        first = next(iter(outside.values()))
        reason = (
            f"{len(outside)} services outside look like options to choose from and were left out "
            f"({', '.join(list(outside)[:4])}, …): name those that you use in a document"
        )
        self.diagnostics.append(Diagnostic(first.source, first.line, reason, "info"))
        return [x for x in found if x[0].id not in outside]

    def _flow(self, source: str, target: str, here: Evidence, scheme: str) -> None:
        old = self.flows.get((source, target))
        if old is None:
            id_ = flow_id(source, target, "calls")
            self.flows[(source, target)] = Flow(
                id_, source, target, "calls", None, scheme or None, (), (here,)
            )
        elif here not in old.evidence:
            self.flows[(source, target)] = replace(old, evidence=(*old.evidence, here))


def _without_engines(found: list[tuple[Component, Evidence, str]]) -> list[tuple[Component, Evidence, str]]:
    """Return what was found without the databases that an engine stands for whose host another setting gives."""
    hosts_of = {
        e.quote.rpartition("_")[0] for c, e, _ in found if c.kind in STORES and not _is_engine(e.quote)
    }
    return [x for x in found if not (_is_engine(x[1].quote) and x[1].quote.rpartition("_")[0] in hosts_of)]


def _is_engine(key: str) -> bool:
    return re.search(r"(?:db|database).*_(?:engine|driver|connection|type)$", key, re.IGNORECASE) is not None


def _is_placeholder(value: str) -> bool:
    """Return whether a secret is none: a word that stands for one, or the password that a store is shipped with."""
    inner = re.search(r"://[^\s:/@]*:([^\s@/]{1,200})@", value)
    return _PLACEHOLDER.search(inner[1] if inner else value) is not None


def _settings(source: Source, diagnostics: list[Diagnostic]) -> list[tuple[str, str, int]]:
    """Return the settings of a file: name, value and line."""
    from dotenv.parser import parse_stream

    out: list[tuple[str, str, int]] = []
    text = _BLANKS.sub(" ", source.text)  # the parser takes quadratic time for blanks
    for binding in parse_stream(io.StringIO(text, newline="\n")):
        line = binding.original.line + len(re.match(r"\s*", binding.original.string)[0].split("\n")) - 1  # type: ignore[index]
        if binding.error:
            reason = "expected `NAME=value`; this line was left out"
            diagnostics.append(Diagnostic(source.path, source.first_line + line - 1, reason))
            if len(diagnostics) > MAX_SETTINGS:
                break
        elif binding.key is not None and binding.value is not None:
            out.append((binding.key, binding.value, source.first_line + line - 1))
        if len(out) >= MAX_SETTINGS:
            reason = f"more than {MAX_SETTINGS} settings; the rest was left out"
            diagnostics.append(Diagnostic(source.path, source.first_line + line - 1, reason, "error"))
            break
    return out


def _key(source: Source, key: str, line: int) -> Evidence | None:
    """Return the evidence for a setting: its name alone; None for a name that isn't one, which might be part of a value."""
    lines = source.text.split("\n")
    at = line - source.first_line
    if not re.fullmatch(r"[A-Za-z_][\w.-]{0,100}", key) or not 0 <= at < len(lines) or key not in lines[at]:
        return None
    return Evidence(source.path, line, line, key, "code")


def _addressed(key: str, value: str, here: Evidence) -> list[tuple[Component, str]]:
    """Return what a setting holds the address of, each with the scheme; nothing for other settings."""
    text = value[: hosts.MAX_VALUE]
    out: list[tuple[Component, str]] = []
    for scheme, host in _SCHEME.findall(text):
        technology = load().technology_of_scheme(scheme)
        if technology is not None and technology.kind in STORES | MESSAGING and technology.role != "library":
            out.append((_store(technology, host, here), scheme.lower()))
    for reference in hosts.references(key, text, ()):
        if not any(reference.host in c.aliases or c.name == reference.host for c, _ in out):
            managed = hosts.managed_technology(reference.host)
            outside = workloads.outside(slug(reference.host), reference.host, reference.host, managed, here)
            out.append((outside, reference.scheme))
    if out:
        return out
    host = text.partition(":")[0]
    if addressed.is_address(key) and (managed := hosts.managed_technology(host)) is not None:
        return [(workloads.outside(slug(host), host, host, managed, here), "")]
    technology = _named(key, value)
    if technology is not None:
        host = (
            text
            if addressed.is_address(key) and not _is_engine(key) and re.fullmatch(r"[\w.-]{1,200}", text)
            else ""
        )
        return [(_store(technology, host, here), "")]
    bucket = hosts.bucket_technology(text)
    if bucket is not None:
        label = workloads.label_of(bucket)
        return [(Component(slug(label), label, "object_store", bucket, evidence=(here,)), "")]
    return []


def _named(key: str, value: str) -> Technology | None:
    """Return the store or broker that the name of a setting gives the address of (`REDIS_HOST`), or whose engine it chooses."""
    if _is_engine(key):
        found = _ENGINE.search(value)
        word = (
            (found[1] or found[2]).removesuffix("_psycopg2").replace("pgsql", "postgresql") if found else ""
        )
        chosen = load().technology(word) if word else None
        return chosen if chosen is not None and chosen.kind in STORES and chosen.role != "library" else None
    return addressed.technology_of_key(key, also_named=bool(_NAMES.search(key) and value))


def _store(technology: Technology, host: str, here: Evidence) -> Component:
    """Return the store or broker at an address: by its host name where that tells something, else by its technology."""
    host = hosts.plain(host).strip(".")
    managed = hosts.managed_technology(host)
    if managed is not None:
        return workloads.outside(slug(host), host, host, managed, here)
    telling = host and not _NO_NAME.search(host) and technology.role == "server"
    name = host if telling else technology.label
    return Component(slug(name), name, technology.kind, technology.id, evidence=(here,))
