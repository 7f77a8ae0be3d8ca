"""What differs between environments: by the names of files, and by the titles that lines stand under."""

from __future__ import annotations

from buttress.ask import answer_text, ask
from buttress.model import Source
from buttress.pipeline import read

BAKERY = """# How the bakery runs

## Local setup

```mermaid
flowchart LR
  till[Till] --> ovens[Ovens]
  ovens --> flour[(SQLite file)]
```

## Production

```mermaid
flowchart LR
  till[Till] --> ovens[Ovens]
  ovens --> grain[(PostgreSQL)]
```
"""
BASE = "services:\n  till:\n    image: bakery/till:3\n"
STAGING = "services:\n  till:\n    ports: ['8080:80']\n  mailcatcher:\n    image: mailcatcher:1\n"


def said(question: str, *sources: Source) -> str:
    return answer_text(ask(read(sources), question, limit=0, sources=sources))


def test_titles_say_which_environment_a_drawing_shows() -> None:
    text = said("what differs between local and production?", Source("bakery.md", BAKERY))
    assert "Only in local: SQLite file." in text
    assert "Only in production: PostgreSQL." in text
    assert "In both: Ovens and Till." in text


def test_files_say_which_environment_they_are_for() -> None:
    files = (Source("compose.yaml", BASE), Source("compose.staging.yaml", STAGING))
    text = said("how does staging differ from production?", *files)
    assert "No file or title that was read is about production." in text
    assert "Only in staging: mailcatcher." in text
    assert "Only in staging, till: published ports 8080." in text


def test_environments_that_nothing_names_are_told_as_such() -> None:
    text = said("compare dev with prod", Source("compose.yaml", BASE))
    assert "No file or title that was read is about development or production." in text
