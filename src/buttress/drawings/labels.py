"""What the text of a node says: its name, technology, facts and the words that hint at its kind."""

from __future__ import annotations

import re
from dataclasses import dataclass

from buttress.drawings.facts import facts_of, status_of
from buttress.drawings.kinds import talks_to_store, technologies_in
from buttress.drawings.text import label_lines
from buttress.evidence.secrets import veiled
from buttress.model import Evidence, Fact
from buttress.model.kinds import MESSAGING, STORES
from buttress.vocabulary import Technology, load
from buttress.vocabulary.roles import role_of

WORDS = 4
_PROVIDERS = frozenset(("aws", "azure", "google-cloud"))

_TAIL = re.compile(r"^(.*\S)\s*[(\[{]([^()\[\]{}]*)[)\]}]$")
_FRONT = re.compile(r"^[(\[]([^()\[\]]+)[)\]]\s+(\w.*)$")
_ENCLOSED = re.compile(r"^[(\[{«]+(.*?)[)\]}»]+$")
_MAX_LINE = 500  # of a node's text; nobody reads more in a box
_SEPARATOR = re.compile(r"\s+[·|•–—-]\s+")
_STEREOTYPE = re.compile(r"^(?:<<|«)(.+?)(?:>>|»)$")
_C4_TAG = re.compile(
    r"^(?:container|component|software system|system|person|technology)\s*:\s*(.+)$", re.IGNORECASE
)
_ROLES = frozenset(
    "client server service worker database cache queue gateway proxy broker agent scheduler app api bus".split()
)
# What a name that was broken over lines ends with; a product or a purpose on a line of its own isn't one of these.
_NOUNS = _ROLES | frozenset(
    "adapter application bridge bucket collector connector consumer controller daemon dispatcher driver engine exporter handler importer "
    "instance listener manager module plugin portal processor producer publisher repository storage store subscriber system timer".split()
)
_C4_WORD = frozenset({"container", "component", "software system", "system", "person"})
# A bare number below five behind a name is rather the number of an instance.
_VERSION = re.compile(r"^(.*\S)\s+(v\d[\w.]*|\d+(?:\.[\dx]+)+|\d{2,4}|[5-9])$")
_ANY_NUMBER = re.compile(r"(?<=\w)\s*\(e?s\)$")  # "Controller(s)"
# What a thing is written in or runs on: "(.NET 8)", "[Go]".
_LANGUAGE = re.compile(
    r"(?:\.net(?: core)?|asp\.net(?: core)?|c#|c\+\+|f#|go(?:lang)?|java|kotlin|scala|python|ruby|rust|php|elixir|erlang|typescript|javascript|node(?:\.?js)?)"
    r"(?: v?\d[\d.x]*\+?)?(?: mvc)?",
    re.IGNORECASE,
)
# How a thing is reached or where it is kept, "(via HTTP)", "(embedded)": it tells it from no other.
_REACHED = re.compile(
    r"(?:via|over|using|through) \w.*|embedded|built-in|in-process|self-hosted|managed", re.IGNORECASE
)
_ONE_WORD = re.compile(r"[A-Za-z][\w.-]*")
# What a thing is packed in or runs on, before its name: "Docker Container: Web", "VM: Database host".
_PACKED = re.compile(
    r"(?:(?:docker|kubernetes|k8s|oci|podman|remote|virtual|physical|ec2)\s+)?"
    r"(?:container|pod|host|vm|machine|instance|node|deployment|stateful ?set|micro-?service|service)\s*:\s+(?=\S)",
    re.IGNORECASE,
)
_COLON = re.compile(r"^([^:]{2,40}):\s+(\S.*)$")


@dataclass(frozen=True, slots=True)
class NodeLabel:
    """The parts of a node's text: `full` is its first line, `rest` what is neither name nor fact."""

    name: str
    full: str
    rest: str = ""
    technology: Technology | None = None
    named_technology: bool = False
    facts: tuple[Fact, ...] = ()


