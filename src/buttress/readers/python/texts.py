"""A file's lines, and evidence from them in which no secret is left."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from buttress.evidence.secrets import without_secret
from buttress.model import Diagnostic, Evidence, Form, Source

MAX_QUOTE = 160
# A literal so long and mixed that nobody has thought it up, whatever it is called: neither a digest nor an id.
_MADE_UP = re.compile(
    r"(?<=[\"'])(?!MI[IG])(?=[A-Z0-9+/=_]{0,120}[a-z])(?=[a-z0-9+/=_]{0,120}[A-Z])(?=[A-Za-z+/=_]{0,120}\d)[A-Za-z0-9+/=_]{28,}(?=[\"'])"
)


@dataclass(slots=True, eq=False)
class Text:
    """A source and its lines."""

    source: Source
    lines: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Split the text once."""
        self.lines = self.source.text.split("\n")

    @property
    def path(self) -> str:
        """Return the path that evidence shows."""
        return self.source.path

    def at(self, line: int, form: Form = "code", *, until: str = "") -> Evidence:
        r"""Return the evidence of one line, counted from 1 in this text, without anything that may be a secret.

        `until` cuts the quote before that text: `SECRET_KEY = ` is all that is shown of a secret.

        >>> Text(Source("a.py", "URL = 'redis://:hunter2@cache/0'\n")).at(1).quote
        "URL = 'redis://:"
        """
        written = self.lines[line - 1].strip() if 0 < line <= len(self.lines) else ""
        if until and until in written:
            written = written[: written.index(until)].rstrip()
        at = self.source.first_line + line - 1
        return Evidence(self.path, at, at, unsecret(written)[:MAX_QUOTE].strip(), form)

    def find(self, pattern: str, *, start: int = 0) -> int:
        r"""Return the line, counted from 1, of the first match of a pattern from a line on; 0 when there is none.

        >>> Text(Source("a.toml", "[project]\nname = 'x'\n")).find(r"^name\b")
        2
        """
        compiled = re.compile(pattern)
        return next((n + 1 for n in range(start, len(self.lines)) if compiled.search(self.lines[n])), 0)

    def note(self, line: int, reason: str, level: str = "warning") -> Diagnostic:
        """Return a diagnostic about one line."""
        at = self.source.first_line + max(line, 1) - 1
        at = min(at, self.source.first_line + len(self.lines) - 1)
        return Diagnostic(self.path, at, reason, level)  # type: ignore[arg-type]


def unsecret(line: str) -> str:
    """Return a line up to the first thing in it that may be a secret.

    >>> unsecret("client = Client(api_key='abc', timeout=3)"), unsecret("get(url, timeout=3)")
    ("client = Client(api_key='", 'get(url, timeout=3)')
    """
    line = without_secret(line, quoted=True)
    token = _MADE_UP.search(line)
    return line[: token.start()] if token is not None else line
