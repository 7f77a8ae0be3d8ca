"""What several sources say of one component or flow: one fact a name, with the evidence of all that agree."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from buttress.merge.contradictions import contradiction_of
from buttress.model import FORMS, Contradiction, Evidence, Fact


def joined_evidence(items: Iterable[Evidence]) -> tuple[Evidence, ...]:
    """Return evidence without repetitions, the most binding form of writing first.

    >>> a, b = Evidence("d.md", 1, 1, "x"), Evidence("c.yaml", 2, 2, "y", "config")
    >>> [str(e) for e in joined_evidence([a, b, a])]
    ['c.yaml:2', 'd.md:1']
    """
    return tuple(sorted(dict.fromkeys(items), key=lambda e: (FORMS.index(e.form), e.source, e.line)))


def joined_facts(owner: str, facts: Sequence[Fact], contradictions: list[Contradiction]) -> tuple[Fact, ...]:
    """Return one fact a name: the first source's word counts, lists are put together; adds what contradicts it.

    >>> [f.value for f in joined_facts("db", [Fact("replicas", 3), Fact("replicas", 1)], [])]
    [3]
    """
    by_name: dict[str, list[Fact]] = {}
    for fact in facts:
        by_name.setdefault(fact.name, []).append(fact)
    out = []
    for name in sorted(by_name):
        group = by_name[name]
        first = group[0]
        agreeing = [f for f in group if (f.status, f.value) == (first.status, first.value)]
        if isinstance(first.value, tuple) and first.status == "stated":
            agreeing = [f for f in group if f.status == "stated" and isinstance(f.value, tuple)]
            values = dict.fromkeys(v for f in agreeing for v in f.value or ())  # type: ignore[union-attr]
            first = replace(first, value=tuple(values))
        elif (found := contradiction_of(owner, agreeing, group, facts)) is not None:
            contradictions.append(found)
        out.append(replace(first, evidence=joined_evidence(e for f in agreeing for e in f.evidence)))
    return tuple(out)