def node_label(raw: str, evidence: Evidence, *, technology: str = "", description: str = "") -> NodeLabel:
    """Return the parts of a node's text; `technology` and `description` are what the syntax sets apart.

    >>> label = node_label("Orders<br/>FastAPI<br/>replicas=3, no backup", Evidence("a.mmd", 1, 1, "…"))
    >>> label.name, label.technology.id, [(f.name, f.value) for f in label.facts]
    ('Orders', 'fastapi', [('backup', None), ('replicas', 3)])
    """
    raw = veiled(raw)
    lines = [line[:_MAX_LINE] for line in label_lines(raw)] or [raw.strip()[:_MAX_LINE] or "unnamed"]
    if len(lines) > 1 and _STEREOTYPE.match(lines[0]):
        lines = [*lines[1:], lines[0]]
    lines = _with_whole_name(_without_inner_aside(lines))
    if _is_broken(lines):
        lines = [" ".join(lines)]
    full, facts, rest = lines[0], list(status_of(raw, evidence)), []
    name, asides = _name(_ANY_NUMBER.sub("", full))
    set_apart = _pieces(technology) if technology else []
    versioned = _VERSION.match(name)
    if versioned and load().technology(versioned.group(1)):
        name = versioned.group(1)
        facts.append(Fact("version", versioned.group(2).removeprefix("v"), "stated", (evidence,)))
    for piece, alone in [
        *((a, True) for a in asides),
        *(p for line in lines[1:] for p in _with_company(line)),
        *((p, False) for p in set_apart),
    ]:
        found = facts_of(piece, evidence, owner="component", alone=alone)
        facts.extend(found)
        if not found and piece not in set_apart:
            rest.append(_bare(piece))
    rest = [r for r in rest if r and r.lower() not in _C4_WORD]
    words = ", ".join(w for w in (technology, *rest, description if _is_short(description) else "") if w)
    within = tuple(t for t in technologies_in(name) if t.id not in _PROVIDERS)  # `AWS IoT Core` is not AWS
    whole = load().technology(name)
    elsewhere = tuple(t for t in technologies_in(technology) or technologies_in(words) if t.kind != "other")
    if talks_to_store(name):
        within = tuple(t for t in within if t.kind not in STORES | MESSAGING)
    chosen = whole or _fitting(role_of(name), within) or _fitting(role_of(name), elsewhere)
    unique = {f.name: f for f in reversed(facts)}
    return NodeLabel(name, full, words, chosen, chosen is not None and chosen in (whole, *within),
                     tuple(sorted(unique.values(), key=lambda f: f.name)))  # fmt: skip


def _without_inner_aside(lines: list[str]) -> list[str]:
    """Return the lines with what stands in brackets within a name put behind it: "Report / (daily) / Worker"."""
    if len(lines) < 3 or _ENCLOSED.match(lines[0]) or _ENCLOSED.match(lines[-1]):
        return lines
    apart = [line for line in lines[1:-1] if _ENCLOSED.match(line)]
    name = [line for line in lines if line not in apart]
    joined = len(apart) == 1 and len(name) <= WORDS and all(re.fullmatch(r"[A-Z][\w-]*", n) for n in name)
    return [" ".join(name), *apart] if joined else lines


def _with_whole_name(lines: list[str]) -> list[str]:
    """Return the lines with a name that was broken word by word on one: "Data / Connector / (Go)", but not "Shop / FastAPI"."""
    run = next((n for n, line in enumerate(lines) if not _ONE_WORD.fullmatch(line)), len(lines))
    ends = [n for n in range(1, min(run, WORDS)) if lines[n].lower().rpartition("-")[2] in _NOUNS]
    if not ends or lines[ends[-1]].lower() == lines[0].lower():
        return lines
    return [" ".join(lines[: ends[-1] + 1]), *lines[ends[-1] + 1 :]]


