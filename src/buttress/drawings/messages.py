"""The messages of sequence diagrams: those that start something are edges; answers say that somebody waited."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from buttress.drawings.drawing import Drawing, Edge, Head, Line, Place
from buttress.drawings.edges import edge_label

_ANSWERS = re.compile(r"(?:\d+[.)]?\s*)?(?:returns?|responds?|repl(?:y|ies)|answers?)\b", re.IGNORECASE)
_STARTS = re.compile(
    r"\b(?:callbacks?|webhooks?|notif\w*|alerts?|triggers?|starts?|creates?|sends?|uses?|opens?)\b|\w\(",
    re.IGNORECASE,
)
_PEOPLE = ("user", "client", "browser")


@dataclass(slots=True)
class Message:
    """One arrow between two participants, with what later answers say about it; `sync` is what the arrow's form says."""

    source: str
    target: str
    text: str
    place: Place
    dashed: bool = False
    head: Head = "forward"
    sync: bool | None = None
    answered: bool = False


@dataclass(slots=True)
class Conversation:
    """The messages of one drawing so far, by their ends."""

    drawing: Drawing
    messages: dict[tuple[str, str], list[Message]] = field(default_factory=dict)

    def take(self, message: Message) -> None:
        """Keep a message unless it answers an earlier one, which then was waited for."""
        if message.source == message.target:
            return
        here = message.place.evidence(self.drawing.path)
        earlier = self.messages.get((message.target, message.source))
        if earlier:
            asked = earlier[-1]
            told = edge_label(message.text, here) if message.text else None
            person = self.drawing.nodes[message.target].kind == "actor" or message.target.lower() in _PEOPLE
            bare = told is not None and not (
                asked.sync is False
                or told.kinds
                or told.path
                or told.messages
                or _STARTS.search(message.text)
            )  # nothing but what was asked for
            silent = not message.text and asked.sync is not False  # an arrow back without a word
            if message.dashed or person or bare or silent or (told is not None and told.response):
                asked.answered = asked.answered or (message.dashed and asked.sync is not False)
                return
        if message.text and (
            _ANSWERS.match(message.text) or (message.dashed and edge_label(message.text, here).response)
        ):
            return
        self.messages.setdefault((message.source, message.target), []).append(message)

    def settle(self) -> None:
        """Add an edge to the drawing for each message that was kept, in the order of their lines."""
        for message in sorted(
            (m for pair in self.messages.values() for m in pair), key=lambda m: m.place.line
        ):
            sync = message.sync if message.sync is not None else True if message.answered else None
            line: Line = "dotted" if message.dashed else "solid"
            self.drawing.edges.append(
                Edge(
                    message.source, message.target, message.place, message.text, "", line, message.head, sync
                )
            )
