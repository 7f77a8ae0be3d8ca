"""What pipelines say of the way from a change to production, and when they say nothing."""

from __future__ import annotations

import pytest
from tests.readers.fragments import is_taken

from buttress.model import Fragment, Source, Stance
from buttress.readers import pipelines


def workflow(jobs: str, on: str = "push") -> Fragment:
    return pipelines.read((Source(".github/workflows/ci.yml", f"on: {on}\njobs:\n{jobs}"),))


def gitlab(text: str, more: str = "") -> Fragment:
    extra = (Source("ci/more.yml", more),) if more else ()
    return pipelines.read((Source(".gitlab-ci.yml", text), *extra))


def said(fragment: Fragment) -> set[str]:
    return {f"{s.topic} {s.status}" for s in fragment.stances if s.claimed}


def of(fragment: Fragment, topic: str) -> Stance:
    return next(s for s in fragment.stances if s.topic == topic)


def job(name: str, *steps: str, more: str = "") -> str:
    lines = "".join(f"      - {s}\n" for s in steps)
    return f"  {name}:\n{more}    steps:\n{lines}"


@pytest.mark.parametrize(
    ("command", "topic"),
    [
        ("pytest -q", "testing"),
        ("poetry run coverage run -m pytest", "testing"),
        ("python manage.py test", "testing"),
        ("make lint test", "testing"),
        ("./gradlew check", "testing"),
        ("npm run test:unit", "testing"),
        ("pytest tests/integration", "integration-testing"),
        ("npx playwright test", "integration-testing"),
        ("k6 run load.js", "load-testing"),
        ("pip-audit -r requirements.txt", "vulnerability-scanning"),
        ("trivy image $IMAGE", "vulnerability-scanning"),
        ("npm audit --omit=dev", "vulnerability-scanning"),
        ("cosign sign $IMAGE", "build-supply-chain"),
        ("alembic upgrade head", "schema-migrations"),
    ],
)
def test_a_command_addresses_a_topic(command: str, topic: str) -> None:
    assert f"{topic} addressed" in said(workflow(job("a", f"run: {command}")))


@pytest.mark.parametrize(
    "command",
    [
        "pip install pytest",
        "npm install -g snyk",
        "echo pytest",
        "mvn package -DskipTests",
        "gradle assemble -x test",
        "# pytest",
        "ls tests",
    ],
)
def test_what_is_only_named_or_installed_says_nothing(command: str) -> None:
    assert not said(workflow(job("a", f'run: "{command}"')))


TEST, SHIP = job("unit", "run: pytest"), job("ship", "run: kubectl apply -f k8s")


@pytest.mark.parametrize(
    ("jobs", "on", "status"),
    [
        (TEST + SHIP.replace("steps:", "needs: unit\n    steps:"), "push", "release-gates addressed"),
        (
            TEST
            + job("image", "run: docker build .", more="    needs: [unit]\n")
            + SHIP.replace("steps:", "needs: image\n    steps:"),
            "push",
            "release-gates addressed",
        ),
        (job("ship", "run: pytest", "run: kubectl apply -f k8s"), "push", "release-gates addressed"),
        (TEST + SHIP, "push", "release-gates missing"),
        (TEST + SHIP, "[push, pull_request]", ""),
        (TEST + SHIP, "workflow_dispatch", ""),
        (TEST + SHIP.replace("steps:", "environment: production\n    steps:"), "push", ""),
        (TEST + SHIP.replace("ship", "ship-staging"), "push", ""),
        (SHIP, "push", "testing missing"),
        (SHIP + job("other", "run: make all"), "push", ""),
        (SHIP + job("other", "run: ./scripts/all.sh"), "push", ""),
        (SHIP + job("other", "uses: ./.github/actions/all"), "push", ""),
        (SHIP + "  other:\n    uses: acme/ci/.github/workflows/a.yml@v1\n", "push", ""),
        (SHIP.replace("kubectl apply -f k8s", "docker build ."), "push", ""),
    ],
)
def test_what_comes_before_a_release_is_told_where_all_is_known(jobs: str, on: str, status: str) -> None:
    found = {s for s in said(workflow(jobs, on)) if s.startswith("release-gates") or s.endswith("missing")}
    assert found == ({status} if status else set())


def test_tests_in_a_workflow_that_is_called_come_before_a_release() -> None:
    checks = Source(".github/workflows/checks.yml", "on: workflow_call\njobs:\n" + TEST)
    ship = "  checks:\n    uses: ./.github/workflows/checks.yml\n" + SHIP.replace(
        "steps:", "needs: checks\n    steps:"
    )
    found = pipelines.read((checks, Source(".github/workflows/ship.yml", "on: push\njobs:\n" + ship)))
    assert "release-gates addressed" in said(found)


def test_a_pipeline_delivers_only_when_it_tests_and_deploys() -> None:
    both = workflow(TEST + SHIP)
    assert "ci-cd addressed" in said(both)
    assert "ci-cd addressed" not in said(workflow(TEST)) and not of(workflow(TEST), "ci-cd").claimed
    assert not workflow(job("stale", "uses: actions/stale@v9"), "schedule").stances


