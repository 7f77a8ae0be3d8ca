"""Everything that Buttress raises on purpose.

    ButtressError
      InputError       the caller's turn: the message says where, what was found, what was expected, what to do
        SourceError    a file or folder that can't be read
        CardError      a rule or practice card that isn't in the agreed form
        OptionError    an option, setting or answer with a value that can't be used
        WeightsMissing the encoder's weights aren't installed
      UnknownName      a component, rule, practice or query that doesn't exist, with the nearest names
      StaleIndex       a built artifact doesn't fit its sources; the message is the command that rebuilds it

Bad *content* isn't an exception: readers report it as a `Diagnostic` and the review goes on.
The command line prints any of these as one line and exits with 2. A bug keeps its traceback.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class ButtressError(Exception):
    """Base of everything that Buttress raises on purpose."""


class InputError(ButtressError):
    """Indicates that something the caller gave can't be used as it is."""


class SourceError(InputError):
    """Indicates that a file or folder can't be read.

    >>> str(SourceError("docs/design.md", "no such file or folder"))
    'docs/design.md: no such file or folder'
    """

    def __init__(self, path: str, reason: str) -> None:
        """Keep the path and the reason."""
        super().__init__(path, reason)
        self.path = path
        self.reason = reason

    def __str__(self) -> str:
        """Return the path and the reason as one line."""
        return f"{self.path}: {self.reason}"


class CardError(InputError):
    """Indicates that a card isn't in the agreed form.

    >>> str(CardError("rules/x.md", 3, "a title"))
    'rules/x.md:3: expected a title'
    """

    def __init__(self, path: str, line: int, expected: str) -> None:
        """Keep the place and what was expected there."""
        super().__init__(path, line, expected)
        self.path = path
        self.line = line
        self.expected = expected

    def __str__(self) -> str:
        """Return the place and what was expected as one line."""
        return f"{self.path}:{self.line}: expected {self.expected}"


class OptionError(InputError):
    """Indicates that an option, setting or answer has a value that can't be used."""


class WeightsMissing(InputError):
    """Indicates that the encoder's weights aren't installed or aren't the published ones."""


class UnknownName(ButtressError):
    """Indicates that a named thing doesn't exist; tells the nearest names that do.

    >>> str(UnknownName.of("component", "order", known=["orders", "billing"]))
    "There is no component 'order'. Did you mean 'orders'?"
    """

    @classmethod
    def of(cls, what: str, name: str, *, known: Iterable[str]) -> UnknownName:
        """Return the error for `name`, with up to three near names of `known` in its message."""
        names = sorted(set(known))
        near = difflib.get_close_matches(name, names, n=3, cutoff=0.5)
        if not near:
            near = [n for n in names if name.lower() in n.lower()][:3]
        hint = ""
        if near:
            hint = " Did you mean " + " or ".join(repr(n) for n in near) + "?"
        elif names:
            shown = ", ".join(names[:8]) + (" …" if len(names) > 8 else "")
            hint = f" There are: {shown}"
        return cls(f"There is no {what} {name!r}.{hint}")


class StaleIndex(ButtressError):
    """Indicates that a built artifact doesn't fit its sources; the message names the command that rebuilds it."""
