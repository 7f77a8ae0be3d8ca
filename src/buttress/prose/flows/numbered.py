"""Who goes on acting from step to step of a numbered list: "2. The gateway checks it", "3. Stored in S3"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from buttress.model.kinds import MESSAGING, STORES
from buttress.prose.mentions.spelling import Mention
from buttress.prose.text import Sentence
from buttress.prose.verbs import lexicon, third_person

if TYPE_CHECKING:
    from buttress.prose.flows import Step

_NUMBER = re.compile(r"\s*(?:\(|[Ss]tep\s+)?(\d{1,3})[.):]\s")


@dataclass(slots=True)
class Numbered:
    """The last step of each numbered list and who acted in it."""

    last: dict[tuple[str, tuple[str, ...], int | None], tuple[int, Mention | None]] = field(
        default_factory=dict
    )

    def goes_on(self, text: Sentence) -> Mention | None:
        """Return who acted in the steps before this one; None in the first step, and where people did."""
        number, before = step_number(text), self.last.get(list_of(text))
        if number is None or before is None or before[0] not in (number, number - 1):
            return None
        return before[1]

    def heard(self, text: Sentence, lead: Mention | None) -> None:
        """Remember who acts in a step, `lead` being what it begins with; who acted before it goes on if nobody is named.

        A doer of whom only the name is known may be a person: "the picker opens the app", and what follows isn't done by the picker.
        """
        number = step_number(text)
        if number is None:
            return
        actor = self.goes_on(text)
        if lead is not None and _acts(text, lead):
            person = lead.kind() == "actor" or (lead.how == "agent" and lead.kind() is None)
            actor = lead if not person and lead.kind() not in STORES | MESSAGING else None
        self.last[list_of(text)] = (number, actor)


def list_of(text: Sentence) -> tuple[str, tuple[str, ...], int | None]:
    """Return what the items of one list have in common."""
    passage = text.passage
    return passage.source, passage.headings, passage.parent


def step_number(text: Sentence) -> int | None:
    """Return the number of the step that a sentence stands in."""
    found = _NUMBER.match(text.passage.raw) if text.passage.form == "list" else None
    return int(found[1]) if found else None


def broker_of(found: Sequence[Mention], told: Sequence[Step]) -> Mention | None:
    """Return the broker that a sentence speaks of: what it publishes to, else what it begins with."""
    published = [
        s.target
        for s in told
        if s.kind == "publishes" or (s.kind != "consumes" and s.target.kind() in MESSAGING)
    ]
    begins = [m for m in found[:1] if m.first <= 1 and m.kind() in MESSAGING]
    return next(iter((*published[-1:], *begins)), None)


def _acts(text: Sentence, mention: Mention) -> bool:
    """Return whether a verb that a subject has stands right behind a mention."""
    words = [t.lower for t in text.tokens[mention.last : mention.last + 3]]
    words = words[1:] if words[:1] in (["then"], ["also"], ["now"]) else words
    verb = lexicon().get(words[0]) if words else None
    return verb.third or verb.base == "be" if verb is not None else bool(words) and third_person(words[0])
