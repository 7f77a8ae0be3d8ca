"""Whose fact it is: the flow or the component that a sentence says it of, or nobody when that isn't clear.

A wrong owner is worse than none. A fact goes to what the grammar names: the flow of its clause, the subject, "of X", a group
that the sentence calls all of ("every service"), what a pronoun or "the database" stands for. In doubt it is dropped.
"""

from __future__ import annotations

import re

from buttress.model import Fact
from buttress.model.kinds import MESSAGING, STORES
from buttress.names import singular
from buttress.prose.caseless import Caseless, caseless
from buttress.prose.facts import Found, find, silent
from buttress.prose.facts.antecedents import ENDS
from buttress.prose.facts.connections import Connections, clause_of
from buttress.prose.facts.fitting import KEEPING, LIVE, NEVER, fits
from buttress.prose.facts.gapped import gapped
from buttress.prose.facts.ledger import FlowKey, Ledger
from buttress.prose.facts.owners import Owners, Subject
from buttress.prose.facts.sensitive import logged, sensitive
from buttress.prose.reading import Reading
from buttress.vocabulary import load

Owner = str | FlowKey
_EXCEPT = Caseless(r"\b(?:except|apart from|other than|but not|most of|some of|excluding|only the|almost)\b")
_ONLY = Caseless(r"^\W*only (?:the|our) (?!.*\b(?:except|apart from|other than)\b)")  # it itself has it
_BEHIND = Caseless(r"\s*(?:[\w-]+\s){0,2}?(?:of|for|on|in|at|by|around|to|towards|between)\s")
_REQUESTS = Caseless(r"\b(?:requests?|calls?|charges?|messages?)\b")
_ADJECTIVE = Caseless(r"(?:encrypted|replicated|load[- ]balanced|idempotent|stateless|persisted)\b")
_SAID_OF_ONE_INSIDE = frozenset(
    (
        "replicas",
        "single_instance",
        "backup",
        "min_replicas",
        "max_replicas",
        "ttl",
        "secrets_in_plaintext",
    )
)
_MESSAGING_FACTS = frozenset(
    ("idempotent", "outbox", "acknowledgement", "dead_letter_queue", "retry", "backoff")
)
_DOWN = Caseless(r"\s(?:is|are|isn't|does|doesn't|fails?|goes|can't|cannot|times? out|returns? errors?)\b")
_THESE = Caseless(r"^\W*(?:this|that|these|both|the)\s(?:calls?|requests?|connections?|flows?)\b")
# What a section about one component may say without naming it: "There are no backups."
_OF_SECTION = frozenset(
    ("backup", "rate_limit", "health_check", "dead_letter_queue", "authentication", "failover", "autoscaling")
)


def add_facts(reading: Reading, ledger: Ledger) -> None:
    """Add what the sentences state or deny to the components and flows of the ledger. Tables are read by `tables`."""
    _Attribution(reading, ledger).run()


