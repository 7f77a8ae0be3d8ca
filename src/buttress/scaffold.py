"""A new rule card for somebody's own folder: the form, filled with an example that passes."""

from __future__ import annotations

import re
from pathlib import Path

from buttress.errors import OptionError, SourceError

CARD = """---
title: TITLE
severity: MEDIUM
effort: S
days: "1-2"
message: "{subject} is reached by {caller}, and nothing says who owns it."
covers: [system-architecture.evaluate.service-boundaries-and-responsibilities]
cites: [architecture-modelling/c4model-com]
---
## Why
What goes wrong where this is found, and how: the mechanism, not "best practice says".

## What to do
The steps, in their order.

## Alternatives
What else would do, and when to choose it.

## Finds
```sparql
# Everything that is in the graph: buttress graph PATH... --format turtle
SELECT ?subject ?caller ?flow WHERE {
  ?flow a b:Calls ; b:from ?caller ; b:to ?subject .
  ?caller a b:Actor .
  ?subject b:denies b:owner .
}
```

## Examples
```mermaid
%% fires: shop
flowchart LR
  user((User)) -->|calls| shop["Shop<br/>no owner"]
```
```mermaid
%% silent
flowchart LR
  user((User)) -->|calls| shop["Shop<br/>owner=team-a"]
```
```mermaid
%% silent
flowchart LR
  web[Web] -->|calls| shop["Shop<br/>no owner"]
```
```mermaid
%% silent
flowchart LR
  user((User)) -->|reads| shop["Shop<br/>no owner"]
```
"""


def write(name: str, *, area: str, folder: Path) -> Path:
    """Write a card `folder/area/name.md` whose examples pass, and return its path.

    Raises OptionError for a name that isn't in small letters and hyphens, SourceError when the card is there or can't be written.
    """
    if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", name) or not 8 <= len(name) <= 60:
        raise OptionError(
            f"{name!r}: expected 8 to 60 small letters, digits and hyphens that name what is found: queue-of-nobody"
        )
    path = folder / area / f"{name}.md"
    title = name.replace("-", " ").capitalize()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(CARD.replace("TITLE", title, 1))
    except FileExistsError:
        raise SourceError(str(path), "is there already; choose another name or remove it") from None
    except OSError as error:
        raise SourceError(str(path), f"can't be written: {error.strerror}") from None
    return path
