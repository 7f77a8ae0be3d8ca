"""Tables: rows that are components with their facts, calls with theirs, or events with who publishes and who consumes them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from buttress.model import Evidence, Fact, Passage
from buttress.model.kinds import MESSAGING
from buttress.prose.caseless import Caseless, caseless
from buttress.prose.facts import silent
from buttress.prose.facts.columns import head_of, of_cell
from buttress.prose.facts.ledger import FlowKey, Ledger
from buttress.prose.facts.owners import Owners
from buttress.prose.reading import Reading
from buttress.prose.text import Sentence
from buttress.vocabulary import load

_FLOW = (
    r"(?:calls?|flows?|connections?|links?|paths?|interactions?|edges?|hops?|dependenc(?:y|"
    r"ies)|requests?|routes?|from\s*(?:→|->|/|to|-)\s*to|communication|integrations?)"
)
_SOURCE = r"(?:from|sources?|callers?|clients?|calling (?:service|component)|initiators?|senders?|origin)"
_TARGET = r"(?:to|targets?|destinations?|callees?|called|called (?:service|component)|servers?|providers?|receivers?)"
_NEEDS = r"(?:depends on|dependenc(?:y|ies)|calls|uses|talks to|needs|downstream dependencies|upstream dependencies)"
_EVENT = r"(?:events?|topics?|messages?|queues?|channels?|exchanges?|streams?|subjects?|event name|message type|routing keys?)"
_PUBLISHES = r"(?:publishers?|producers?|published by|produced by|emitted by|emitters?|sent by|senders?|sources?|from|written by)"
_CONSUMES = r"(?:consumers?|subscribers?|consumed by|subscribed by|handled by|handlers?|listeners?|receivers?|read by|to|targets?)"
_COMPONENT = Caseless(
    r"^(?:services?|components?|applications?|apps?|names?|systems?|containers?|process(?:es)?|modules?|workers?|stores?|databases?|queues?|caches?|"
    r"resources?|deployments?|workloads?|parts?|elements?|jobs?|servers?|microservices?|"
    r"(?:service|component|app|application|container) name|data stores?|brokers?|"
    r")$",
)
_ARROW = re.compile(r"\s*(?:-{1,2}>|→|=>|⟶|➜|➡|>>|⇒)\s*")
_TO = Caseless(r"^(.{2,40}?)\s(?:to|calls|into|reads from|writes to|talks to)\s(.{2,40})$")
_SYNC = Caseless(
    r"^(?:sync(?:hronous)?(?:\s?/\s?async(?:hronous)?)?|mode|style|type|communication|interaction)\??$",
)
_PROTOCOL = Caseless(r"^(?:protocols?|transport|via|over|how)$")
_PROTOCOLS = {
    "grpc": "grpc",
    "graphql": "graphql",
    "websocket": "websocket",
    "amqp": "amqp",
    "https": "https",
    "rest": "http",
    "http": "http",
    "sql": "sql",
    "tcp": "tcp",
}
# In a table of events these say what becomes of a message at those who consume it.
_OF_CONSUMERS = frozenset(("retry", "backoff", "dead_letter_queue", "idempotent", "acknowledgement"))
_NAME = re.compile(r"^[A-Za-z][\w.+-]*(?: [\w.+-]+){0,3}$")


@dataclass(frozen=True, slots=True)
class _Row:
    number: int  # of the first sentence
    passage: Passage
    evidence: Evidence

    def cell(self, column: int) -> str:
        return self.passage.cells[column].strip() if column < len(self.passage.cells) else ""


def read_tables(reading: Reading, ledger: Ledger, owners: Owners) -> None:
    """Add the flows and facts of all tables to the ledger."""
    for rows in _tables(reading):
        heads = [c.strip().strip("*`") for c in rows[0].passage.columns]
        if silent(rows[0].passage.headings) or len(heads) < 2:
            continue
        for read in (_calls, _events, _components):
            if read(rows, heads, ledger, owners):
                break


def _tables(reading: Reading) -> Iterator[list[_Row]]:
    rows: list[_Row] = []
    for number, text in enumerate(reading.texts):
        passage = text.passage
        if passage.form != "table" or not passage.columns:
            if rows:
                yield rows
            rows = []
            continue
        if rows and rows[-1].passage is passage:
            continue
        if rows and (
            passage.columns != rows[0].passage.columns
            or passage.source != rows[0].passage.source
            or passage.headings != rows[0].passage.headings
        ):
            yield rows
            rows = []
        rows.append(_Row(number, passage, Sentence(passage, text.number, 0, passage.text).evidence()))
    if rows:
        yield rows


def _column(heads: Sequence[str], pattern: str) -> int | None:
    whole = caseless(rf"^(?:{pattern})$")
    return next((n for n, head in enumerate(heads) if whole.match(head)), None)


def _calls(rows: Sequence[_Row], heads: Sequence[str], ledger: Ledger, owners: Owners) -> bool:
    """Read a table of calls: one column with both ends, or a column for each."""
    whole, source, target = _column(heads, _FLOW), _column(heads, _SOURCE), _column(heads, _TARGET)
    ends: list[tuple[_Row, list[str], list[str]]] = []
    used: set[int] = set()
    if whole is not None and all(_ends(r.cell(whole)) for r in rows if r.cell(whole)):
        ends = [(r, *pair) for r in rows if (pair := _ends(r.cell(whole)))]
        used = {whole}
    elif source is not None and target is not None and source != target:
        ends = [(r, _names(r.cell(source)), _names(r.cell(target))) for r in rows]
        used = {source, target}
    elif (needs := _column(heads, _NEEDS)) is not None and needs > 0 and _COMPONENT.match(heads[0]):
        ends = [(r, _names(r.cell(0)), _names(r.cell(needs))) for r in rows]
        used = {0, needs}
    if not ends:
        return False
    names = {n for _, a, b in ends for n in (*a, *b)}
    known = {n for n in names if ledger.find(n) is not None}
    if not known or len(known) * 2 < len(names):
        return False
    sure = (whole is not None and used == {whole}) or any(
        head_of(h) in ("timeout", "retry", "circuit_breaker", "fallback") for h in heads
    )
    for row, first, second in ends:
        flows: list[FlowKey] = []
        for a in first:
            for b in second:
                one, other = (
                    ledger.add(x, row.evidence) if sure and _NAME.match(x) else ledger.find(x) for x in (a, b)
                )
                if one and other and one != other:
                    flows += _connect(ledger, one, other, row.evidence)
        _state(ledger, flows, row, heads, used)
    return True


def _connect(ledger: Ledger, source: str, target: str, evidence: Evidence) -> list[FlowKey]:
    """Return the flows of a call; what a broker is said to send is what the other consumes."""
    if ledger.kind(source) in MESSAGING and ledger.kind(target) not in MESSAGING:
        return ledger.connect(target, source, "consumes", evidence)
    return ledger.connect(source, target, ledger.kind_to(target), evidence)


def _events(rows: Sequence[_Row], heads: Sequence[str], ledger: Ledger, owners: Owners) -> bool:
    """Read a table of events: who publishes and who consumes them, through the one broker that the section can mean."""
    event, publisher, consumer = _column(heads, _EVENT), _column(heads, _PUBLISHES), _column(heads, _CONSUMES)
    if event is None or (publisher is None and consumer is None):
        return False
    via = _column(heads, r"brokers?|via|transport")
    meant = owners.meant(rows[0].number, "broker")
    if meant is None and via is None:
        return False
    used = {c for c in (event, publisher, consumer, via) if c is not None}
    done = False
    for row in rows:
        broker = ledger.find(row.cell(via)) if via is not None and row.cell(via) else meant
        if broker is None:
            continue
        flows: list[FlowKey] = []
        for column, kind in ((publisher, "publishes"), (consumer, "consumes")):
            for name in _names(row.cell(column)) if column is not None else ():
                key = ledger.find(name)
                if key is not None and key != broker:
                    flows += ledger.connect(key, broker, kind, row.evidence)
                    if kind == "publishes":
                        for name_of_event in _names(row.cell(event)):
                            ledger.publishers.setdefault(name_of_event.lower(), []).append(key)
        done = done or bool(flows)
        _state(ledger, flows, row, heads, used)
    return done


def _components(rows: Sequence[_Row], heads: Sequence[str], ledger: Ledger, owners: Owners) -> bool:
    """Read a table whose rows are components."""
    named = [ledger.find(_bare(r.cell(0))) for r in rows]
    if not _COMPONENT.match(heads[0]):
        return False
    for row, key in zip(rows, named, strict=True):
        if key is None or ledger.kind(key) in ("actor", "library_or_module"):
            continue
        stated: dict[str, Fact] = {}
        for column, head in sorted(enumerate(heads), key=lambda pair: "peak" not in pair[1].lower()):
            for name, value, status in of_cell(head, row.cell(column)) if column else ():
                if "component" in load().facts[name].domain:
                    stated.setdefault(name, Fact(name, value, status, (row.evidence,)))
        for name in sorted(stated):
            ledger.state(key, stated[name])
    return True


def _state(ledger: Ledger, flows: Sequence[FlowKey], row: _Row, heads: Sequence[str], used: set[int]) -> None:
    """State the facts in the cells of a row of its flows."""
    for key in dict.fromkeys(flows):
        for column, head in enumerate(heads):
            if column in used:
                continue
            cell = row.cell(column)
            if _PROTOCOL.match(head):
                told = next(
                    (p for word, p in _PROTOCOLS.items() if caseless(rf"\b{word}\b").search(cell)),
                    None,
                )
                if told and ledger.flows[key].protocol is None:
                    ledger.flows[key] = replace(ledger.flows[key], protocol=told)
                if caseless(r"\b(?:HTTPS|m?TLS)\b").search(cell):
                    ledger.state(key, Fact("encryption_in_transit", True, "stated", (row.evidence,)))
            elif _SYNC.match(head) and ledger.flows[key].sync is None:
                if caseless(r"\W*async").match(cell):
                    ledger.flows[key] = replace(ledger.flows[key], sync=False)
                elif caseless(r"\W*sync").match(cell):
                    ledger.flows[key] = replace(ledger.flows[key], sync=True)
            for name, value, status in of_cell(head, cell, flow=True):
                if "flow" in load().facts[name].domain and not (
                    key[2] == "publishes" and name in _OF_CONSUMERS
                ):
                    ledger.state(key, Fact(name, value, status, (row.evidence,)))


def _ends(cell: str) -> tuple[list[str], list[str]] | None:
    """Return the two ends of "a → b", "a -> b" or "A to B".

    >>> _ends("storefront → orders"), _ends("Orders to Billing"), _ends("checkout")
    ((['storefront'], ['orders']), (['Orders'], ['Billing']), None)
    """
    parts = _ARROW.split(cell)
    if len(parts) == 2:
        first, second = _names(parts[0]), _names(parts[1])
        return (first, second) if first and second else None
    told = _TO.match(cell.strip())
    return (_names(told[1]), _names(told[2])) if told and len(parts) == 1 else None


def _names(cell: str) -> list[str]:
    """Return the names that a cell lists.

    >>> _names("Search indexer, **Pricing** (cache)"), _names("-")
    (['Search indexer', 'Pricing'], [])
    """
    parts = (
        _bare(p) for p in re.split(r",|;|\s&\s|\sand\s|\s\+\s|<br\s*/?>|\n", re.sub(r"\([^)]*\)", "", cell))
    )
    return [
        p
        for p in parts
        if re.search(r"[A-Za-z]", p) and p.lower() not in ("none", "no", "n/a", "all", "any", "every")
    ]


def _bare(cell: str) -> str:
    return re.sub(r"\([^)]*\)", "", cell).strip().strip("*`_").strip()
