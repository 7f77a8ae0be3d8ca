"""Additions.

`buttress.additions.yaml`, beside the documents: see [assisted-reading.md](assisted-reading.md).

- **Reads** components, flows, facts, stances, merges and rejections that a person, an agent or a model has added, each with the words of a
  document that say it. The words are looked up in the other files at every run, wherever they stand by then; an entry whose words are
  gone adds nothing and is told.
- **Complete about** nothing.
- **Doesn't read** entries without words, and names of kinds, technologies, facts and topics that the ontology doesn't have.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, cast

from buttress.errors import UnknownName
from buttress.evidence.lines import Node, documents
from buttress.model import (
    Claim,
    Component,
    Diagnostic,
    Fact,
    FactValue,
    Flow,
    Fragment,
    Merge,
    Rejection,
    Source,
    Stance,
    slug,
)
from buttress.vocabulary import load

if TYPE_CHECKING:
    from buttress.model import additions_form as forms

NAME = "buttress.additions.yaml"
UNDECIDED = "?"  # how `draft` marks what is left to decide; such an entry isn't made yet
SHOWN = "read"  # what `draft` shows beside the entries; passed over
MAX_ENTRIES = 2000
MAX_NUMBER = 10**15
_TYPED = ("value", "line", "sync")
_PAIR = re.compile(r"\\u([dD][89abAB]\w\w)\\u([dD][c-fC-F]\w\w)")


def read(sources: tuple[Source, ...]) -> Fragment:
    r"""Return the claims of all additions, and a diagnostic for each entry that isn't one.

    >>> text = "stances:\n- {topic: backups, status: missing, quote: nobody backs it up}\n"
    >>> [c.value.topic for c in read((Source(NAME, text),)).claims]
    ['backups']
    """
    found = [parse(source) for source in sources]
    return Fragment(
        "additions",
        claims=tuple(c for claims, _ in found for c in claims),
        diagnostics=tuple(d for _, wrong in found for d in wrong),
    )


def parse(source: Source) -> tuple[tuple[Claim, ...], tuple[Diagnostic, ...]]:
    """Return the claims in a text, YAML or JSON, and what is wrong with the rest of it, each with its line."""
    text = source.text
    if text.lstrip().startswith("{"):  # JSON writes characters in pairs that YAML doesn't know
        text = _PAIR.sub(lambda m: bytes.fromhex(m[1] + m[2]).decode("utf-16-be", "replace"), text)
    nodes, wrong = documents(Source(source.path, text, source.first_line))
    claims: list[Claim] = []
    diagnostics = list(wrong)
    for key, node in (item for mapping in nodes for item in mapping.items()):
        if key in (SHOWN, "schema"):
            continue
        if key not in _MAKE:
            reason = str(UnknownName.of("list", key, known=_MAKE))
            diagnostics.append(Diagnostic(source.path, node.key_line, reason, "error"))
            continue
        if not isinstance(node.value, list) and node.value is not None:
            diagnostics.append(
                Diagnostic(source.path, node.key_line, f"{key}: expected a list of entries", "error")
            )
            continue
        entries = list(node.list())
        if len(entries) > MAX_ENTRIES:
            reason = f"{key}: more than {MAX_ENTRIES} entries; the rest was not read, split it"
            diagnostics.append(Diagnostic(source.path, entries[MAX_ENTRIES].line, reason, "error"))
        for entry in entries[:MAX_ENTRIES]:
            made = _claim(source.path, key, entry)
            if isinstance(made, Claim):
                claims.append(made)
            elif made is not None:
                diagnostics.append(made)
    return tuple(claims), tuple(diagnostics)


def undecided(entry: Node) -> bool:
    """Return whether an entry still has a mark of `draft` in it, so that it says nothing yet."""
    return any(
        isinstance(n.value, str) and n.value.startswith(UNDECIDED)
        for key, n in entry.items()
        if key not in ("quote", "reason") or n.value == UNDECIDED
    )


def _claim(path: str, key: str, entry: Node) -> Claim | Diagnostic | None:
    """Return the claim that an entry makes, the diagnostic that says why it makes none, or None when it is undecided."""
    from pydantic import ValidationError

    from buttress.model.additions_form import ENTRIES

    if not isinstance(entry.value, dict):
        return Diagnostic(path, entry.line, f"{key}: expected an entry of keys and values", "error")
    if undecided(entry):
        return None
    plain = {name: _plain(node, typed=name in _TYPED) for name, node in entry.items()}
    try:
        form = ENTRIES[key].model_validate({k: v for k, v in plain.items() if v is not None})
        value, owner = _MAKE[key](form)
    except ValidationError as error:
        return Diagnostic(path, _line(entry, error), f"{key}: {_mistake(ENTRIES[key], error)}", "error")
    except (UnknownName, ValueError) as error:
        return Diagnostic(path, entry.line, f"{key}: {error}", "error")
    return Claim(
        value, " ".join(form.quote.split()), path, entry.line, form.source or "", form.line or 0, owner,
        "".join(c for c in " ".join((form.reason or "").split()) if c.isprintable()),
    )  # fmt: skip


def _plain(node: Node, *, typed: bool) -> object:
    """Return a node as plain values; a name that YAML would take for a number or a truth value stays as it is written."""
    if isinstance(node.value, list):
        return [_plain(item, typed=typed) for item in node.value]
    if isinstance(node.value, dict):
        return {key: _plain(item, typed=typed) for key, item in node.value.items()}
    return node.value if typed or node.value is None else node.raw


Made = tuple[Component | Flow | Fact | Stance | Merge | Rejection, tuple[str, ...]]


def _component(form: forms.ComponentEntry) -> Made:
    technology = technology_named(form.technology) if form.technology else None
    return Component(slug(form.name), form.name, form.kind, technology, tuple(form.aliases)), ()


def _flow(form: forms.FlowEntry) -> Made:
    if form.source_name.casefold() == form.target_name.casefold():
        raise ValueError(f"a flow from {form.source_name!r} to itself")
    return Flow("", form.source_name, form.target_name, form.kind, form.sync, form.protocol), ()


def _fact(form: forms.FactEntry) -> Made:
    known = load().facts
    if form.name not in known:
        raise UnknownName.of("fact", form.name, known=known)
    type_ = known[form.name]
    owner = form.owner()
    owns = {"flow"} if len(owner) == 2 else {"component", "system"} if owner == ("system",) else {"component"}
    if type_.domain and owns.isdisjoint(type_.domain):
        raise ValueError(f"'{form.name}' is a fact of a {type_.domain[0]}, not of {' → '.join(owner)!r}")
    value: FactValue = (
        None if form.status == "denied" else _value(form.value, type_.type, type_.unit, form.name)
    )
    return Fact(form.name, value, form.status), owner


def _value(value: object, type_: str, unit: str, name: str) -> FactValue:
    """Return the value of a fact in its type. Raises ValueError with what was expected."""
    if value is True or value is None:
        return True
    if type_ == "list" and isinstance(value, str | list):
        return tuple(map(str, value)) if isinstance(value, list) else (value,)
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if type_ == "text" and isinstance(value, str | int | float) and not isinstance(value, bool):
        return str(value)
    number = number and abs(cast(float, value)) < MAX_NUMBER
    if type_ == "integer" and number and float(cast(float, value)).is_integer():
        return int(cast(float, value))
    if type_ in ("number", "duration_s") and number:
        return cast(float, value)
    if value is False and type_ == "boolean":
        return False
    wanted = {
        "boolean": "true or false",
        "integer": "a whole number",
        "text": "text",
        "list": "a list of words",
    }
    what = wanted.get(type_, "a number") + (f" of {'seconds' if unit == 's' else unit}" if unit else "")
    raise ValueError(
        f"value of '{name}': expected {what}, found {str(value)[:60]!r}; say `status: denied` if there is none"
    )


def _stance(form: forms.StanceEntry) -> Made:
    known = load().topics
    if form.topic not in known:
        raise UnknownName.of("topic", form.topic, known=known)
    return Stance(form.topic, form.status), ()


def _merge(form: forms.MergeEntry) -> Made:
    return Merge("", tuple(form.names), ""), ()


def _rejection(form: forms.RejectionEntry) -> Made:
    if form.kind and form.component:
        raise ValueError("'kind' narrows the rejection of a flow; a component is rejected whole")
    return Rejection(form.owner(), form.kind, form.reason or ""), ()


_MAKE: dict[str, Callable[[Any], Made]] = {
    "components": _component,
    "flows": _flow,
    "facts": _fact,
    "stances": _stance,
    "merges": _merge,
    "rejections": _rejection,
}


def technology_named(text: str) -> str:
    """Return the id of the technology that a text names. Raises UnknownName with the nearest names.

    >>> technology_named("Postgres")
    'postgresql'
    """
    found = load().technology(text)
    if found is None:
        raise UnknownName.of("technology", text, known=load().technologies)
    return found.id


def _mistake(form: type[forms.Entry], error: Any) -> str:
    """Return what is wrong with an entry in one sentence, all of its mistakes together."""
    said = []
    for found in error.errors()[:5]:
        where = ".".join(str(part) for part in found["loc"] if not isinstance(part, int))
        if found["type"] == "literal_error":
            choices = re.findall(r"'([^']*)'", found["ctx"]["expected"])
            said.append(str(UnknownName.of(where, str(found["input"])[:60], known=choices)))
        elif found["type"] == "extra_forbidden":
            keys = [f.alias or name for name, f in form.model_fields.items()]
            said.append(str(UnknownName.of("key", where[:60], known=keys)))
        elif found["type"] == "missing":
            said.append(f"'{where}' is needed")
        else:
            said.append((f"{where}: " if where else "") + found["msg"].removeprefix("Value error, "))
    return "; ".join(dict.fromkeys(said))


def _line(entry: Node, error: Any) -> int:
    path = next(_keys(error), None)
    node = entry.get(path) if path else None
    return node.key_line if node is not None else entry.line


def _keys(error: Any) -> Iterator[str]:
    return (found["loc"][0] for found in error.errors() if found["loc"] and isinstance(found["loc"][0], str))
