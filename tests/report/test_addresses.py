"""Addresses of practices in the report of the terminal."""

from __future__ import annotations

import io

from rich.console import Console

from buttress.report.terminal import _cite


def test_an_address_is_printed_in_one_line_and_as_it_is() -> None:
    console = Console(file=io.StringIO(), width=40)
    address = "https://practices.example.org:443/a/:key:/of/a/kind/that/is/long"
    _cite(console, "Source: the title of a practice", address)
    assert f"  {address}\n" in console.file.getvalue()  # type: ignore[attr-defined]