@pytest.mark.parametrize(
    ("action", "status"),
    [
        ("acme/deploy@v1", "build-supply-chain problem"),
        ("acme/deploy@main", "build-supply-chain problem"),
        ("acme/deploy@ca052bb54ab0790a636c9b5f226502c73d547a25", "build-supply-chain addressed"),
        ("actions/checkout@v4", ""),
        ("./.github/actions/deploy", ""),
        ("docker://alpine:3", ""),
    ],
)
def test_actions_of_others_are_pinned_or_not(action: str, status: str) -> None:
    assert said(workflow(job("a", f"uses: {action}"))) == ({status} if status else set())


@pytest.mark.parametrize(
    ("step", "on", "told"),
    [
        (
            "{uses: actions/checkout@v4, with: {ref: '${{ github.event.pull_request.head.sha }}'}}",
            "pull_request_target",
            True,
        ),
        (
            "{uses: actions/checkout@v4, with: {ref: '${{ github.event.pull_request.head.sha }}'}}",
            "pull_request",
            False,
        ),
        ("{uses: actions/checkout@v4}", "pull_request_target", False),
        ("run: echo ${{ github.event.issue.title }}", "issues", True),
        ("run: echo ${{ github.event.issue.number }}", "issues", False),
        (
            "{uses: a/b@ca052bb54ab0790a636c9b5f226502c73d547a25, with: {x: '${{ github.event.issue.title }}'}}",
            "issues",
            False,
        ),
    ],
)
def test_what_strangers_write_is_not_to_run(step: str, on: str, told: bool) -> None:
    assert ("pipeline-trust problem" in said(workflow(job("a", step), on))) is told


def test_a_secret_in_clear_text_is_named_and_never_shown() -> None:
    found = workflow("  deploy:\n    env: {API_TOKEN: letmein-4711}\n    steps: [{run: fly deploy}]\n")
    assert "secrets-management problem" in said(found) and "letmein" not in str(found)
    assert "letmein" not in str(workflow(job("deploy", "run: helm upgrade a b --set password=letmein-4711")))
    assert "secrets-management problem" not in said(
        workflow("  t:\n    env: {DB_PASSWORD: letmein-4711}\n    steps: [{run: pytest}]\n")
    )


@pytest.mark.parametrize(
    ("command", "topic"),
    [
        ("helm upgrade a b --atomic", "deployment-impact"),
        ("kubectl rollout undo deploy/a || kubectl apply -f a", "deployment-impact"),
        ("gcloud run deploy a --no-traffic", "blue-green"),
    ],
)
def test_a_deployment_says_how_it_goes_out_and_back(command: str, topic: str) -> None:
    assert f"{topic} addressed" in said(workflow(job("deploy", f'run: "{command}"')))


def test_a_dump_counts_when_it_is_scheduled() -> None:
    steps = job("save", "run: pg_dump $DB > a.sql")
    assert "backups addressed" in said(workflow(steps, "{schedule: [{cron: '0 3 * * *'}]}"))
    assert "backups addressed" not in said(workflow(steps))


def test_stages_of_gitlab_follow_each_other_unless_needs_say_otherwise() -> None:
    text = "stages: [test, deploy]\nunit: {stage: test, script: [pytest]}\nship:\n  stage: deploy\n  script: [fly deploy]\n"
    assert "release-gates addressed" in said(gitlab(text))
    assert "release-gates missing" in said(gitlab(text + "  needs: []\n"))


@pytest.mark.parametrize(
    ("rules", "told"),
    [
        ("when: manual", True),
        ("rules: [{if: a, when: manual}]", True),
        ("rules: [{if: a, when: manual}, {if: b, when: never}]", True),
        ("rules: [{if: a, when: manual}, {if: b}]", False),
        ("when: on_success", False),
    ],
)
def test_a_manual_job_is_a_gate(rules: str, told: bool) -> None:
    assert ("release-gates addressed" in said(gitlab(f"ship:\n  script: [fly deploy]\n  {rules}\n"))) is told


def test_what_gitlab_includes_belongs_to_it() -> None:
    text = "include: [{local: ci/more.yml}]\nship: {stage: deploy, extends: .base}\n"
    more = ".base:\n  script: [kubectl apply -f k8s]\nunit:\n  script: [pytest]\n"
    assert {"release-gates addressed", "testing addressed"} <= said(gitlab(text, more))
    assert "testing missing" not in said(
        gitlab("include: [{project: acme/ci, file: a.yml}]\nship: {script: [fly deploy]}\n")
    )
    assert "testing missing" in said(gitlab("ship: {script: [fly deploy]}\n"))
    scans = gitlab("include: [{template: Jobs/SAST.gitlab-ci.yml}]\nunit: {script: [pytest]}\n")
    assert "vulnerability-scanning addressed" in said(scans)


def test_only_pipelines_are_taken() -> None:
    assert is_taken("pipelines", Source(".gitlab-ci.yml", ""))
    assert is_taken(
        "pipelines",
        Source(".github/workflows/a.yml", "on: push\njobs:\n  a:\n    runs-on: x\n    steps: []\n"),
    )
    assert is_taken("pipelines", Source("ci/a.yml", "a:\n  script:\n    - pytest\n"))
    assert not is_taken("pipelines", Source("compose.yaml", "services:\n  a:\n    image: b\n"))
    assert not is_taken(
        "pipelines", Source("README.md", "on: push\njobs:\n  a:\n    runs-on: x\n", language="yaml")
    )
    assert not is_taken("pipelines", Source("values.yaml", "jobs:\n  a:\n    image: b\n"))
