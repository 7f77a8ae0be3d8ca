"""Secrets that the settings of a service write out, as they are or as what counts where nothing else is set."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from buttress import workloads
from buttress.evidence.lines import Node
from buttress.model import Fact
from buttress.workloads import commands

_DEFAULT = re.compile(r"\$\{(\w+):?-([^${}]+)\}")


def secrets_of(
    values: Sequence[tuple[str, Node]], given: Collection[str], started: Sequence[Node]
) -> tuple[Fact, ...]:
    r"""Return which settings write out a secret, and which have one to fall back on; `given` are the variables that are set beside.

    `started` are the pieces of the command, which may write one out too.

    >>> from buttress.evidence.lines import documents
    >>> from buttress.model import Source
    >>> text = 'DB_PASSWORD: "${DB_PASSWORD:-shop}"\nAPI_TOKEN: 4f1e9c2a7b\nSMTP_PASSWORD: "${SMTP_PASSWORD:-}"'
    >>> values = list(documents(Source("a.yaml", text))[0][0].items())
    >>> [(f.name, [e.quote for e in f.evidence]) for f in secrets_of(values, (), ())]
    [('secrets_in_plaintext', ['API_TOKEN']), ('secrets_by_default', ['DB_PASSWORD'])]
    """
    written = [n.evidence(key_only=True) for k, n in values if workloads.holds_secret(k, n.raw)]
    written += commands.secrets_in([(n.raw, n.evidence()) for n in started])
    fallen = [n.evidence(key_only=True) for k, n in values if _falls_back(k, n.raw, given)]
    told = (("secrets_in_plaintext", written), ("secrets_by_default", fallen))
    return tuple(Fact(name, True, "stated", tuple(dict.fromkeys(places))) for name, places in told if places)


def _falls_back(key: str, value: str, given: Collection[str]) -> bool:
    """Return whether a setting takes a secret that stands beside the variable that nobody has to set."""
    return any(
        name not in given
        and (
            workloads.holds_secret(name, default) or (whole == value and workloads.holds_secret(key, default))
        )
        for whole, name, default in (
            (m[0], m[1], m[2]) for m in _DEFAULT.finditer(value[: workloads.MAX_VALUE])
        )
    )
