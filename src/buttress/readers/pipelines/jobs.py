"""Pipelines in one form, whoever runs them: jobs with their commands, what they wait for, where they deploy to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from buttress.evidence.lines import Node
from buttress.model import Evidence
from buttress.readers.pipelines import words


@dataclass(frozen=True, slots=True)
class Step:
    """A command line or an action of a job, and where it stands; `inputs` are the settings of an action."""

    text: str
    place: Evidence
    action: bool = False
    inputs: Node | None = None


@dataclass(slots=True)
class Job:
    """A job: `after` are the names of the jobs that must have passed, `calls` the file of another pipeline that it runs."""

    name: str
    title: str
    place: Evidence
    steps: list[Step] = field(default_factory=list)
    after: tuple[str, ...] = ()
    environment: str = ""
    within: str = ""  # the name of its workflow
    gate: Evidence | None = None  # somebody must start or approve it
    calls: str = ""
    opaque: bool = False
    settings: list[tuple[str, Node]] = field(default_factory=list)
    ends: bool = True  # it is stopped by a time of its own, or by what runs it within an hour

    def of(self, pattern: words.Pattern) -> Iterator[Step]:
        """Yield the steps that do what a pattern tells."""
        return (s for s in self.steps if pattern.tells(s.text, action=s.action))

    def deploys(self) -> Step | None:
        """Return the step by which the job brings something into operation, None when it doesn't."""
        said = f"{self.name} {self.title} {self.environment}"
        if words.NO_DEPLOYMENT.search(said):
            return None
        if (found := next(self.of(words.DEPLOYS), None)) is not None:
            return found
        if (
            not words.NAMED_DEPLOYMENT.search(f"{self.name} {self.title}")
            or next(self.of(words.TESTS), None) is not None
        ):
            return None
        bare = [s for s in self.steps if not words.PREPARES.search(s.text)]
        return next((s for s in bare if words.NAMED_DEPLOYMENT.search(s.text)), next(iter(bare[-1:]), None))

    def is_for_production(self) -> bool:
        """Return whether what it deploys isn't said to be for another environment."""
        said = f"{self.name} {self.title} {self.environment} {self.within}"
        return words.PRODUCTION.search(said) is not None or words.ELSEWHERE.search(said) is None


@dataclass(slots=True)
class Pipeline:
    """The jobs of one file or service, and what starts them."""

    path: str
    jobs: dict[str, Job] = field(default_factory=dict)
    triggers: dict[str, Node] = field(default_factory=dict)
    on_change: bool = True  # it runs by itself when a change is merged
    on_proposal: bool = False  # it runs for a proposed change, before it is merged
    scheduled: Evidence | None = None
    complete: bool = True  # all that it includes was read

    def before(self, job: Job) -> Iterator[Job]:
        """Yield the jobs that must have passed before one starts."""
        seen: set[str] = set()
        todo = list(job.after)
        while todo:
            name = todo.pop()
            if name in seen or name not in self.jobs:
                continue
            seen.add(name)
            yield self.jobs[name]
            todo += self.jobs[name].after
