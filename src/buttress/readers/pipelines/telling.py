"""What pipelines say about review topics."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from buttress import workloads
from buttress.model import Evidence, Fact, Stance
from buttress.model.graph import StanceStatus
from buttress.readers.pipelines import words
from buttress.readers.pipelines.jobs import Job, Pipeline, Step

MAX_PLACES = 3
_OWN = re.compile(r"(?:actions|github)/|\./|docker://")
_SHA = re.compile(r"@[0-9a-f]{40}(?:[0-9a-f]{24})?$|@sha256:[0-9a-f]{64}$")
_STRANGERS_CODE = re.compile(r"github\.(?:event\.pull_request\.head|head_ref)")
# What anybody can write into a proposal or an issue, put into a command.
_STRANGERS_WORDS = re.compile(
    r"\$\{\{[^}]*(?:github\.event\.(?:issue|pull_request|comment|review|review_comment|discussion)\.(?:title|body)|github\.head_ref"
    r"|github\.event\.pull_request\.head\.(?:ref|label)|github\.event\.head_commit\.message)[^}]*\}\}"
)
_WEAK = re.compile(
    r"change|dummy|placeholder|fake|test|example|xxx|your|insecure|default|postgres|^root$|^password$",
    re.IGNORECASE,
)


def stances_of(pipelines: Sequence[Pipeline]) -> Iterator[Stance]:
    """Yield what the pipelines of one repository say together, one stance a topic and status."""
    tests = [(p, j, s) for p in pipelines for j in p.jobs.values() for s in j.of(words.TESTS)]
    releases = [
        (p, j, s)
        for p in pipelines
        if p.scheduled is None or p.on_change
        for j in p.jobs.values()
        if (s := j.deploys()) is not None and j.is_for_production()
    ]
    builds = [s for p in pipelines for j in p.jobs.values() for s in j.of(words.BUILDS)]
    automatic = [(p, j, s) for p, j, s in releases if p.on_change and j.gate is None]
    shipped = [s for p, j, s in releases if p.on_change]
    works = [s.place for _, _, s in tests] or [s.place for s in builds]
    if shipped and tests:
        yield _stance("ci-cd", "addressed", [tests[0][2].place, *(s.place for s in shipped)])
    elif shipped or works:
        yield _stance("ci-cd", "addressed", [s.place for s in shipped] or works, claimed=False)
    if releases:
        yield _stance("deployment", "addressed", [s.place for _, _, s in releases], claimed=False)
    yield from _tested(pipelines, tests, releases, automatic)
    yield from _done(pipelines)
    yield from _trusted(pipelines)


def facts_of(pipelines: Sequence[Pipeline]) -> tuple[Fact, ...]:
    """Return that no job of the pipelines that test or deploy ends by itself, if that is so."""
    jobs = [j for p in pipelines for j in p.jobs.values()]
    counted = [j for j in jobs if next(j.of(words.TESTS), None) is not None or j.deploys() is not None]
    if not counted or any(j.ends for j in jobs if j.steps and not j.calls):
        return ()
    places = tuple(dict.fromkeys(j.place for j in counted))[:MAX_PLACES]
    return (Fact("pipeline_timeout", None, "denied", places),)


def _stance(topic: str, status: StanceStatus, places: Sequence[Evidence], *, claimed: bool = True) -> Stance:
    return Stance(topic, status, tuple(dict.fromkeys(places))[:MAX_PLACES], claimed)


Found = tuple[Pipeline, Job, Step]


def _tested(
    pipelines: Sequence[Pipeline], tests: list[Found], releases: list[Found], automatic: list[Found]
) -> Iterator[Stance]:
    """Yield whether changes are tested, and whether a deployment waits for that or for a person."""
    if tests:
        yield _stance("testing", "addressed", [s.place for _, _, s in tests])
        if whole := [s.place for _, j, s in tests if words.WHOLE.search(f"{s.text} {j.name}")]:
            yield _stance("integration-testing", "addressed", whole)
    by_path = {p.path: p for p in pipelines}

    def holds_tests(job: Job, depth: int = 0) -> Step | None:
        if (found := next(job.of(words.TESTS), None)) is not None:
            return found
        called = by_path.get(job.calls)
        if called is None or depth > 3:
            return None
        return next((t for j in called.jobs.values() if (t := holds_tests(j, depth + 1)) is not None), None)

    gates: list[Evidence] = []
    for pipeline, job, step in releases:
        earlier = [*pipeline.before(job)]
        found = next((t for j in earlier if (t := holds_tests(j)) is not None), None) or _earlier_in(
            job, step
        )
        if found is not None:
            gates += [found.place, step.place]
        gates += [g for j in (job, *earlier) if (g := j.gate) is not None]
    if gates:
        yield _stance("release-gates", "addressed", gates)
    unknown = any(
        not p.complete
        or j.opaque
        or (j.calls and j.calls not in by_path)
        or any(words.HIDES.search(s.text) for s in j.steps if not s.action)
        for p in pipelines
        for j in p.jobs.values()
    )
    if not automatic or gates or unknown or any(j.environment for _, j, _ in automatic):
        return
    if not tests:
        yield _stance("testing", "missing", [s.place for _, _, s in automatic])
    elif not any(p.on_proposal for p, _, _ in tests) and "workflow_run" not in automatic[0][0].triggers:
        yield _stance("release-gates", "missing", [automatic[0][2].place, tests[0][2].place])


def _earlier_in(job: Job, step: Step) -> Step | None:
    """Return the tests that stand before a step in its own job."""
    for other in job.steps:
        if other is step:
            return None
        if words.TESTS.tells(other.text, action=other.action):
            return other
    return None


def _done(pipelines: Sequence[Pipeline]) -> Iterator[Stance]:
    """Yield what steps do besides: scans, load tests, releases in steps, ways back, migrations, dumps, signatures."""
    jobs = [(p, j) for p in pipelines for j in p.jobs.values()]
    for topic, pattern in (
        ("vulnerability-scanning", words.SCANS),
        ("load-testing", words.LOAD),
        ("build-supply-chain", words.SIGNS),
    ):
        if places := [s.place for _, j in jobs for s in j.of(pattern)]:
            yield _stance(topic, "addressed", places)
    if places := [s.place for _, j in jobs for s in j.of(words.SECRETS)]:
        yield _stance("secrets-management", "addressed", places, claimed=False)
    for topic, pattern in (("blue-green", words.STAGED), ("deployment-impact", words.ROLLS_BACK)):
        if places := [s.place for _, j in jobs if j.deploys() is not None for s in j.of(pattern)]:
            yield _stance(topic, "addressed", places)
    migrations = [
        s.place for _, j in jobs if next(j.of(words.TESTS), None) is None for s in j.of(words.MIGRATES)
    ]
    if migrations:
        yield _stance("schema-migrations", "addressed", migrations)
    if places := [
        e
        for p, j in jobs
        if p.scheduled is not None
        for s in j.of(words.SAVES)
        for e in (s.place, p.scheduled)
    ]:
        yield _stance("backups", "addressed", places)


def _trusted(pipelines: Sequence[Pipeline]) -> Iterator[Stance]:
    """Yield whose code and words a pipeline runs, and what it gives away."""
    loose: list[Evidence] = []
    pinned: list[Evidence] = []
    strangers: list[Evidence] = []
    secrets: list[Evidence] = []
    for pipeline in pipelines:
        target = pipeline.triggers.get("pull_request_target")
        for job in pipeline.jobs.values():
            for step in job.steps:
                if not step.action:
                    if pipeline.triggers and _STRANGERS_WORDS.search(step.text):
                        strangers.append(step.place)
                    continue
                ref = (
                    (step.inputs.text("ref") + step.inputs.text("repository"))
                    if step.inputs is not None
                    else ""
                )
                if (
                    target is not None
                    and step.text.startswith("actions/checkout")
                    and _STRANGERS_CODE.search(ref)
                ):
                    place = (
                        step.inputs.get("ref") or step.inputs.get("repository")
                        if step.inputs is not None
                        else None
                    )
                    strangers += [target.evidence(), place.evidence() if place is not None else step.place]
                if _OWN.match(step.text) or "/" not in step.text or "${{" in step.text:
                    continue
                (pinned if _SHA.search(step.text) else loose).append(step.place)
            if job.deploys() is not None:
                secrets += [
                    n.evidence(key_only=True)
                    for k, n in job.settings
                    if isinstance(n.value, str)
                    and workloads.holds_secret(k, n.raw)
                    and not _WEAK.search(n.raw)
                ]
    if loose:
        yield _stance("build-supply-chain", "problem", loose)
    elif pinned:
        yield _stance("build-supply-chain", "addressed", pinned)
    if strangers:
        yield _stance("pipeline-trust", "problem", strangers)
    if secrets:
        yield _stance("secrets-management", "problem", secrets)
