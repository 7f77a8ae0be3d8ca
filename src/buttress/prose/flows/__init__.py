"""Flows in sentences: which mention acts, by which verb, upon which other mention."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from buttress.model.kinds import MESSAGING, STORES
from buttress.prose.flows.access import accessing
from buttress.prose.flows.constructions import carrying, constructed, hands_on, joined, listed
from buttress.prose.flows.dependence import depending
from buttress.prose.flows.guarded import Guarded
from buttress.prose.flows.relations import related
from buttress.prose.mentions.nouns import COLLECTIVES, MOVED, PARTICLES
from buttress.prose.mentions.spelling import Mention
from buttress.prose.text import Sentence
from buttress.prose.verbs import Verb, flow_by, flow_of, lexicon, receives, third_person
from buttress.prose.words import DENIED, DETERMINERS, HYPOTHETICAL, PLANNED, PREPOSITIONS

_OFFERING = frozenset(("expose", "provide", "offer", "serve", "supply"))  # "exposes metrics to Prometheus"
_ARROW = re.compile(r"\s*(?:-{1,2}>|→|=>|⟶|➜|➡|↔|⇄|⇆|⟷)\s*")
_PATH = re.compile(r"(?:^|[\s(`'\"])/[\w*{}/.:-]*[`'\"]?$")  # what stands before the arrow of a route
_FILLED = frozenset(
    "feed populate fill build derive generate seed hydrate refresh load initialise initialize sync synchronise synchronize rebuild update".split()
)
_PLURAL = frozenset("are have were both each all".split())
# What is done to whoever then needs the other: "the app is *connected* to …".
_SET_UP = frozenset(
    "connect integrate link wire deploy host install route forward proxy redirect base build subscribe bind attach".split()
)
_SENT = frozenset("event events message messages command commands".split())
_WORK = frozenset("task tasks action actions item items operation operations execution executions".split())
_BY_MEANS = frozenset(("via", "with", "through", "from"))  # "is run via a cron job"
_KEPT = frozenset("store keep cache hold persist save record".split())
_SUPPLYING = frozenset(("provide", "supply", "feed", "serve"))  # "provides the gateway with keys"
SERVING = frozenset(("power", "serve", "feed"))


@dataclass(slots=True)
class Step:
    """One flow read from a sentence: mention `source` starts it, `target` is needed. `carried`: the subject stood elsewhere."""

    source: Mention
    target: Mention
    kind: str
    sentence: int
    carried: bool = False
    planned: bool = False
    hypothetical: bool = False


def steps(
    text: Sentence, mentions: Sequence[Mention], subject: Mention | None, broker: Mention | None = None
) -> list[Step]:
    """Return the flows in one sentence. `subject` is who acts when the sentence doesn't say, `broker` what carries "it".

    Source of the grammar: for each target the closest verb before it, for each verb the closest free mention before it.
    """
    mentions = [m for m in mentions if not _is_moved(text, m)]
    out = _arrows(text, mentions, subject)
    if not out:
        out = _Reader(text, mentions, subject, broker).run()
    seen = set()
    unique = []
    for step in out:
        key = (step.source.key, step.target.key, step.kind)
        if step.source.key != step.target.key and key not in seen:
            seen.add(key)
            unique.append(step)
    return unique


def _is_moved(text: Sentence, mention: Mention) -> bool:
    """Return whether a mention is work or what moves, though it sounds like a part: "takes *jobs* from the queue", "which *tasks* are ready"."""
    surface = mention.surface.lower()
    if mention.how == "known" or mention.label or mention.technology is not None:
        return False
    if (
        mention.role is None
        and text.tokens[mention.last : mention.last + 1]
        and text.tokens[mention.last].lower in _SENT
    ):
        return True  # "consumes the OrderPlaced event"
    if mention.how == "code":
        return False
    if surface in _WORK:  # behind a verb it isn't what the sentence is about
        return any(t.lower in lexicon() for t in text.tokens[: mention.first])
    k = mention.first - 1
    while k > 0 and text.tokens[k].lower in DETERMINERS:
        k -= 1
    if surface not in MOVED or k < 0 or mention.last >= len(text.tokens):
        return False
    before, after = text.tokens[k].lower, text.tokens[mention.last].lower
    verb = lexicon().get(text.tokens[k - 1].lower if before in PARTICLES else before)
    return verb is not None and not verb.participle and verb.base != "be" and after in PREPOSITIONS


def _arrows(text: Sentence, mentions: Sequence[Mention], subject: Mention | None) -> list[Step]:
    """Read "A -> B -> C" where each side is a mention; whoever is spoken of routes by the paths of "`/api` → backend"."""
    if not _ARROW.search(text.text):
        return []
    out = []
    for found in _ARROW.finditer(text.text):
        left = [m for m in mentions if text.tokens[m.last - 1].end <= found.start()]
        right = [m for m in mentions if text.tokens[m.first].start >= found.end()]
        behind = text.text[found.end() : text.tokens[right[0].first].start] if right else ""
        if not right or len(behind.split()) > 2 or "->" in behind:
            continue
        if _PATH.search(text.text[: found.start()]):
            if subject is not None and subject.kind() in ("gateway", "load_balancer", "cdn"):
                out.append(Step(subject, right[0], "routes", right[0].sentence, carried=True))
        elif left and any(w.islower() and third_person(w) for w in behind.split()[:1]):
            if mentions[0].first <= 1 and mentions[0] is not right[0]:  # "Worker takes a job → calls Billing"
                out.append(Step(mentions[0], right[0], "calls", right[0].sentence))
        elif left:
            before = text.text[text.tokens[left[-1].last - 1].end : found.start()]
            if len((before + behind).split()) <= 2 and "->" not in before and "," not in before:
                out += [Step(left[-1], m, "calls", m.sentence) for m in listed(text, right, 0)]
    return out


class _Reader(Guarded):
    """Reads the flows of one sentence."""

    def run(self) -> list[Step]:
        parts = [m for m in self.mentions if not (m.bare and m.kind() == "actor")]
        out = [
            self._step(a, b, kind, b.first)
            for a, b, kind in (
                *constructed(self.text, self.mentions, self.subject),
                *related(self.text, self.mentions),
                *depending(self.text, parts),
                *accessing(self.text, parts),
                *self.referring(),
            )
        ]
        out += self._joined(out)
        moved, ends = self.moved()
        out = [s for s in out if (id(s.source), id(s.target)) not in ends]
        out += [self._step(a, b, kind, b.first) for a, b, kind in moved]
        steps, takers = self.in_series()
        out = [s for s in out if id(s.target) not in takers and id(s.source) not in takers]
        out += [self._step(a, b, kind, b.first) for a, b, kind in steps]
        places = {end for pair in ends for end in pair} | takers
        negated = bool(DENIED.search(self.text.text))
        for index, target in enumerate(self.mentions):
            if id(target) in places or (self._owns(target) and not self._way_in(target)):
                continue  # "validates with Keycloak's keys" needs the keys
            if (
                target.how == "code"
                and (named := self.at.get(target.first - 1))
                and named.kind() in MESSAGING
            ):
                continue  # "publishes to the Kafka topic `orders`"
            found = self._governor(index)
            if found is None:
                continue
            n, preposition = found
            verb = self.verbs[n]
            if self._shut_out(target):
                continue
            if (self._negated(n) and negated) or self._no_longer(n) or self.tokens[n + 1].lower == "no":
                continue  # "has no access to"
            if not hands_on(self.text, self.mentions, index):
                told = self._read(n, verb, preposition, target)
                first = self._joined_to(n)
                if not told and first is not None:
                    told = self._read(first, self.verbs[first], preposition, target)
                out += told
        out = [s for s in self._carried_by(_no_shortcuts(out)) if not self._kept_by_a_broker(s)]
        for step in out:
            step.source, step.target = step.source.meant(), step.target.meant()
        return out

    def _kept_by_a_broker(self, step: Step) -> bool:
        """Return whether the broker of an earlier sentence would write to a store, where this one names nobody: "data that is written to …"."""
        carried = step.source is self.subject and step.source.kind() in MESSAGING
        return (
            carried
            and step.target.kind() in STORES
            and not any(t.lower in ("it", "they") for t in self.tokens)
        )

    def _joined_to(self, n: int) -> int | None:
        """Return the verb that has the same object: "*pulls* and unpacks archives from …"; `n`: the second."""
        k = self._before_adverbs(n)
        verb = self.verbs.get(k - 1)
        if k < 1 or self.tokens[k].lower != "and" or verb is None:
            return None
        return k - 1 if verb.third == self.verbs[n].third and not verb.participle else None

    def _shut_out(self, target: Mention) -> bool:
        """Return whether what is said holds for another and not for this one: "keeps sessions in Redis, not in *Postgres*"."""
        k = self._before_article(target)
        k = k - 1 if self.tokens[k].lower in PREPOSITIONS else k
        return k > 1 and self.tokens[k].lower == "not" and self.tokens[k - 1].text in (",", "and", "but")

    def _joined(self, found: Sequence[Step]) -> list[Step]:
        """Return the same steps for those who are joined to who starts them: "*the app* and the site are clients of …"."""
        out: list[Step] = []
        for step in found:
            one = step.source
            after = self.tokens[one.last].lower if one.last < len(self.tokens) else ""
            if one.sentence != self.text.place or one.first > step.target.first or after not in _PLURAL:
                continue
            out += [replace(step, source=m) for m in joined(self.text, self.mentions, one) if m is not one]
        return out

    def _carried_by(self, found: list[Step]) -> list[Step]:
        """Return the steps with what goes by a broker put as two: "sends events to B via Kafka" makes B read from Kafka."""
        out: list[Step] = []
        for step in found:
            carrier = carrying(self.text, self.mentions, step.target)
            if carrier is None or step.kind in ("runs_on", "depends_on") or step.source is carrier:
                out.append(step)
                continue
            if carrier.kind() not in MESSAGING:
                out.append(replace(step, target=carrier))
                out.append(replace(step, source=carrier))
                continue
            comes = self._comes_from(step.target)
            out.append(replace(step, target=carrier, kind="consumes" if comes else "publishes"))
            out.append(
                replace(step, source=step.target, target=carrier, kind="publishes" if comes else "consumes")
            )
        brokered = {(id(s.source), id(s.target)) for s in out if s.kind in ("publishes", "consumes")}
        return [s for s in out if s.kind != "calls" or (id(s.source), id(s.target)) not in brokered]

    def _comes_from(self, mention: Mention) -> bool:
        n = self._before_article(mention)
        return n >= 0 and self.tokens[n].lower == "from"

    def _read(self, n: int, verb: Verb, preposition: str, target: Mention) -> list[Step]:
        passive = verb.participle and (
            self._passive(n) or self._reduced(n) or self._agent_before(n) is not None
        )
        if (
            passive
            and preposition
            and preposition != "by"
            and (agent := self._agent_between(n, target)) is not None
        ):
            kind = flow_of(verb.base, preposition) or (preposition == "from" and "reads") or None
            return [self._step(agent, target, kind, n)] if kind else []
        if not preposition and not passive and (named := self.by_message(n, target)):
            return [self._step(a, b, "calls", n) for a, b in named]
        if self._tells_nothing(n, verb, preposition, target, passive=bool(passive)):
            return []
        if passive and preposition in _BY_MEANS and target.kind() == "scheduler" and flow_by(verb.base):
            return [self._step(target, s, "calls", n) for s in self._subjects(n, passive=True)]
        if passive and verb.base == "use" and preposition in ("within", "inside", "in", "across"):
            needed = [s for s in self._subjects(n, passive=True) if s is not target]
            return [self._step(target, s, "calls", n) for s in needed if target.kind() not in STORES]
        if preposition == "to" and not passive and self._answers(n, target):
            return []
        if passive and preposition == "from" and verb.base in _FILLED:
            return [self._step(s, target, "reads", n) for s in self._subjects(n, passive=True)]
        if passive and preposition == "by":
            if (broker := self.sent_on(n)) is not None:
                return [self._step(target, broker, "publishes", n)]
            if handed := self.handed(n, target):
                return [self._step(a, b, kind, n) for a, b, kind in handed]
            if verb.base == "feed":
                return [
                    self._step(target, s, "writes", n)
                    if s.kind() in STORES | MESSAGING
                    else self._step(s, target, "reads", n)
                    for s in self._subjects(n, passive=True)
                ]
            found = flow_by(verb.base)
            if found is None:
                return []
            if self._of_another(n):
                return []  # "an endpoint exposed by the server", "executions which are run by the runner"
            how, reverse = found
            subjects = self._acted_on_before(n) or self._subjects(n, passive=True)
            return [
                self._step(target, s, how, n) if reverse else self._step(s, target, how, n) for s in subjects
            ]
        if preposition and not passive and (gapped := self._left_out(n, preposition, target)) is not None:
            kind = self._kind(n, verb, preposition, target, passive)
            return [self._step(gapped, target, kind, n)] if kind else []
        if preposition == "from" and (called := self.called_from(n, target)):
            return [self._step(a, b, kind, n) for a, b, kind in called]
        if preposition == "from" and (arriving := self.arriving(n, target)):
            return [self._step(a, b, kind, n) for a, b, kind in arriving]
        if preposition == "from" and not passive and (receives(verb.base) or self.asked(n, target)):
            return [self._step(target, s, "calls", n) for s in self._subjects(n)]
        if verb.base in _SUPPLYING and not preposition and not passive and self._supplied(target):
            return [self._step(target, s, "calls", n) for s in self._subjects(n)]
        if (
            verb.base in SERVING
            and (not preposition or (verb.base == "power" and preposition in ("in", "of", "for")))
            and not passive
            and target.how != "technology"
        ):
            return [self._step(target, s, "calls", n) for s in self._subjects(n)]
        offers = preposition == "to" or (preposition == "for" and self._way_in_between(n, target))
        if not passive and offers and verb.base in _OFFERING and n + 1 < target.first - 1:
            offering = [s for s in self._subjects(n) if s.surface.lower() not in COLLECTIVES]
            return [self._step(target, s, "calls", n) for s in offering]
        if not passive and preposition == "with" and verb.base == "share":
            shared = [m for m in self.mentions if n < m.first < target.first]
            return [self._step(target, m, "calls", n) for m in shared if m.kind() in STORES | MESSAGING]
        kind = self._kind(n, verb, preposition, target, passive)
        if kind is None or (kind == "depends_on" and not preposition and self._required_to_act(target)):
            return []
        if passive:
            if verb.base in _SET_UP:
                sources = self._subjects(n, passive=True)
            elif (
                self._reduced(n)
                and not self._passive(n)
                and verb.base in _KEPT
                and (earlier := self._earlier(n)) is not None
            ):
                return [
                    self._step(
                        s,
                        target,
                        "reads" if flow_of(self.verbs[earlier].base, "from") == "reads" else kind,
                        n,
                    )
                    for s in self._subjects(earlier)
                ]
            else:
                agent = self._agent_before(n)
                behind = self._agents_behind(target)
                sources = behind or ([agent] if agent is not None else self._senders(n))
                if kind == "calls" and preposition in _BY_MEANS and target.kind() in MESSAGING:
                    kind = "publishes"  # "the worker is notified via RabbitMQ"
            return [self._step(s, target, kind, n) for s in sources]
        return [self._step(s, target, kind, n) for s in self._subjects(n)]

    def _required_to_act(self, target: Mention) -> bool:
        """Return whether what is required is that somebody does something: "requires all *services* to switch"."""
        after = self.tokens[target.last].lower if target.last < len(self.tokens) else ""
        several = target.surface.lower() in COLLECTIVES or target.kind() == "actor"
        return several and after == "to"

    def _acted_on_before(self, n: int) -> list[Mention]:
        """Return what a passive before acted on, to which this one is joined: "*Redis* is filled by A and *read* by B"; `n`: the participle."""
        k = self._before_adverbs(n)
        if k < 1 or self.tokens[k].lower != "and":
            return []
        agent = self.at.get(k - 1)
        earlier = self._before_article(agent) - 1 if agent is not None else 0
        if earlier < 1 or self.tokens[earlier + 1].lower != "by" or not self._passive(earlier):
            return []
        kept = [m for m in self.mentions[:1] if m.kind() in STORES | MESSAGING and m.last < earlier]
        return self._subjects(earlier, passive=True) or kept

    def _left_out(self, n: int, preposition: str, target: Mention) -> Mention | None:
        """Return who acts where the verb isn't said again: "the app fetches from the gateway, *the gateway* from the API"."""
        k = self._before_article(target)
        actor = self.at.get(k - 1)
        if self.tokens[k].lower != preposition or actor is None or actor.first <= n:
            return None
        before = self._before_article(actor)
        if actor.bare and self.tokens[actor.first - 1].lower in ("its", "their"):
            return None  # "reads its work from Kafka and its templates from S3"
        joined = self.tokens[before].text in (",", ";") or (
            self.tokens[before].lower == "and" and before != actor.first - 1
        )
        return actor if joined and not actor.aside else None

    def _step(self, source: Mention, target: Mention, kind: str, n: int) -> Step:
        near = self.text.text
        carried = source.sentence != target.sentence
        return Step(
            source,
            target,
            kind,
            self.text.place,
            carried,
            bool(PLANNED.search(near)),
            bool(HYPOTHETICAL.search(near)),
        )


def _no_shortcuts(found: Sequence[Step]) -> list[Step]:
    """Return the steps without calls past who passes them on: "from the browser *through nginx* to the app" tells no call to the app."""
    onwards = {id(s.source): id(s.target) for s in found if s.kind == "routes"}
    passed = {(id(s.source), onwards[id(s.target)]) for s in found if id(s.target) in onwards}
    return [s for s in found if s.kind != "calls" or (id(s.source), id(s.target)) not in passed]