def _is_broken(lines: list[str]) -> bool:
    """Return whether lines are one name that was broken to fit: together a technology, or words that end in a role."""
    joined = " ".join(lines)
    if len(lines) < 2 or load().technology(joined):
        return len(lines) > 1
    if len(lines) == 2 and re.fullmatch(r"[A-Z][\w-]*", lines[0]) and lines[1] in _ROLES:
        return True  # "Breakpad" above "client"
    words = len(lines) <= WORDS and all(re.fullmatch(r"[A-Z][\w-]*", line) for line in lines)
    return words and role_of(lines[-1]) is not None and not technologies_in(joined)


def _is_short(description: str) -> bool:
    """Return whether a description says what a thing is; a sentence says what it does, and with what others."""
    return len(description.split()) <= WORDS


def _fitting(role: str | None, found: tuple[Technology, ...]) -> Technology | None:
    """Return the technology that a thing of that role is or is made with: one of its kind, else the first."""
    fitting = (t for t in found if role is not None and load().is_kind(t.kind, role))
    return next(fitting, found[0] if found else None)


def _name(full: str) -> tuple[str, list[str]]:
    """Return the name in a label's first line, and what stands beside it."""
    asides: list[str] = []
    parts = _SEPARATOR.split(_PACKED.sub("", full))
    name = parts[0].strip()
    asides.extend(parts[1:])
    first, comma, last = name.partition(", ")
    if comma and len(last.split()) <= 3 and not technologies_in(first) and _says_made_with(last):
        name = first.strip()
        asides.append(last)
    joined = name.split(" + ")
    if len(joined) > 1 and all(technologies_in(part) for part in joined):
        name, asides = joined[0].strip(), [*asides, *joined[1:]]
    colon = _COLON.match(name)
    if colon and len(colon.group(2).split()) > 2:
        name = colon.group(1).strip()
        asides.append(colon.group(2))
    tail = _TAIL.match(name)
    if tail and _is_aside(tail.group(2)):
        name = tail.group(1).strip()
        asides.extend(_pieces(tail.group(2)))
    front = _FRONT.match(name)
    if front:
        name = front.group(2)
        asides.extend(_pieces(front.group(1)))
    if name[-1:] in (")", "]") and not set(name) & set("(["):
        name = name[:-1].strip()  # what closes the shape: `[(Orders)\nlater]`
    enclosed = _ENCLOSED.match(name)
    return (enclosed.group(1).strip() if enclosed and enclosed.group(1).strip() else name), asides


def _says_made_with(text: str) -> bool:
    """Return whether a few words name no more than what a thing is written in or with: "local Python"."""
    return bool(technologies_in(text)) or any(_LANGUAGE.fullmatch(word) for word in text.split())


def _is_aside(text: str) -> bool:
    """Return whether words in brackets describe the thing and don't tell it from others."""
    nowhere = Evidence("", 1, 1, "")
    return bool(
        _C4_TAG.match(text)
        or _LANGUAGE.fullmatch(text)
        or _REACHED.fullmatch(text)
        or technologies_in(text)
        or role_of(text)
        or status_of(text, nowhere)
        or all(facts_of(piece, nowhere, owner="component") for piece in text.split(","))
    )


def _pieces(line: str) -> list[str]:
    enclosed = _ENCLOSED.match(line)
    inner = enclosed.group(1) if enclosed else line
    return [p.strip() for p in re.split(r",\s*(?![^(\[]*[)\]])|;\s*|\s+[·|•]\s+", inner) if p.strip()]


def _with_company(line: str) -> list[tuple[str, bool]]:
    pieces = _pieces(line)
    return [(piece, len(pieces) == 1) for piece in pieces]


def _bare(piece: str) -> str:
    tag = _C4_TAG.match(piece)
    return (tag.group(1) if tag else piece).strip()
