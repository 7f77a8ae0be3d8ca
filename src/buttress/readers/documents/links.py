"""Links that hold a drawing in themselves: to mermaid.ink, the Mermaid editor, PlantUML servers and Kroki."""

from __future__ import annotations

import base64
import binascii
import json
import re
import zlib

from buttress.model import Diagnostic, Source

MAX_TEXT = 200_000
MAX_LINKS = 100
MAX_QUOTE = 200

_LINK = re.compile(
    r"https?://[\w.-]{1,200}(?::\d{1,5})?/(?:[\w-]{1,40}/){0,3}?"
    r"(?:(?P<mermaid>(?:img|svg|pdf)/|(?:edit|view)/?\#)(?P<how>pako:|base64:)?"
    r"|plantuml/(?:proxy/)?(?P<plantuml>png|svg|txt|uml|img|dpng|dsvg|latex|eps|map)/(?:\d{1,3}/)?"
    r"|(?P<kroki>actdiag|bytefield|c4plantuml|d2|graphviz|mermaid|plantuml|structurizr|vegalite|wavedrom)/(?:svg|png|pdf|jpeg|base64|txt)/)"
    r"(?P<data>~?[A-Za-z0-9_=+/-]{16,60000})"
)
_HOSTS = re.compile(r"mermaid|kroki|plantuml", re.IGNORECASE)
_PLANTUML = str.maketrans(
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_",
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
)


def drawings_in(source: Source) -> tuple[list[Source], list[Diagnostic]]:
    r"""Return the drawings that links of a document hold, as sources whose words stand in the link, and what can't be unpacked.

    >>> packed = base64.urlsafe_b64encode(zlib.compress(b'{"code": "graph LR\\n a --> b"}')).decode()
    >>> found = drawings_in(Source("a.md", f"![drawn](https://mermaid.ink/img/pako:{packed})"))[0]
    >>> found[0].language, found[0].text.splitlines()[0]
    ('mermaid', 'graph LR')
    """
    out: list[Source] = []
    diagnostics: list[Diagnostic] = []
    if not _HOSTS.search(source.text):
        return out, diagnostics
    seen: set[str] = set()
    for n, line in enumerate(source.text.split("\n")):
        if not _HOSTS.search(line):
            continue
        for link in _LINK.finditer(line[:100_000]):
            data = link["data"]
            if data in seen or len(out) >= MAX_LINKS or not _HOSTS.search(link.group()):
                continue
            seen.add(data)
            place = source.first_line + n
            try:
                language, text = _unpacked(link)
            except (ValueError, binascii.Error, zlib.error, RecursionError):
                reason = (
                    "a link to a drawing that can't be unpacked; put the drawing's text into the document"
                )
                diagnostics.append(Diagnostic(source.path, place, reason, "info"))
                continue
            out.append(Source(source.path, text, place, language, "", link.group()[:MAX_QUOTE]))
    return out, diagnostics


def _unpacked(link: re.Match[str]) -> tuple[str, str]:
    """Return the language and the text of the drawing in a link; raises ValueError or zlib.error when it isn't one."""
    data = link["data"]
    if link["kroki"]:
        return link["kroki"], _inflated(_decoded(data), zlib.MAX_WBITS)
    if link["plantuml"]:
        if data.startswith("~h"):
            return "plantuml", bytes.fromhex(data[2:]).decode("utf-8", "replace")[:MAX_TEXT]
        data = data.removeprefix("~1")
        return "plantuml", _inflated(_decoded(data.translate(_PLANTUML)), -zlib.MAX_WBITS)
    text = (
        _inflated(_decoded(data), zlib.MAX_WBITS)
        if link["how"] == "pako:"
        else _decoded(data).decode()[:MAX_TEXT]
    )
    if text.lstrip().startswith("{"):
        loaded = json.loads(text)
        text = str(loaded.get("code") or "")
    if not text.strip():
        raise ValueError("no drawing")
    return "mermaid", text[:MAX_TEXT]


def _decoded(data: str) -> bytes:
    data = data.replace("-", "+").replace("_", "/").rstrip("=")
    return base64.b64decode(data + "=" * (-len(data) % 4), validate=True)


def _inflated(raw: bytes, bits: int) -> str:
    inflater = zlib.decompressobj(bits)
    content = inflater.decompress(raw, MAX_TEXT)
    if inflater.unconsumed_tail:
        raise ValueError("too long")
    return content.decode("utf-8", "replace")
