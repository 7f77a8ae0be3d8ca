"""Facts of one resource: what its attributes say, and what the provider does where they say nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from buttress.cloud.table import Row, Says
from buttress.cloud.values import UNKNOWN, Resource, Value
from buttress.model import Evidence, Fact, FactValue
from buttress.workloads import lifetimes, pythons

DIFFERS = (
    "differs"  # two lines contradict each other (two routes of one gateway): nothing can be said of the whole
)


class Told(NamedTuple):
    """A fact, and whether a line says it (or the provider's default implies it)."""

    fact: Fact
    written: bool


def facts_of(resource: Resource, row: Row) -> tuple[Told, ...]:
    """Return the facts that a resource states and denies by its row; where several attributes say one fact, the first counts."""
    told: dict[str, Told] = {}
    for says in row.says:
        found = _told(says, resource)
        if found is not None and (says.fact not in told or (found.written and not told[says.fact].written)):
            told[says.fact] = found
    kept = resource.get("lifecycle.prevent_destroy")
    if kept is not None and kept.data is True:
        told["deletion_protection"] = Told(_fact("deletion_protection", True, kept.evidence()), written=True)
    version = told.get("python_version")
    supported = pythons.is_supported(str(version.fact.value)) if version is not None else None
    if version is not None and supported is not None:
        ends = pythons.SUPPORT_ENDS[str(version.fact.value)] if supported else None
        fact = Fact("python_supported", ends, "stated" if supported else "denied", version.fact.evidence)
        told["python_supported"] = Told(fact, version.written)
    if "support_ended" not in told:
        told |= {f.name: Told(f, written=True) for f in _ended(resource, row, told)}
    return tuple(told.values())


def _ended(resource: Resource, row: Row, told: Mapping[str, Told]) -> tuple[Fact, ...]:
    """Return that support for the version of an engine, or for the runtime of a function or app, has ended."""
    version = told.get("version")
    if version is not None and row.technology is not None:
        engine = resource.get(row.engine) if row.engine else None
        words = engine.words() if engine is not None else ""
        found = lifetimes.end_of_service(row.technology, words, str(version.fact.value))
        return lifetimes.told(found, version.fact.evidence)
    runtimes = [
        (v, v.words())
        for says in row.says
        if says.fact == "python_version"
        for v in resource.body.each(says.path)
    ]
    runtimes += [
        (v, f"{name} {v.words()}") for key, name in _STACKS for v in resource.body.each(f"{_STACK}.{key}")
    ] + [(v, v.words()) for v in resource.body.each("site_config.linux_fx_version")]
    for value, words in runtimes:
        if row.runs and value.known and (found := lifetimes.end_of_runtime(words)) is not None:
            return lifetimes.told(found, value.evidence())
    return ()


def joined(known: Iterable[Told], more: Iterable[Told]) -> dict[str, Told]:
    """Return one fact a name: what is written counts before a default; what two lines say differently isn't known."""
    out = {t.fact.name: t for t in known}
    for told in more:
        old = out.get(told.fact.name)
        if old is None or (told.written and not old.written):
            out[told.fact.name] = told
        elif old.fact.value == DIFFERS:
            continue
        elif (
            old.written
            and told.written
            and (old.fact.status, old.fact.value) != (told.fact.status, told.fact.value)
        ):
            if old.fact.status != told.fact.status:
                out[told.fact.name] = Told(
                    Fact(told.fact.name, DIFFERS, "stated", old.fact.evidence), written=True
                )
        elif old.written == told.written:
            evidence = tuple(dict.fromkeys((*old.fact.evidence, *told.fact.evidence)))[:5]
            out[told.fact.name] = Told(
                Fact(old.fact.name, old.fact.value, old.fact.status, evidence), old.written
            )
    return out


def _told(says: Says, resource: Resource) -> Told | None:
    value = resource.get(says.path)
    if says.how == "word" and value is not None:
        value = next((v for v in resource.body.each(says.path) if _read(says, v) is not None), value)
    if value is None:
        unset = says.unset
        if says.instead != "same" and resource.dialect == "cloudformation":
            unset = says.instead
        if unset is None or not resource.strict or (says.unless and resource.get(says.unless) is not None):
            return None
        return Told(_fact(says.fact, unset, (resource.here(),)), written=False)
    evidence = value.evidence() or (resource.here(),)
    read = _read(says, value)
    return None if read is None else Told(_fact(says.fact, read, evidence), written=True)


def _fact(name: str, value: FactValue, evidence: tuple[Evidence, ...]) -> Fact:
    if value is False:
        return Fact(name, None, "denied", evidence)
    return Fact(name, value, "stated", evidence)


def _read(says: Says, value: Value) -> FactValue:
    """Return what a value says: False denies the fact, None says nothing."""
    data = value.data
    if says.how == "given":
        if isinstance(data, list | dict):
            return True if data else (None if says.unset is None else False)
        if data is UNKNOWN:
            return True if value.refs or value.text else None
        return None if data in ("", False) else True
    if says.how == "word":
        first = next(iter(value.each()), None)
        if first is None or not first.known or isinstance(first.data, list | dict):
            return None
        key = first.words().replace(".", "_").replace("-", "_").replace("/", "_")
        words = says.words or {}
        return words.get(key, words.get("rest"))
    if says.how == "contains":
        written = value.words()
        return next((said for words, said in (says.words or {}).items() if words in written), None)
    if says.how == "text":
        words_ = next((v.words() for v in value.each() if v.known), "")
        if says.fact == "python_version":
            named = re.match(
                r"(?:python\|?)?(?=\d)", words_.lower()
            )  # not `ruby3.2`, nor the tag of an image
            return (pythons.minor(_GLUED.sub(r"3.\1", words_)) or None) if named else None
        return _language(words_) if says.fact == "language" else words_[:100] or None
    if says.how in ("flag", "not"):
        yes = _yes(data)
        return None if yes is None else yes is (says.how == "flag")
    number = _number(data)
    if number is None:
        return None
    if says.how == "some":
        return number > 0
    if number < 0 or (number == 0 and says.fact == "backup_retention"):
        return None
    if number == 0 and says.fact in _ZERO_IS_NONE:
        return False
    total = number * says.unit
    return int(total) if total == int(total) else total


_STACK = "site_config.application_stack"
_STACKS = (
    ("node_version", "node"),
    ("php_version", "php"),
    ("dotnet_version", "dotnet"),
    ("ruby_version", "ruby"),
)
_GLUED = re.compile(r"(?<=python)3(\d{1,2})$")  # as Google writes it: python312
_LANGUAGES = {
    "python": "Python", "nodejs": "Node.js", "java": "Java", "dotnet": "C#", "dotnetcore": "C#", "ruby": "Ruby", "go": "Go", "php": "PHP",
}  # fmt: skip


def _language(runtime: str) -> str | None:
    """Return the language of a runtime without its version, as other sources call it: `python3.12` is Python."""
    name = re.match(r"[a-z]{1,20}", runtime.lower())
    return _LANGUAGES.get(name[0], runtime[:100]) if name and name[0] != "provided" else None


_ZERO_IS_NONE = frozenset(("log_retention", "rate_limit"))


def _yes(data: object) -> bool | None:
    if isinstance(data, bool):
        return data
    if isinstance(data, str) and data.lower() in ("true", "false", "enabled", "disabled"):
        return data.lower() in ("true", "enabled")
    return None


def _number(data: object) -> float | None:
    if isinstance(data, bool) or not isinstance(data, int | float | str):
        return None
    try:
        number = float(data)
    except (ValueError, OverflowError):
        return None
    return number if abs(number) < 1e15 else None
