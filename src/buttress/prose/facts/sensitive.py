"""Sensitive data in sentences: which sort it is, and whether the clause says that somebody gets or keeps it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from buttress.prose.caseless import Caseless, caseless

_SORTS: tuple[tuple[str, Caseless], ...] = tuple(
    (name, Caseless(pattern))
    for name, pattern in (
        (
            "personal",
            r"\b(?:personal(?:ly identifiable)? (?:data|information|details)|PII|(?:customers?'?s?|"
            r"users?'?s?|patients?'?s?|their|full|first|last) (?:full )?(?:names?|addresses|"
            r"details|profiles?)|"
            r"names? and (?:e-?mail |mail |postal )?addresses|names, (?:\w+ )?addresses|"
            r"(?:e-?mail|mail|postal|home|delivery|shipping|billing) address(?:es)?|phone numbers?|"
            r"dates? of birth|birth ?dates?|passport numbers?|social security numbers?|SSNs?)\b",
        ),
        (
            "payment",
            r"\b(?:(?:credit |debit |payment )?card (?:numbers?|data|details)|payment (?:data|"
            r"details)|bank (?:account(?: numbers?| details)?|details)|(?:full|whole|raw|complete) PANs?|IBANs?|CVVs?)\b",
        ),
        ("credential", r"\b(?:password(?: hashe)?s|credentials|private keys)\b"),
        (
            "health",
            r"\b(?:medical (?:records?|data|history)|health (?:records?|data|information)|"
            r"diagnos[ei]s|prescriptions?|patient (?:records?|data))\b",
        ),
    )
)
_GETS = Caseless(
    r"\b(?:gets?|receives?|is (?:sent|given|passed)|are (?:sent|given)|stores?|"
    r"holds?|keeps?|contains?|owns?|manages|persists|saves?)\s",
)
_LIES = Caseless(
    r"\b(?:is|are) (?:\w+ly |only |all )?(?:stored |kept |held |saved |persisted )?(?:only )?in (?:the |our )?(?=\w)",
)
# "Logs full card numbers", "writes e-mail addresses to its log".
_LOGS = Caseless(
    r"(?<=\w\s)(?:still |also )?logs\s(?=\w)|\b(?:writes?|prints?|dumps?|sends?|puts?)\s(?=[^.;:]{3,60}?\s(?:in|into|to)\s(?:\w+\s){0,2}?logs?\b)"
)
_HIDDEN = Caseless(
    r"\b(?:mask|redact|hash|scrub|encrypt|anonymi[sz]|pseudonymi[sz]|truncat|filter|strip)\w*\b"
)
_NO = Caseless(r"\b(?:no|not|never|without|nor|neither|only tokens)\b|n't\b")


def sensitive(text: str) -> Iterator[tuple[int, tuple[str, ...], int | None]]:
    """Yield where a clause says that somebody gets or keeps sensitive data, of which sorts, and where it says in what they lie.

    >>> list(sensitive("The mailer gets the customer's name and mail address."))
    [(11, ('personal',), None)]
    >>> list(sensitive("Card numbers are kept in Vault."))
    [(0, ('payment',), 25)]
    >>> list(sensitive("The shop never stores card numbers."))
    []
    """
    straight = text.replace("’", "'")
    for match in re.finditer(r"[^;:]+", straight):
        clause, offset = match[0], match.start()
        if _NO.search(clause) or caseless(r"\b(?:if|when|should|must|may|could|will|would)\b").search(clause):
            continue
        gets = _GETS.search(clause)
        if gets is not None:
            rest = clause[gets.end() :]
            found = tuple(
                sort for sort, pattern in _SORTS if (m := pattern.search(rest)) and _near(rest, m.start())
            )
            if found:
                yield offset + gets.start(), found, None
                continue
        lies = _LIES.search(clause)
        if lies is not None:
            before = clause[: lies.start()]
            found = tuple(sort for sort, pattern in _SORTS if pattern.search(before))
            if found:
                yield offset, found, offset + lies.end()


def logged(text: str) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Yield where a clause says that somebody writes sensitive data to a log as they are, and of which sorts.

    >>> list(logged("The till logs full card numbers at INFO.")), list(logged("The till logs masked card numbers."))
    ([(9, ('payment',))], [])
    """
    for match in re.finditer(r"(?:[^;:.]|[.:](?!\s))+", text.replace("’", "'")):
        clause, offset = match[0], match.start()
        found = _LOGS.search(clause)
        if (
            found is None
            or _NO.search(clause)
            or _HIDDEN.search(clause)
            or caseless(r"\b(?:if|should|must|may|could|will|would)\b").search(clause)
        ):
            continue
        rest = clause[found.end() :]
        sorts = tuple(s for s, pattern in _SORTS if (m := pattern.search(rest)) and _near(rest, m.start()))
        if sorts:
            yield offset + found.start(), sorts


def _near(rest: str, at: int) -> bool:
    """Return whether the data are an object of the verb: few words off, behind no other preposition than "of"."""
    return at < 60 and not caseless(r"\b(?:for|by|from|to|about|using|when|that|which|in)\b").search(
        rest[:at]
    )
