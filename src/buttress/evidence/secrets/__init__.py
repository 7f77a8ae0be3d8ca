"""Secrets in what is shown: a quote ends before the first one, so that it still stands in the file; a name has a sign in its place.

Secrets are known by their shape (`shapes`) or by what names them (`lines`). In drawings and running text, where "token: JWT" is no
secret, what follows a name must look like a value. `kept_out` is the gate through which a whole graph passes.
"""

from __future__ import annotations

from functools import lru_cache

from buttress.evidence.secrets import lines, shapes

HIDDEN = "…"
MAX_SHOWN = 1000
MIN_TEXT = 6


def without_secret(written: str, *, quoted: bool = False) -> str:
    """Return a line of configuration or code as it stands, at most 1,000 characters of it, or what comes before the first secret.

    `quoted` says that its language writes literals in quotes, so that anything else is the name of a variable.

    >>> without_secret("URL: postgresql://shop:pw@db/shop"), without_secret("image: redis:7")
    ('URL: postgresql://shop:', 'image: redis:7')
    >>> without_secret("env: [{name: DB_PASSWORD, value: pw}]"), without_secret('command: ["--requirepass", "pw"]')
    ('env: [{name: DB_PASSWORD, value: ', 'command: ["--requirepass", "')
    >>> without_secret("args: [--requirepass, pw]"), without_secret("command: redis-server --requirepass=pw")
    ('args: [--requirepass, ', 'command: redis-server --requirepass=')
    >>> without_secret("command: PGPASSWORD=pw pg_dump -h db shop"), without_secret("mysqldump -h db -u shop -ppw shop")
    ('command: PGPASSWORD=', 'mysqldump -h db -u shop -p')
    >>> without_secret("curl -u ops:pw http://api"), without_secret('header Authorization "Bearer pw17"')
    ('curl -u ops:', 'header Authorization "Bearer ')
    >>> without_secret('["mysqldump", "-ppw", "shop"]'), without_secret("redis-cli -a pw ping"), without_secret("redis-cli -a $PW ping")
    ('["mysqldump", "-p', 'redis-cli -a ', 'redis-cli -a $PW ping')
    >>> without_secret("Client(token=token, secret='k3y')", quoted=True), without_secret("mkdir -p data && app -p 8080")
    ("Client(token=token, secret='", 'mkdir -p data && app -p 8080')
    """
    shown = written[:MAX_SHOWN]
    found = places(shown, quoted=quoted)
    return shown[: found[0][0]] if found else shown


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
    """Return where each secret stands in running text, or in a name.

    >>> secret_places("token=abcd1234 opens it"), secret_places("asia-northeast1-docker.pkg.dev")
    ([(6, 14)], [])
    """
    return places(text, running=True)


def places(text: str, *, running: bool = False, quoted: bool = False) -> list[tuple[int, int]]:
    """Return where each secret stands, in order and apart from each other."""
    if len(text) < MIN_TEXT:
        return []
    return list(_places(text, running, quoted))


@lru_cache(maxsize=4096)
def _places(text: str, running: bool, quoted: bool) -> tuple[tuple[int, int], ...]:
    """Return where secrets stand, looked for once where a whole file stands on one line."""
    out: list[tuple[int, int]] = []
    for start, stop in sorted((*shapes.tokens(text), *lines.named(text, running=running, quoted=quoted))):
        if out and start < out[-1][1]:
            out[-1] = (out[-1][0], max(stop, out[-1][1]))
        else:
            out.append((start, stop))
    return tuple(out)
