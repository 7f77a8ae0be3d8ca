"""Active or passive: whether the participle of a clause tells what is done to somebody."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from buttress.prose.mentions.spelling import Mention
from buttress.prose.text import Token
from buttress.prose.verbs import Verb
from buttress.prose.words import PREPOSITIONS, STOP

BE = frozenset(["is", "are", "was", "were", "be", "been", "being", "gets", "get", "got"])
_TOGETHER = frozenset("together up off out down away then".split())
_AS_SOON_AS = frozenset("once when whenever if after until unless".split())


class Voice:
    """The words of a sentence with its mentions and verbs, of which participles are asked for their voice."""

    tokens: Sequence[Token]
    verbs: Mapping[int, Verb]
    at: Mapping[int, Mention]
    subject: Mention | None

    def _passive(self, n: int) -> bool:
        for k in range(n - 1, max(-1, n - 4), -1):
            lower = self.tokens[k].lower
            if lower in BE:
                return True
            if k in self.at or not (
                lower.endswith("ly")
                or lower
                in ("also", "then", "not", "only", "always", "first", "both", "all", "being", "be", "been")
            ):
                return self._goes_on_passive(k)
        return False

    def _goes_on_passive(self, k: int) -> bool:
        """Return whether the word at `k` joins a participle to one that is passive: "are batched, packed *and* uploaded"."""
        if k < 1 or self.tokens[k].lower not in ("and", "or", ","):
            return False
        k -= self.tokens[k - 1].text == ","
        while (
            k > 1
            and k - 1 not in self.verbs
            and (self.tokens[k - 1].lower.endswith("ly") or self.tokens[k - 1].lower in _TOGETHER)
        ):
            k -= 1
        earlier = self.verbs.get(k - 1)
        return earlier is not None and earlier.participle and self._passive(k - 1)

    def _reduced(self, n: int) -> bool:
        """Return whether a participle stands right behind its noun, "a cache used by the gateway", or alone below it: "Backed by Redis."."""
        if n == 0:
            acts = any(not (v.participle or v.gerund) for v in self.verbs.values())
            return (
                self.subject is not None
                and not acts
                and self.tokens[1:2] != ()
                and self.tokens[1].lower in PREPOSITIONS
            )
        k = n - 2 if n > 1 and self.tokens[n - 1].text == "," else n - 1
        if k > 1 and self.tokens[k].lower == "itself" and self.tokens[k - 1].text == ",":
            k -= 2  # "the auth service, itself backed by …"
        return k in self.at or (
            n > 0
            and self.tokens[k].is_word
            and (self.tokens[k].lower not in STOP or (self._by(n) and self.tokens[k].lower in _AS_SOON_AS))
            and (self.verbs[n].base not in ("read", "put", "run", "set") or self._by(n))
        )

    def _by(self, n: int) -> bool:
        return n + 1 < len(self.tokens) and self.tokens[n + 1].lower == "by"
