"""Secrets in what is quoted: a quote ends before the first one, so that it still stands in the file; a name has a sign in its place.

Lines of configuration are judged by their keys (`without_secret`). In drawings and running text, where "token: JWT" is no secret,
what follows a key must look like a value (`quotable`, `veiled`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

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
    r"|\b(?P<known>(?-i:A[KS]IA(?=[A-Z0-9]{16}\b)|gh[pousr]_|github_pat_|glpat-|xox[abeprs]-|sk-(?:live-|proj-|ant-)?|[sr]k_live_|AIza|hvs\.|eyJ))"
    r"(?P<token>[A-Za-z0-9_-]{16,200}(?:\.[A-Za-z0-9_.-]{1,400})?)"
    r"|(?P<key>(?:passw(?:or)?d|passwd|pwd|passphrase|secret|api[_ -]?key|access[_ -]?key|private[_ -]?key|token|credentials?)"
    rf"[\"'`*]{{0,3}}\s{{0,3}}(?P<sign>[:=])\s{{0,3}}[\"'`*]{{0,3}})(?P<value>{_VALUE})",
    re.IGNORECASE,
)
# What stands for a value, or names how one is made: `$TOKEN`, `<password>`, `bcrypt`, `oauth2`.
_NO_VALUE = re.compile(
    r"[$<{*\[…%(].*|\*+|x+|(?:argon2|bcrypt|scrypt|pbkdf2|sha-?\d|hs\d|rs\d|es\d|oauth|base64|aes|rsa|jwt|bearer)[\w-]*"
    r"|true|false|none|null|required|optional|yes|no",
    re.IGNORECASE,
)
# What stands before a literal secret: the user in a URL, the key in a mapping that shares its line with others, a variable or an
# option of a command.
_MAX_SHOWN = 1000
_BEFORE_SECRET = re.compile(
    r"://[^\s:/@]*:(?=(?:\$\{\w{1,80}:?-)?[^\s@/$<{*}][^\s@/]*@)"
    r"|[\"'\[,\s]-{1,2}[\w-]*(?:pass(?:word)?|token|secret)[\"']?\s*,\s*[\"']?(?=[^\s$<{\[\"'])"
    r"|[{\[].*?(?:passw(?:or)?d|passwd|pwd|secret|api[_-]?key|access[_-]?key|private[_-]?key|token|credentials?)"
    r"[\"']?\s*(?:[:=]|,\s*[\"']?value[\"']?\s*:)\s*[\"']?(?=[^\s$<{\[\"'])"
    r"|(?:^|[\s;&\"'])[\w-]*(?:passw(?:or)?d|passwd|pwd|secret|api[_-]?key|access[_-]?key|private[_-]?key|token|requirepass|masterauth)=[\"']?(?=[^\s$<{*\"'])"
    r"|\s--[\w-]*(?:password|token|secret|pass)\s+[\"']?(?=[^\s$<{*\"'-])|\b(?:mysql|mariadb)[\w-]*(?=[\s\"']).*?[\s\"']-p[\"']?(?=[^\s$<{*\"'])"
    r"|\bauthorization[\"']?\s*[:=,]?\s*[\"']?(?:basic|bearer|token|apikey)\s+(?=[^\s$<{*\"'])"
    r"|\bx-(?:api-key|auth-token)[\"':=,\s]+(?=[^\s$<{*\"':=,])"
    r"|\bcurl\b.*?[\s\"'](?:-u|--user)[\"',\s]+[^\s:\"',]{1,100}:(?=[^\s$<{*\"'])"
    r"|\bredis-cli\b.*?[\s\"']-a[\"',\s]+(?=[^\s$<{*\"',])",
    re.IGNORECASE,
)


def without_secret(written: str) -> str:
    """Return a line of configuration as it stands, at most 1,000 characters of it, or what comes before the first secret.

    >>> without_secret("URL: postgresql://shop:pw@db/shop"), without_secret("image: redis:7")
    ('URL: postgresql://shop:', 'image: redis:7')
    >>> without_secret("env: [{name: DB_PASSWORD, value: pw}]"), without_secret('command: ["--requirepass", "pw"]')
    ('env: [{name: DB_PASSWORD, value: ', 'command: ["--requirepass", "')
    >>> without_secret("args: [--requirepass, pw]"), without_secret("command: redis-server --requirepass=pw")
    ('args: [--requirepass, ', 'command: redis-server --requirepass=')
    >>> without_secret("command: PGPASSWORD=pw pg_dump -h db shop"), without_secret("mysqldump -h db -u shop -ppw shop")
    ('command: PGPASSWORD=', 'mysqldump -h db -u shop -p')
    >>> without_secret("curl -u ops:pw http://api"), without_secret('header Authorization "Bearer pw"')
    ('curl -u ops:', 'header Authorization "Bearer ')
    >>> without_secret('["mysqldump", "-ppw", "shop"]'), without_secret("redis-cli -a pw ping"), without_secret("redis-cli -a $PW ping")
    ('["mysqldump", "-p', 'redis-cli -a ', 'redis-cli -a $PW ping')
    """
    return _cut(written[:_MAX_SHOWN])


@lru_cache(maxsize=256)
def _cut(shown: str) -> str:
    """Return a line up to the first secret, looked for once where a whole file stands on one line."""
    hidden = _BEFORE_SECRET.search(shown)
    return shown[: hidden.end()] if hidden else shown


def quotable(text: str) -> str:
    """Return a text up to the first secret in it.

    >>> quotable("api -->|postgres://shop:hunter22@db/shop| db"), quotable("api -->|token: JWT| web")
    ('api -->|postgres://shop:', 'api -->|token: JWT| web')
    """
    found = next(iter(secret_places(text)), None)
    return text if found is None else text[: found[0]]


def veiled(text: str) -> str:
    """Return a text with a sign in the place of each secret.

    >>> veiled("redis://:s3cret-9@cache:6379"), veiled("Orders DB (password=hunter22)"), veiled("Orders DB")
    ('redis://:…@cache:6379', 'Orders DB (password=…)', 'Orders DB')
    """
    out, at = [], 0
    for start, stop in secret_places(text):
        out += [text[at:start], HIDDEN]
        at = stop
    return "".join([*out, text[at:]]) if out else text


def secret_places(text: str) -> list[tuple[int, int]]:
    """Return where each secret stands.

    >>> secret_places("token=abcd1234 opens it"), secret_places("asia-northeast1-docker.pkg.dev")
    ([(6, 14)], [])
    """
    lowered = text.lower()
    if not ("://" in lowered and "@" in lowered) and not any(hint in lowered for hint in _HINTS):
        return []
    return list(_found(text))


def _found(text: str) -> Iterator[tuple[int, int]]:
    for found in _SECRET.finditer(text):
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
