"""What is done to things one after another: "collected by the agent, queued in Kafka, parsed by the loader and stored in ClickHouse"."""

from __future__ import annotations

from typing import NamedTuple

from buttress.model.kinds import MESSAGING, STORES
from buttress.prose.flows.between import Pair
from buttress.prose.flows.moves import Moving
from buttress.prose.mentions.spelling import Mention
from buttress.prose.verbs import flow_by, flow_of
from buttress.prose.words import DETERMINERS, PALE

_JOINS = frozenset((",", "and", "then", "before", "being", "finally", "is", "are", "next", "later"))
_FETCHING = ("reads", "consumes")


class _Stop(NamedTuple):
    """Where things come to: who acts, or what keeps them; `fetched` says that who acts gets them by itself."""

    mention: Mention
    acts: bool
    fetched: bool = False


class Series(Moving):
    """A clause and the flows of what is done in it, step by step, to what nobody names as a part."""

    def in_series(self) -> tuple[list[Pair], set[int]]:
        """Return who hands things on to whom, and the ids of the mentions that take part; nothing for fewer than two steps.

        Who is named by "by" takes things from where they were put last, or gets them from who had them last.
        """
        stops = self._stops()
        if len(stops) < 2 or not any(s.acts for s in stops):
            return [], set()
        out: list[Pair] = []
        holder: Mention | None = None  # who had them last
        place: Mention | None = None  # where they lie
        for stop in stops:
            kept = stop.mention.kind() in MESSAGING
            if not stop.acts:
                if holder is not None:
                    out.append((holder, stop.mention, "publishes" if kept else "writes"))
                place = stop.mention
                continue
            if place is not None:
                out.append((stop.mention, place, "consumes" if place.kind() in MESSAGING else "reads"))
            elif holder is not None:
                ends = (stop.mention, holder) if stop.fetched else (holder, stop.mention)
                out.append((*ends, "reads" if stop.fetched else "calls"))
            holder, place = stop.mention, None
        return out, {id(s.mention) for s in stops}

    def _stops(self) -> list[_Stop]:
        """Return where things come to by the participles of one series, in their order; nothing where another verb stands among them."""
        out: list[_Stop] = []
        last = 0
        for n, verb in self.verbs.items():
            if verb.base == "be":
                continue
            if not verb.participle or (not out and any(m.last <= n and not m.aside for m in self.mentions)):
                return []
            found = self._stop(n) if self._passive(n) or self._joins(last, n) else None
            if found is None:
                return []
            out.append(found)
            last = found.mention.last
        return out

    def _joins(self, last: int, n: int) -> bool:
        """Return whether nothing but signs and small words stands between what a series came to and a participle."""
        return last > 0 and all(t.lower in _JOINS or t.lower.endswith("ly") for t in self.tokens[last:n])

    def _stop(self, n: int) -> _Stop | None:
        """Return where things come to by the participle at `n`, None where that is no part or not told."""
        preposition = self.tokens[n + 1].lower if n + 1 < len(self.tokens) else ""
        k = n + 2
        while k < len(self.tokens) and (self.tokens[k].lower in DETERMINERS or self.tokens[k].lower in PALE):
            k += 1
        mention = self.at.get(k)
        if mention is None or mention.aside:
            return None
        keeps = mention.kind() in STORES | MESSAGING
        if preposition == "by":
            how, _ = flow_by(self.verbs[n].base) or ("", True)
            return None if keeps or mention.kind() == "actor" else _Stop(mention, True, how in _FETCHING)
        told = flow_of(self.verbs[n].base, preposition)
        return _Stop(mention, acts=False) if keeps and told is not None else None
