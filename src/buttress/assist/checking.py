"""Whether a claim may be taken: its words stand in a source, and its names are those of components or stand there too."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from buttress.additions import place_of
from buttress.additions.quotes import Texts, says
from buttress.errors import UnknownName
from buttress.evidence.secrets import quotable, without_secret
from buttress.model import Claim, Component, Diagnostic, Evidence, Fact, Flow, Merge, Rejection, SystemGraph
from buttress.names import keys, meant

WRITTEN = ("prose", "list", "table", "heading")


@dataclass(frozen=True, slots=True)
class Checked:
    """The claims that may be taken, each with the place of its words and the names of the graph, and why the others may not."""

    taken: tuple[Claim, ...] = ()
    refused: tuple[Diagnostic, ...] = ()


class _Refused(Exception):
    pass


def check(claims: Sequence[Claim], texts: Texts, system: SystemGraph, *, trusted: bool = True) -> Checked:
    """Return which of some claims about a system hold against the texts that it was read from.

    Unless they are `trusted`, only what prose alone has said can be rejected or joined, as a model's word doesn't remove what a manifest
    shows, and a fact in words must have its words in the quote.
    """
    checker = _Checker(texts, system, claims, trusted)
    taken: list[Claim] = []
    refused: list[Diagnostic] = []
    for claim in claims:
        found = place_of(claim, texts)
        if isinstance(found, Diagnostic):
            refused.append(replace(found, level="error"))
            continue
        try:
            checked = checker.checked(claim, found)
        except (_Refused, UnknownName) as why:
            refused.append(Diagnostic(claim.file, claim.at, str(why), "error"))
            continue
        taken.append(checked)
    return Checked(tuple(taken), tuple(refused))


class _Checker:
    def __init__(self, texts: Texts, system: SystemGraph, claims: Sequence[Claim], trusted: bool) -> None:
        self.texts = texts
        self.trusted = trusted
        self.system = system
        self.new = [c.value for c in claims if isinstance(c.value, Component)]
        self.between = {(f.source, f.target) for f in system.flows}
        self.flows = [c.value for c in claims if isinstance(c.value, Flow)]

    def checked(self, claim: Claim, found: Evidence) -> Claim:
        """Return a claim with its place and names settled. Raises _Refused or UnknownName with what is wrong."""
        self._no_secret(claim, found)
        value = claim.value
        owner = claim.owner
        match value:
            case Component():
                for name in (value.name, *value.aliases):
                    self._stands(name)
            case Flow():
                value = replace(value, source=self._named(value.source), target=self._named(value.target))
            case Fact():
                owner = self._owner(owner)
                if not self.trusted and isinstance(value.value, str) and not says(claim.quote, value.value):
                    raise _Refused(f"the quote doesn't say {value.value[:60]!r}")
            case Merge():
                value = replace(value, names=self._merged(value.names, claim))
            case Rejection():
                value = replace(value, names=self._rejected(value, claim))
            case _:
                pass
        return replace(claim, value=value, owner=owner, source=found.source, line=found.line)

    def _no_secret(self, claim: Claim, found: Evidence) -> None:
        shown = without_secret if found.form == "config" else quotable
        if shown(claim.quote) != claim.quote:
            raise _Refused("the quote holds a secret; quote only what stands before it")

    def _stands(self, name: str) -> None:
        if not self.texts.say(name):
            raise _Refused(
                f"the name {name!r} stands in no file that was read; use the words of the documents"
            )

    def _named(self, name: str) -> str:
        """Return the name of the component that is meant, as the graph or the claims write it."""
        known = resolved(name, self.system.components)
        if known is not None:
            return known.name
        new = resolved(name, self.new)
        if new is not None:
            return new.name
        names = [x for c in (*self.system.components, *self.new) for x in (c.name, *c.aliases)]
        raise UnknownName(
            f"{UnknownName.of('component', name, known=names)} If it is one, add it under 'components'"
        )

    def _owner(self, owner: tuple[str, ...]) -> tuple[str, ...]:
        names = tuple(self._named(name) for name in owner)
        if len(names) == 2 and not self._flow(names):
            raise _Refused(f"there is no flow {' → '.join(names)}; add it under 'flows'")
        return names

    def _flow(self, names: Sequence[str]) -> bool:
        ends = [resolved(n, self.system.components) for n in names]
        if ends[0] and ends[1] and (ends[0].id, ends[1].id) in self.between:
            return True
        wanted = [keys(n)[1] for n in names]
        return any([keys(f.source)[1], keys(f.target)[1]] == wanted for f in self.flows)

    def _merged(self, names: Sequence[str], claim: Claim) -> tuple[str, ...]:
        for name in names:
            self._stands(name)
        components = [resolved(name, (*self.system.components, *self.new)) for name in names]
        if not any(components):
            self._named(names[0])
        self._about(names, claim)
        self._may_change(c for c in components if c)
        return tuple(known.name if known else name for name, known in zip(names, components, strict=True))

    def _rejected(self, value: Rejection, claim: Claim) -> tuple[str, ...]:
        """Return whom a rejection is about; what nobody has taken for a component stays rejected should anybody do so."""
        self._about(value.names, claim)
        found = [resolved(name, self.system.components) for name in value.names]
        if len(value.names) == 1 and resolved(value.names[0], self.new):
            raise _Refused(f"{value.names[0]!r} is added and rejected at once")
        if not self.trusted:
            for name in value.names:
                self._named(name)
            ids = [c.id for c in found if c]
            if len(ids) == 1:
                self._may_change(c for c in found if c)
            self._prose_only(e for f in self.system.flows if [f.source, f.target] == ids for e in f.evidence)
        for name, known in zip(value.names, found, strict=True):
            if known is None:
                self._stands(name)
        return tuple(c.name if c else name for name, c in zip(value.names, found, strict=True))

    def _about(self, names: Sequence[str], claim: Claim) -> None:
        if not any(says(claim.quote, name) for name in names):
            raise _Refused(f"the quote names none of {', '.join(map(repr, names))}")

    def _may_change(self, components: Iterable[Component]) -> None:
        if not self.trusted:
            self._prose_only(e for c in components for e in c.evidence)

    def _prose_only(self, evidence: Iterable[Evidence]) -> None:
        shown = next((e for e in evidence if e.form not in WRITTEN), None)
        if shown is not None:
            raise _Refused(f"{shown} shows it; a model's word doesn't undo what isn't prose")


def resolved(name: str, components: Iterable[Component]) -> Component | None:
    """Return the component that a name means: by its id, name or alias to the letter, else but for generic words if only one fits.

    >>> resolved("orders", [Component("o", "Order")]).name
    'Order'
    """
    return next(iter(meant(name, components, lambda c: (c.id, c.name, *c.aliases))), None)
