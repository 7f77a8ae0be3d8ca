"""The lines that lead in a list: "Not done yet:", "**Roadmap**", or the item that others stand below."""

from __future__ import annotations

from collections.abc import Sequence

from buttress.prose.caseless import Caseless
from buttress.prose.text import Sentence

MAX_ABOVE = 3
MAX_TITLE = 4  # words that a line without a colon may have to be a title

# "Depending on the load you can:", "Every request needs:", "Designed to easily add:"
_OF_WISHES = Caseless(
    r"\b(?:needs?|needed|required|requirements?|should|must|could|might|want|you can|we can|choose|choices|following (?:steps|ways|options)|(?:to|can) (?:easily |later |also )?(?:add|extend)|can be|"
    r"such as|for example|your|considered|good practices?|best practices?|recommend\w*|suggest\w*|use(?:d)? by)\b[^:]*:\W*$"
)


class Leads:
    """What leads in the items of the lists of a text."""

    def __init__(self, texts: Sequence[Sentence]) -> None:
        """Keep the last sentence of each passage."""
        self._last = {t.number: t for t in texts}

    def above(self, text: Sentence) -> tuple[str, ...]:
        """Return the lines that lead in the list that a sentence stands in, outermost first; empty outside of lists.

        >>> from buttress.model import Passage
        >>> from buttress.prose.text import sentences
        >>> lead, item = Passage("a.md", 1, 1, "prose", "It runs. To do:"), Passage("a.md", 2, 2, "list", "Retries", parent=0)
        >>> texts = sentences([lead, item])
        >>> Leads(texts).above(texts[-1])
        ('To do:',)
        """
        out: list[str] = []
        passage = text.passage
        for _ in range(MAX_ABOVE):
            lead = self._last.get(-1 if passage.parent is None else passage.parent)
            if (
                lead is None
                or lead.passage.source != passage.source
                or lead.passage.headings != passage.headings
            ):
                break
            if _leads_in(lead.text):
                out.insert(0, lead.text.strip())
            passage = lead.passage
        return tuple(out)


def _leads_in(text: str) -> bool:
    bare = text.strip()
    return bare.endswith((":", ":**")) or (len(bare.split()) <= MAX_TITLE and bare[-1:] not in ".!?;,")


def wishes(leads: Sequence[str]) -> bool:
    """Return whether the nearest of the lines leads in what is asked for or could be chosen, not what is there.

    >>> wishes(("Each caller needs:",)), wishes(("Parts", "It consists of:"))
    (True, False)
    """
    return any(_OF_WISHES.search(lead) for lead in leads[-1:])