class _Attribution:
    def __init__(self, reading: Reading, ledger: Ledger) -> None:
        self.reading, self.ledger = reading, ledger
        self.owners = Owners(reading, ledger)
        self.connections = Connections(reading, ledger, self.owners)
        self.flows_before: tuple[int, list[FlowKey]] = (-1, [])

    def run(self) -> None:
        for number, text in enumerate(self.reading.texts):
            if text.passage.form in ("heading", "table") or not text.tokens:
                continue
            if not silent(text.passage.headings) and number not in self.reading.unbuilt:
                for found in find(text.text, remark=self._is_remark(number)):
                    self.one(number, found)
                self.sensitive(number)
            self.owners.remember(number)
            flows = self.connections.stepped(number, 0, len(text.text))
            if flows or self.flows_before[0] != text.number:
                self.flows_before = (text.number, flows)

    def _is_remark(self, number: int) -> bool:
        """Return whether a list item is a label with a few words behind it rather than a sentence."""
        text = self.reading.texts[number]
        labelled = any(m.label for m in self.owners.mentions(number))
        return text.passage.form == "list" and labelled and len(text.text.split()) <= 10

    def one(self, number: int, found: Found) -> None:
        """State one fact of those it belongs to."""
        fact = Fact(found.name, found.value, found.status, (self.reading.texts[number].evidence(),))
        owners = self.owners_of(number, found)
        for owner in owners:
            self.ledger.state(owner, fact)
        if found.name == "replicas" and found.status == "stated" and owners:
            for key, count in gapped(self.reading.texts[number], self.owners.mentions(number), found.end):
                if fits(self.ledger.kind(key), "replicas"):
                    self.ledger.state(key, Fact("replicas", count, "stated", fact.evidence))

    def owners_of(self, number: int, found: Found) -> list[Owner]:
        """Return the flows or components that a fact in a sentence belongs to."""
        domain = load().facts[found.name].domain
        if "flow" in domain and found.name not in (
            "outbox",
            "acknowledgement",
            "rate_limit",
            "status",
            "rate",
            "slo",
            "ttl",
            "dead_letter_queue",
            "replication",
        ):
            flows = self.flows_of(number, found)
            if flows is not None:
                return list(flows)
        if found.name == "ttl" or found.name == "rate":
            flows = self.connections.stepped(number, found.start, found.end)
            if found.name == "ttl":
                flows = [f for f in flows if self._target_kind(f) in ("cache", "key_value_db")]
            flows = flows or self._clear(number, found)
            if flows:
                return list(flows)
        if "component" not in domain:
            return []
        keys = [k for k in self.components_of(number, found) if fits(self.ledger.kind(k), found.name)]
        if found.name == "outbox":
            owners: list[Owner] = []
            for key in keys:
                owners += self.connections.publishing(key) or [key]
            return owners
        return list(keys)

    def flows_of(self, number: int, found: Found) -> list[FlowKey] | None:
        """Return the flows that a fact is about; None when the clause speaks of no flow."""
        text = self.reading.texts[number]
        everywhere = self.connections.everywhere(number, found.start, found.end)
        if everywhere is not None:
            return everywhere
        named = self.connections.named(number, found.start, found.end)
        if named is not None:
            return named
        if _THESE.match(text.text) and self.flows_before[0] == text.number:
            return self.flows_before[1]
        if found.name == "fallback" and (failing := self._failing(number, found)) is not None:
            return failing
        stepped = self.connections.stepped(number, found.start, found.end)
        if stepped:
            return stepped
        subject = self.owners.subject(number, found.start)
        behind = self._behind(number, found.end)
        clear = subject.how in ("named", "meant", "label")
        callers = tuple(k for k in subject.keys if clear and self.ledger.kind(k) != "actor")
        if behind and callers:
            flows = [f for b in behind if b not in callers for f in self.connections.to(b, callers)]
            if flows:
                return flows
        flows = self._clear(number, found) if found.name not in ("idempotent", "authentication") else []
        if flows:
            return flows
        if found.name == "idempotent" and not callers and _REQUESTS.search(text.text[: found.start]):
            others = {
                m.key
                for m in self.owners.mentions(number)
                if not _REQUESTS.match(text.text, text.tokens[m.last - 1].end + 1)
            }
            flows = self.connections.to(others.pop()) if len(others) == 1 else []
            return flows if len(flows) == 1 else []
        if (
            found.name in ("timeout", "retry", "circuit_breaker", "fallback", "backoff", "bulkhead")
            and callers
        ):
            if (
                subject.how == "meant"
                and self.flows_before[0] == text.number
                and len(self.flows_before[1]) == 1
            ):
                ids = {c.id for k in callers if (c := self.ledger.component(k)) is not None}
                if self.flows_before[1][0][0] in ids:
                    return self.flows_before[1]
            flows = [f for c in callers for f in self.connections.out_of(c)]
            whole = found.status == "denied" or caseless(
                r"\b(?:all|every|any|its|their) (?:\w+ )?(?:calls|requests|call|request)\b"
            ).search(
                text.text,
            )
            return (
                flows
                if len(flows) == 1 or (whole and found.name in ("timeout", "retry", "circuit_breaker"))
                else []
            )
        return None

    def _clear(self, number: int, found: Found) -> list[FlowKey]:
        """Return the flow from the subject to the only other component in the clause, when it is known to be there."""
        subject = self.owners.subject(number, found.start)
        if len(subject.keys) != 1 or subject.how not in ("named", "meant", "label"):
            return []
        text = self.reading.texts[number]
        begin, end = clause_of(text.text, found.start, found.end)
        others = {
            m.key
            for m in self.owners.mentions(number)
            if begin <= text.tokens[m.first].start < end and m.key not in subject.keys
        }
        if found.name == "ttl":
            others = {k for k in others if self.ledger.kind(k) in ("cache", "key_value_db")}
        return self.connections.to(others.pop(), subject.keys) if len(others) == 1 else []

    def _failing(self, number: int, found: Found) -> list[FlowKey] | None:
        """Return the flow to what fails in "when X is down", from the subject of the sentence; None when nothing is said to fail."""
        text = self.reading.texts[number]
        for match in caseless(r"\b(?:when|if|while|whenever|should)\s(?:the\s|our\s)?").finditer(text.text):
            target = next(
                (m for m in self.owners.mentions(number) if text.tokens[m.first].start == match.end()), None
            )
            if target is not None and _DOWN.match(text.text, text.tokens[target.last - 1].end):
                callers = self.owners.subject(number, found.start).keys
                return [f for c in callers if c != target.key for f in self.connections.to(target.key, (c,))]
        return None

    def components_of(self, number: int, found: Found) -> list[str]:
        """Return the components that a fact is about."""
        text = self.reading.texts[number]
        if _EXCEPT.search(text.text) and not (found.name == "exposed_to_internet" and _ONLY.match(text.text)):
            return []
        inner = [
            m
            for m in self.owners.mentions(number)
            if found.start < text.tokens[m.first].start and text.tokens[m.last - 1].end < found.end
        ]
        if inner and found.name in _SAID_OF_ONE_INSIDE:
            return [inner[0].key] if len({m.key for m in inner}) == 1 else []
        subject = self.owners.subject(number, found.start)
        if found.name == "outbox" and not subject.keys:
            told = [
                k
                for event, keys in self.ledger.publishers.items()
                for k in keys
                if event in text.text[: found.start].lower()
            ]
            if told:
                return sorted(set(told))
        if singular(subject.noun) in ENDS and found.name not in _MESSAGING_FACTS:
            return []
        close = self._introduced(number, found, subject)
        if close:
            return close
        behind = self._behind(number, found.end)
        if subject.how in ("existential", "inside", "impersonal"):
            if behind:
                return behind
            if subject.how == "impersonal":
                return self._object(number, found, subject)
            section = self.owners.section(number)
            alone = not self.owners.mentions(number) and found.name in _OF_SECTION
            return [section] if section is not None and alone else []
        if (
            behind
            and found.name
            in (
                "backup",
                "replicas",
                "single_instance",
                "persistent",
                "dead_letter_queue",
                "retention",
                "outbox",
            )
            and _of_follows(text.text, found.end)
        ):
            return behind
        if (
            found.name == "backup"
            and subject.how in ("named", "noun")
            and caseless(r"\b(?:dumps?|backs? up|takes?|makes?)\b").search(text.text[found.start : found.end])
        ):
            return self._object(number, found, subject)
        return list(subject.keys)

    def sensitive(self, number: int) -> None:
        """State what sensitive data a component gets or keeps; what goes to an outside party is of the flows that bring it."""
        text = self.reading.texts[number]
        for start, classes, place in sensitive(text.text):
            fact = Fact("data_classes", classes, "stated", (text.evidence(),))
            if place is None:
                keys = list(self.owners.subject(number, start).keys)
            else:
                keys = [
                    m.key
                    for m in self.owners.mentions(number)
                    if text.tokens[m.first].start <= place + 4 and text.tokens[m.last - 1].end > place
                ]
            for key in keys:
                kind = self.ledger.kind(key)
                if kind in NEVER:
                    continue
                if kind in ("external_service",) and place is None:
                    for flow in self.connections.to(key, self._givers(number, start)):
                        self.ledger.state(flow, fact)
                elif kind in KEEPING | LIVE:
                    self.ledger.state(key, fact)

        for start, classes in logged(text.text):
            said_of = {
                m.key for m in self.owners.mentions(number) if text.tokens[m.last - 1].end == start - 1
            }
            for key in sorted(said_of):
                if self.ledger.kind(key) in LIVE:
                    self.ledger.state(key, Fact("data_classes", classes, "stated", (text.evidence(),)))
                    self.ledger.state(key, Fact("log_sanitization", None, "denied", (text.evidence(),)))

    def _givers(self, number: int, start: int) -> tuple[str, ...]:
        """Return whom the data come from when the sentence says so: "gets the address from X"."""
        text = self.reading.texts[number]
        found = re.search(r"\bfrom (?:the |our )?", text.text[start:])
        at = start + found.end() if found else -1
        return tuple(m.key for m in self.owners.mentions(number) if text.tokens[m.first].start == at)

    def _behind(self, number: int, end: int) -> list[str]:
        """Return the components right behind a fact: "no backups of X and Y", "a rate limit for X"."""
        text = self.reading.texts[number]
        found = _BEHIND.match(text.text, end)
        if found is None:
            return []
        out: list[str] = []
        at = found.end()
        for mention in self.owners.mentions(number):
            first = text.tokens[mention.first].start
            if first < end:
                continue
            between = text.text[at:first].lower()
            if any(
                w
                not in ("the", "our", "a", "its", "and", "or", "of", "calls", "to", "requests", "connections")
                for w in re.findall(r"[a-z]+", between)
            ) or re.search(r"[.;:(]", between):
                break
            out.append(mention.key)
            at = text.tokens[mention.last - 1].end
        return out

    def _introduced(self, number: int, found: Found, subject: Subject) -> list[str]:
        """Return the component that the fact is joined to by "with", "in" or brackets: "on PostgreSQL with two replicas"."""
        text = self.reading.texts[number]
        place = next((n for n, t in enumerate(text.tokens) if t.start >= found.start), 0)
        if not place:
            return []
        before = text.tokens[place - 1].lower
        if before == "," and _ADJECTIVE.match(text.text, found.start):
            mention = next(
                (m for m in self.owners.mentions(number) if m.last == place - 1 and not m.aside), None
            )
            return [mention.key] if mention else []
        lead = text.tokens[place].lower
        start = (
            place
            if lead in ("with", "in", "as", "on", "across", "over", "behind")
            else place - 1
            if before in ("with", "in", "as", "on", "(")
            else None
        )
        if start is None:
            return []
        mention = next((m for m in self.owners.mentions(number) if m.last == start and not m.aside), None)
        if mention is None or mention.key in subject.keys:
            return []
        passive = subject.how in ("named", "group", "meant") and subject.keys
        if passive and self.ledger.kind(mention.key) not in STORES | MESSAGING:
            return []
        return [mention.key]

    def _object(self, number: int, found: Found, subject: Subject) -> list[str]:
        """Return what "we" do it to: the only component in the clause, or what "the database" in it stands for."""
        text = self.reading.texts[number]
        if found.name == "backup":
            told = caseless(
                r"[^.;:,]{0,40}?\b(?:the|our|its)\s(database|db|store|bucket|index|broker)\b"
            ).match(
                text.text[found.start :],
            )
            if told:
                meant = self.owners.meant(number, told[1].lower())
                return [meant] if meant else []
        stop = re.search(r"\b(?:to|into|in|onto)\s|[;:,]", text.text[found.end :])
        end = found.end + stop.start() if stop else len(text.text)
        mine = [
            m
            for m in self.owners.mentions(number)
            if not m.aside and m.key not in subject.keys and m.first >= subject.last
        ]
        here = {m.key for m in mine if text.tokens[m.first].start < end}
        return [k for k in here if fits(self.ledger.kind(k), found.name)] if len(here) == 1 else []

    def _target_kind(self, flow: FlowKey) -> str:
        return next(
            (self.ledger.kind(k) for k, c in self.ledger.components.items() if c.id == flow[1]), "other"
        )


def _of_follows(text: str, end: int) -> bool:
    return bool(caseless(r"\s*(?:\w+\s)?(?:of|for)\s").match(text[end:]))
