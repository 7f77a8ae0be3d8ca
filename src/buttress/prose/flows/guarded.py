"""What a verb doesn't tell though it could: "written in Go", "based on the class", "can be deployed using Helm", "a setting that applies to"."""

from __future__ import annotations

from buttress.model.kinds import MESSAGING, STORES
from buttress.prose.flows.effects import Effects
from buttress.prose.mentions.spelling import Mention
from buttress.prose.verbs import Verb

_KEPT = STORES | MESSAGING
_MADE = frozenset("build write implement develop create make program code".split())
_BEING = frozenset("run act serve work function operate start".split())
_MEANS = frozenset("use utilise utilize employ leverage".split())
# "When using Redis, …", "we recommend using Redis", "plugins for using Redis": whoever it is that uses it.
_WHOEVER = frozenset(
    "when if while for of about after before without recommend recommends recommended consider suggest (".split()
)
_TAKING_OUT = frozenset("remove delete purge clear".split())
_MAKING = frozenset("create make generate".split())
_SHARING = frozenset(("share", "incorporate"))
_HEARING = frozenset(("listen", "subscribe"))


class Guarded(Effects):
    """A clause, and for each verb in it whether it tells no flow to what it governs."""

    def _tells_nothing(self, n: int, verb: Verb, preposition: str, target: Mention, *, passive: bool) -> bool:
        """Return whether the verb at `n` and its preposition tell no flow to a mention, whatever such verbs tell of others."""
        base = verb.base
        if self.tokens[n + 1].lower == "between" and any(m.kind() in MESSAGING for m in self.mentions):
            return True  # a broker "routes between publishers and subscribers": that is what a broker is
        if not preposition and not passive and self._moved_thing(target):
            return True  # "proxies API requests to …"
        if not preposition and base in _BEING and self.tokens[self._before_name(target)].lower == "as":
            return True  # "runs as an independent service"
        if passive:
            return (
                base == "find"  # "more can be found in the repository"
                or (base == "write" and preposition == "in" and target.kind() not in _KEPT)  # "in Go"
                or (base == "base" and not self._is_product(target))  # "based on the class"
            )
        if not preposition and base in _SHARING and not self._is_product(target):
            return True  # "shares a cookie", "incorporates the design"
        if preposition == "from":
            return base in _MAKING or (base in _TAKING_OUT and target.kind() not in _KEPT)
        if preposition == "on" and base in _HEARING:
            return target.kind() not in _KEPT  # "listens on the port"
        return verb.gerund and base in _MEANS and self._used_by_nobody(n)

    @staticmethod
    def _is_product(mention: Mention) -> bool:
        """Return whether a mention is of what runs by itself, not of a class, a standard or a library."""
        return mention.how == "known" or mention.kind() in _KEPT | {"identity_provider", "external_service"}

    def _used_by_nobody(self, n: int) -> bool:
        """Return whether "using" at `n` tells how something is made or done, and nobody who is named does it."""
        before = self.tokens[n - 1].text.lower() if n else ""
        earlier = max(
            (k for k in self.verbs if k < n and self.verbs[k].base not in ("be", "have")), default=None
        )
        if before in _WHOEVER and self.tokens[n - 2].lower != "responsible":
            return True
        if earlier is None:
            return False
        verb = self.verbs[earlier]
        if earlier == n - 1 and verb.base in _MADE:
            return True  # "built using Flask"
        done = verb.participle and self._passive(earlier) and self._agent_between_words(earlier, n) is None
        return done and not any(t.lower in ("it", "they") for t in self.tokens[:n])

    def _agent_between_words(self, first: int, last: int) -> Mention | None:
        """Return who acts by a participle: what "by" leads to between two words."""
        return next(
            (
                m
                for m in self.mentions
                if first < m.first < last and self.tokens[self._before_article(m)].lower == "by"
            ),
            None,
        )
