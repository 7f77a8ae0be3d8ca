"""What a verb does to what it governs: the kind of flow that a verb, its preposition and the kind of its target tell."""

from __future__ import annotations

import re

from buttress.model.kinds import MESSAGING, STORES
from buttress.prose.flows.clause import WAYS_IN
from buttress.prose.flows.governing import Governed
from buttress.prose.mentions.spelling import Mention
from buttress.prose.verbs import Verb, flow_of, flow_verbs

# Verbs that tell something else of what comes from a store or goes into it.
_NO_MOVING = frozenset(
    """
        be have do migrate switch move change differ separate isolate decouple protect prevent hide split free benefit suffer keep deploy
        run install build turn convert transform integrate plug look remove drop-from distinguish shield exclude disconnect replace
    """.split()
)
_SERVING_KINDS = STORES | MESSAGING | {"external_service", "identity_provider"}
# What a store keeps apart for each of those who use it.
_OWN_PART = r"\b(?:schemas?|databases?|tables?|buckets?|keyspaces?|collections?|index(?:es)?|namespaces?|data|state)\b"
_HAVING = frozenset("need require maintain keep hold get have rely depend share set".split())
# What one thing has to another, opens to it or keeps open.
_LINK = r"\b(?:access|connections?|connectivity|links?|sessions?|(?:web)?sockets?|streams?|tunnels?|channels?|subscriptions?|dependenc(?:y|ies)|pool)\b"
_COMPARING = frozenset("join merge combine compare reconcile match enrich correlate intersect".split())
_STAYING = frozenset("be have sit live stand run host happen stop end work stay remain".split())
_LINK_OR_CALL = rf"{_LINK}|\b(?:calls?|requests?|quer(?:y|ies)|round[- ]?trips?|hops?)\b"
_OWNING = frozenset("have own keep maintain".split())
_USING = frozenset("have own keep get use".split())
_HOLDING = frozenset("take acquire hold obtain release maintain".split())
_LOCK = r"\b(?:locks?|lease)\b"
_POINTING = frozenset("point look aim query".split())
_NO_MEANS = frozenset(
    "be have start scale replace run live loop iterate walk step think deploy install".split()
)
_NAMED = ("agent", "acting", "known", "code", "role", "proper")
_COMPOSING = frozenset(("add", "insert"))  # what is added to a thing that keeps nothing is a change of it
_MAKING = frozenset("make issue perform do open give start put".split())
# What one makes, issues or opens to call something.
_REQUEST = rf"request|call|\buse\b|quer|lookup|rpc|ping|notification|event|message|look-up|read|write|hook|fetch|push|{_LINK}"


class Effects(Governed):
    """A clause, and for each verb in it the kind of flow that it tells of the mention that it governs."""

    def _way_in_between(self, n: int, target: Mention) -> bool:
        """Return whether what a verb offers is a way in: "provides the API and the console for *the agents*"."""
        return any(t.lower in WAYS_IN for t in self.tokens[n + 1 : target.first])

    def _supplied(self, target: Mention) -> bool:
        """Return whether a mention is whom something is given: "supplies *the gateway* with keys"."""
        return target.last < len(self.tokens) and self.tokens[target.last].lower == "with"

    def _kind(self, n: int, verb: Verb, preposition: str, target: Mention, passive: bool) -> str | None:
        """Return the kind of flow that the verb at `n` tells of a mention behind a preposition, None where it tells none."""
        if passive and not preposition:
            return None
        kind = (
            flow_of(verb.base, preposition)
            or self._by_way_of(verb, preposition, target, passive=passive)
            or (
                target.kind() in STORES | MESSAGING
                and self._put_or_taken(n, verb, preposition, target, passive=passive)
            )
            or self._had(n, verb, preposition, target)
        )
        if not kind or (kind == "writes" and verb.base in _COMPOSING and not _keeps(target)):
            return None
        if (
            kind == "calls"
            and preposition
            and verb.base in _MAKING
            and not self._between(n, target, _REQUEST)
        ):
            return None
        if kind == "runs_on" and target.kind() in STORES | MESSAGING:
            return "reads" if self.tokens[target.first - 2].lower.startswith("quer") else "calls"
        if (
            kind == "runs_on"
            and target.kind() != "compute_host"
            and target.how not in ("technology", "known")
        ):
            return None
        return kind

    def _by_way_of(self, verb: Verb, preposition: str, target: Mention, *, passive: bool) -> str | None:
        """Return the flow to what something is done with or through: "sends mail *via SendGrid*"."""
        if preposition not in ("via", "through", "using") or verb.base in _NO_MEANS:
            return None
        means = target.technology is not None or target.role is not None
        through = preposition != "using" and not target.bare and target.how in _NAMED
        served = not passive and target.kind() in _SERVING_KINDS
        acts = flow_of(verb.base, "to") or (through and (not passive or verb.base in flow_verbs())) or served
        return "calls" if (means or through) and acts else None

    def _had(self, n: int, verb: Verb, preposition: str, target: Mention) -> str | None:
        """Return the flow of having and holding: "keeps a connection to …", "has a schema in …", "takes a lock in …"."""
        if preposition == "to" and verb.base in _HAVING:
            return "calls" if self._between(n, target, _LINK_OR_CALL) else None
        if not preposition and verb.base in _OWNING and self._owned(n, target):
            return "calls"
        if preposition in ("in", "on") and verb.base in _USING and target.kind() in STORES:
            return "calls" if self._between(n, target, _OWN_PART) else None
        at = preposition == "-" and self.tokens[self._before_article(target)].lower == "at"
        if at and target.kind() in ("external_service", "identity_provider") and verb.base not in _STAYING:
            return "calls"  # "charges the card at Stripe"
        if preposition == "with" and verb.base == "send" and target.kind() == "external_service":
            return "calls"
        if preposition == "in" and verb.base in _HOLDING:
            return "writes" if target.kind() in STORES or self._between(n, target, _LOCK) else None
        if preposition == "-" and (
            verb.base in _POINTING or (verb.base == "make" and self.tokens[n + 1].lower == "use")
        ):
            return "calls"
        return None

    def _between(self, n: int, target: Mention, pattern: str) -> bool:
        """Return whether words between the verb at `n` and a mention are of a sort."""
        return bool(re.search(pattern, " ".join(t.lower for t in self.tokens[n + 1 : target.first])))

    def _put_or_taken(
        self, n: int, verb: Verb, preposition: str, target: Mention, *, passive: bool
    ) -> str | None:
        """Return the flow of any verb that puts something into a store or takes it from one: "drops a file into S3", "counted in Redis by …"."""
        if verb.base in _NO_MOVING or (verb.gerund and not passive):
            return None
        acts = (
            bool(self._agents_behind(target)) or self._agent_between(n, target) is not None
            if passive
            else self._has_object(n)
        )
        if not acts:
            return None
        if preposition in ("into", "onto", "in") or (preposition == "on" and passive):
            return "writes"
        compared = preposition in ("with", "against") and verb.base in _COMPARING
        return "reads" if (preposition in ("from", "off") or compared) and not passive else None


def _keeps(mention: Mention) -> bool:
    """Return whether a mention may be of a thing in which others are kept."""
    return mention.how == "known" or mention.technology is not None or mention.kind() in STORES | MESSAGING
