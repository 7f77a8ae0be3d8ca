"""What comes back from a question: statements with their evidence, and practices that bear on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any, Literal

from buttress.model import Evidence
from buttress.model.wire import evidence_json
from buttress.retrieval.searching import Hit


@dataclass(frozen=True, slots=True)
class Statement:
    """One sentence of an answer, with the words of the sources that it stands on.

    It holds an answer, or lines that are near to the question, or says where a topic is treated, or only that the sources say nothing.
    `rule` is the rule that found it, if one did.
    """

    text: str
    evidence: tuple[Evidence, ...] = ()
    holds: Literal["answer", "quote", "topic", "nothing"] = "answer"
    rule: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to one question.

    `intent` is what was understood to be asked, `about` the ids of the components concerned. `answered` is False when
    neither graph nor corpus holds an answer; `looked_for` says then what was sought and where.
    """

    question: str
    intent: str
    statements: tuple[Statement, ...] = ()
    about: tuple[str, ...] = ()
    practices: tuple[Hit, ...] = ()
    looked_for: str = ""
    answered: bool = True


def together(question: str, answers: Sequence[Answer], *, limit: int) -> Answer:
    """Return the answers to the clauses of a question as one, each thing told once, with at most `limit` practices, the best of each first.

    Its intent is that of the first clause that is answered; what was looked for is told of each that isn't.

    >>> one, two = Answer("a?", "owner", (Statement("A."),)), Answer("b?", "unclear", looked_for="Not found.", answered=False)
    >>> both = together("a? b?", [one, two], limit=3)
    >>> both.intent, both.looked_for, both.answered
    ('owner', '“b?”: Not found.', True)
    """
    first = next((a for a in answers if a.answered), answers[0])
    told = dict.fromkeys(s for a in answers for s in a.statements)
    rounds = zip_longest(*(a.practices for a in answers))
    practices = list({hit.id: hit for round_ in rounds for hit in round_ if hit is not None}.values())
    looked_for = "\n".join(f"“{a.question}”: {a.looked_for}" for a in answers if a.looked_for)
    about = tuple(dict.fromkeys(id_ for a in answers for id_ in a.about))
    answered = any(a.answered for a in answers)
    return Answer(question, first.intent, tuple(told), about, tuple(practices[:limit]), looked_for, answered)


def answer_json(answer: Answer) -> dict[str, Any]:
    """Return the answer as plain values, ready for JSON.

    >>> answer_json(Answer("why?", "how_to"))["answered"]
    True
    """
    return {
        "question": answer.question,
        "intent": answer.intent,
        "answered": answer.answered,
        "about": list(answer.about),
        "statements": [
            {"text": s.text, "holds": s.holds, "evidence": [evidence_json(e) for e in s.evidence]} for s in answer.statements
        ],
        "practices": [
            {"id": h.id, "source": h.source, "item": h.item, "title": h.title, "url": h.url, "score": round(h.score, 4), "passage": h.passage}
            for h in answer.practices
        ],
        "looked_for": answer.looked_for,
    }  # fmt: skip


def answer_text(answer: Answer, *, quotes: int = 2) -> str:
    """Return the answer for a terminal: each statement with at most `quotes` quotes, or all that it announces, and where they stand.

    >>> print(answer_text(Answer("who owns it?", "owner", (Statement("Team A owns it."),))), end="")
    Team A owns it.
    """
    lines = []
    for statement in answer.statements:
        lines.append(statement.text)
        announced = statement.text.endswith(":")
        most, width = (len(statement.evidence), 200) if announced else (quotes, 140)
        for e in statement.evidence[:most]:
            quote = " ".join(e.quote.split())
            lines.append(f"    {e}  “{quote if len(quote) <= width else quote[: width - 1] + '…'}”")
        if len(statement.evidence) > most:
            more = len(statement.evidence) - most
            lines.append(f"    and in {more} more {'place' if more == 1 else 'places'}")
    if answer.looked_for:
        lines.append(answer.looked_for)
    if answer.practices:
        lines += ["", "What is published about it:"]
        for hit in answer.practices:
            lines += [f"  {hit.source}: {hit.title}", f"    {hit.passage}", f"    {hit.url}"]
    return "\n".join(lines) + "\n"
