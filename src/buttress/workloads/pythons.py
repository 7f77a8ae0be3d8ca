"""When support for each version of Python ends; the table is data, a reader has no clock.

Source: devguide.python.org/versions and the release schedules (PEP 537 to 790). `CHECKED` is the month in which the table was true.
"""

from __future__ import annotations

import re

CHECKED = "2026-11"
SUPPORT_ENDS = {
    "2.7": "2020-01", "3.4": "2019-03", "3.5": "2020-09", "3.6": "2021-12", "3.7": "2023-06", "3.8": "2024-10",
    "3.9": "2025-10", "3.10": "2026-10", "3.11": "2027-10", "3.12": "2028-10", "3.13": "2029-10", "3.14": "2030-10",
    "3.15": "2031-10",
}  # fmt: skip


def minor(version: str) -> str:
    """Return the first `3.x` in a version, image tag or requirement, nothing when there is none.

    >>> minor("python:3.11-slim"), minor(">=3.9,<4"), minor("latest")
    ('3.11', '3.9', '')
    """
    found = re.search(r"(?<![\d.])([23])\.(\d{1,2})(?!\d)", version)
    return f"{found[1]}.{found[2]}" if found else ""


def is_supported(version: str) -> bool | None:
    """Return whether a version of Python got security fixes when the table was made, None for one that it doesn't know.

    >>> is_supported("3.8"), is_supported("3.13"), is_supported("4.2")
    (False, True, None)
    """
    ends = SUPPORT_ENDS.get(version)
    return None if ends is None else ends > CHECKED
