"""One OpenAI-compatible endpoint for chat completions: asked with patience and bounds, never trusted.

Too many requests, errors of the server and broken connections are tried again with growing pauses and jitter, or after as long as the
server asks for; an answer is read up to a size and a time. A server that refuses a schema is asked for plain JSON.
"""

from __future__ import annotations

import json
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from buttress.errors import OptionError

ATTEMPTS = 4
PAUSE_S, LONGEST_PAUSE_S = 0.5, 60.0
TIMEOUT_S = 120.0
MAX_BYTES = 2_000_000
AGAIN = frozenset((408, 409, 425, 429, 500, 502, 503, 504))
UNLIKED = frozenset((400, 415, 422))  # what servers say that don't know a form of answer


class NoAnswer(Exception):
    """Indicates that an endpoint gave no answer; `final` when asking for something else wouldn't help."""

    def __init__(self, reason: str, *, final: bool = False) -> None:
        """Keep the reason."""
        super().__init__(reason)
        self.final = final


@dataclass(slots=True)
class Endpoint:
    """Where to ask, and what has been spent there. `sleep` and `timeout_s` are for tests."""

    url: str
    model: str
    key: str = field(default="", repr=False)
    timeout_s: float = TIMEOUT_S
    sleep: Callable[[float], None] = time.sleep
    requests: int = 0
    tokens: int = 0
    _form: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def __post_init__(self) -> None:
        """Complete the address. Raises OptionError when it is none."""
        import urllib.parse

        parts = urllib.parse.urlsplit(self.url)
        if parts.scheme not in ("http", "https") or not parts.netloc:
            raise OptionError(f"--assist: {self.url[:80]!r} is no address such as http://localhost:11434/v1")
        if not parts.path.endswith("/chat/completions"):
            self.url = self.url.rstrip("/") + "/chat/completions"

    def ask(self, messages: list[dict[str, str]], schema: dict[str, Any]) -> str:
        """Return the text of the answer. Raises NoAnswer with the reason, OptionError when httpx isn't installed."""
        forms: tuple[dict[str, Any], ...] = (
            {"response_format": {"type": "json_schema", "json_schema": {"name": "additions", "strict": True, "schema": schema}}},
            {"response_format": {"type": "json_object"}},
            {},
        )  # fmt: skip
        while True:
            form = self._form
            body = {
                "model": self.model,
                "messages": messages,
                "temperature": 0,
                "stream": False,
                **forms[form],
            }
            status, content = self._patiently(body)
            if status in UNLIKED and form + 1 < len(forms):
                self._form = max(self._form, form + 1)
                continue
            if status != 200:
                raise NoAnswer(f"the server says {status}: {_shown(content)}", final=True)
            return self._text(content)

    def _patiently(self, body: dict[str, Any]) -> tuple[int, bytes]:
        """Return status and content of the first answer that isn't a passing trouble."""
        trouble = ""
        for attempt in range(ATTEMPTS):
            status, content, wait = self._once(body)
            if status and status not in AGAIN:
                return status, content
            trouble = f"the server says {status}: {_shown(content)}" if status else _shown(content)
            if wait is not None and wait > LONGEST_PAUSE_S:
                raise NoAnswer(f"{trouble}; it asks to wait for {wait:.0f} s", final=True)
            if attempt + 1 < ATTEMPTS:
                # The jitter needn't be secret.
                pause = PAUSE_S * 2**attempt * (0.5 + random.random())
                self.sleep(min(LONGEST_PAUSE_S, pause if wait is None else wait + pause / 10))
        raise NoAnswer(f"{trouble}; {ATTEMPTS} attempts")

    def _once(self, body: dict[str, Any]) -> tuple[int, bytes, float | None]:
        """Return status, content and the pause that the server asks for; status 0 and the reason when there was no answer."""
        try:
            import httpx
        except ImportError as error:
            raise OptionError("--assist needs an HTTP client: pip install 'buttress[llm]'") from error
        with self._lock:
            self.requests += 1
        headers = {"Authorization": f"Bearer {self.key}"} if self.key else {}
        until = time.monotonic() + self.timeout_s
        content = bytearray()
        try:
            with httpx.stream(
                "POST",
                self.url,
                json=body,
                headers=headers,
                timeout=httpx.Timeout(self.timeout_s, connect=min(10.0, self.timeout_s)),
            ) as response:
                for part in response.iter_bytes():
                    content += part
                    if len(content) > MAX_BYTES:
                        raise NoAnswer(f"an answer of more than {MAX_BYTES / 1e6:.0f} MB")
                    if time.monotonic() > until:
                        return 0, f"no whole answer within {self.timeout_s:g} s".encode(), None
                return response.status_code, bytes(content), _wait(response.headers.get("retry-after"))
        except httpx.TimeoutException:
            return 0, f"no answer within {self.timeout_s:g} s".encode(), None
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            return 0, f"no connection: {error or type(error).__name__}".encode(), None

    def _text(self, content: bytes) -> str:
        try:
            loaded = json.loads(content)
            text = loaded["choices"][0]["message"]["content"]
            spent = loaded.get("usage") or {}
            tokens = spent.get("total_tokens", 0) if isinstance(spent, dict) else 0
        except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
            raise NoAnswer("the server's answer isn't a chat completion") from None
        with self._lock:
            self.tokens += tokens if isinstance(tokens, int) and 0 <= tokens < 10**9 else 0
        if not isinstance(text, str):
            raise NoAnswer("the server's answer has no text")
        return text


def _wait(said: str | None) -> float | None:
    """Return the seconds that a Retry-After header asks for, a number or a date; None when it says nothing.

    >>> _wait("3"), _wait(None), _wait("soon")
    (3.0, None, None)
    """
    if not said:
        return None
    try:
        return max(0.0, float(said))
    except ValueError:
        pass
    from datetime import UTC, datetime
    from email.utils import parsedate_to_datetime

    try:
        return max(0.0, (parsedate_to_datetime(said) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return None


def _shown(content: bytes) -> str:
    """Return the beginning of an answer as one printable line."""
    text = " ".join(content[:600].decode("utf-8", "replace").split())
    return "".join(c if c.isprintable() else "?" for c in text)[:200]
