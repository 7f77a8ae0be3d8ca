"""Secrets in the text of drawings: what may be quoted of a line that holds one, and a name without it.

A label shows an address with a password, or a key that somebody pasted into it. The quote of such a line ends before the secret, so
that it still stands in the file; a name has a sign in its place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

MAX_SEARCHED = 2_000
HIDDEN = "…"
_VALUE = r"[^\s<>|\"'`)\]},;&]{4,200}"
# What a text with a secret in it has, whatever else: most have nothing of it, and are looked through once.
_HINTS = (
    "passw", "pwd", "passphrase", "secret", "key", "token", "credential", "akia", "asia", "ghp_", "gho_", "ghu_", "ghs_", "ghr_",
    "github_pat", "glpat", "xox", "sk-", "k_live", "aiza", "hvs.", "eyj",
)  # fmt: skip
# The first group is what stands before a secret and may be shown, `rest` the secret itself.
_SECRET = re.compile(
    r"(?P<user>://[^\s:/@|\"'<>]{0,80}:)(?P<url>[^\s@/$<{*}\[…][^\s@/]{0,200})(?=@)"
    r"|\b(?P<known>AKIA|ASIA|gh[pousr]_|github_pat_|glpat-|xox[abeprs]-|sk-(?:live-|proj-|ant-)?|[sr]k_live_|AIza|hvs\.|eyJ)"
    r"(?P<token>[A-Za-z0-9_-]{16,200}(?:\.[A-Za-z0-9_.-]{1,400})?)"
    r"|(?P<key>(?:passw(?:or)?d|passwd|pwd|passphrase|secret|api[_ -]?key|access[_ -]?key|private[_ -]?key|token|credentials?)"
    rf"[\"']?\s{{0,3}}(?P<sign>[:=])\s{{0,3}}[\"']?)(?P<value>{_VALUE})",
    re.IGNORECASE,
)
# What stands for a value, or names how one is made: `$TOKEN`, `<password>`, `bcrypt`, `oauth2`.
_NO_VALUE = re.compile(
    r"[$<{*\[…%(].*|\*+|x+|(?:argon2|bcrypt|scrypt|pbkdf2|sha-?\d|hs\d|rs\d|es\d|oauth|base64|aes|rsa|jwt|bearer)[\w-]*"
    r"|true|false|none|null|required|optional|yes|no",
    re.IGNORECASE,
)


def quotable(text: str) -> str:
    """Return a text up to the first secret in it.

    >>> quotable("api -->|postgres://shop:hunter22@db/shop| db"), quotable("api -->|token: JWT| web")
    ('api -->|postgres://shop:', 'api -->|token: JWT| web')
    """
    found = next(_secrets(text), None)
    return text if found is None else text[: found[0]]


def veiled(text: str) -> str:
    """Return a text with a sign in the place of each secret.

    >>> veiled("redis://:s3cret-9@cache:6379"), veiled("Orders DB (password=hunter22)"), veiled("Orders DB")
    ('redis://:…@cache:6379', 'Orders DB (password=…)', 'Orders DB')
    """
    out, at = [], 0
    for start, stop in _secrets(text):
        out += [text[at:start], HIDDEN]
        at = stop
    return "".join([*out, text[at:]]) if out else text


def _secrets(text: str) -> Iterator[tuple[int, int]]:
    """Yield where each secret stands."""
    shown = text[:MAX_SEARCHED]
    lowered = shown.lower()
    if not ("://" in lowered and "@" in lowered) and not any(hint in lowered for hint in _HINTS):
        return
    for found in _SECRET.finditer(shown):
        if found["value"] is not None and not _is_value(found["sign"], found["value"]):
            continue
        group = "url" if found["url"] is not None else "token" if found["token"] is not None else "value"
        if group == "token" and not re.search(r"\d", found["token"]):
            continue
        yield found.span(group)


def _is_value(sign: str, value: str) -> bool:
    """Return whether what follows a key is a secret: behind a colon mostly words follow, so that it must have digits in it."""
    if _NO_VALUE.fullmatch(value):
        return False
    mixed = re.search(r"\d", value) is not None and re.search(r"[A-Za-z]", value) is not None
    return mixed or (sign == "=" and not value.isalpha()) or (sign == "=" and len(value) > 6)
