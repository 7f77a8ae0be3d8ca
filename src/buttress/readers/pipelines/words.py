"""The commands and actions by which a pipeline tests, scans, deploys, migrates and saves."""

from __future__ import annotations

import re
from dataclasses import dataclass

from buttress.workloads import commands


@dataclass(frozen=True, slots=True)
class Pattern:
    """What tells that a step does something: words of commands, names of actions; what is installed only isn't done."""

    commands: re.Pattern[str]
    actions: re.Pattern[str]

    def tells(self, text: str, *, action: bool) -> bool:
        """Return whether a step does it.

        >>> TESTS.tells("poetry run pytest -q", action=False), TESTS.tells("pip install pytest", action=False)
        (True, False)
        """
        if action:
            return self.actions.match(text) is not None
        return self.commands.search(text) is not None and not _NOT_DONE.search(text)


def _pattern(commands: str, actions: str = r"(?!)") -> Pattern:
    return Pattern(re.compile(commands, re.IGNORECASE), re.compile(actions, re.IGNORECASE))


_NOT_DONE = re.compile(
    r"\b(?:pip3?|pipx?|uv|npm|yarn|pnpm|apt(?:-get)?|apk|brew|gem|go|cargo|poetry|pdm)\s+(?:\w+\s+)?(?:install|add|i|ci)\b"
    r"|-DskipTests|maven\.test\.skip|-x\s+test\b|--exclude-task\s+test|^\s*(?:echo|printf|#)|--help\b|--version\b"
)
TESTS = _pattern(
    r"\b(?:pytest|py\.test|tox|nox|unittest|jest|vitest|mocha|rspec|phpunit|ctest|behave|cypress\s+run|playwright\s+test|gotestsum)\b"
    r"|\bmanage\.py\s+test\b|\b(?:go|cargo|dotnet|bazel|swift|mix|rails|rake|artisan|flutter|deno|bun|hatch|pdm|sbt|lein|zig)\s+(?:run\s+)?(?:nextest|tests?)\b"
    r"|\b(?:npm|yarn|pnpm|bun)\s+(?:run\s+)?(?:tests?\b|t\b|test:)|\b(?:mvnw?|gradlew?)\b.*\b(?:test|verify|check|build)\b"
    r"|\b(?:make|just|task|invoke|inv)\s+[\w -]*\b(?:tests?|check|ci|unit|verify)\b"
    r"|(?:^|/)(?:run[-_]?)?tests?(?:[-_]\w+)?\.(?:sh|py)\b|\bcoverage\s+run\b",
    r"(?:pavelzw/pytest-action|cypress-io/github-action|[\w-]+/[\w-]*pytest[\w-]*)(?:@|/|$)",
)
WHOLE = re.compile(
    r"integration|\be2e\b|end[-_ ]to[-_ ]end|cypress|playwright|acceptance|contract|pact\b|smoke",
    re.IGNORECASE,
)
LOAD = _pattern(
    r"\bk6\s+run\b|\blocust\b|\bartillery\s+run\b|\bjmeter\b|\bvegeta\s+attack\b|\bgatling\b",
    r"grafana/(?:k6|run-k6)",
)
SCANS = _pattern(
    r"\b(?:pip-audit|trivy|grype|snyk|bandit|semgrep|osv-scanner|govulncheck|dependency-check|tfsec|checkov|dockle|brakeman|bundler-audit)\b"
    r"|\bsafety\s+(?:check|scan)\b|\b(?:npm|yarn|pnpm|cargo|composer)\s+audit\b|\bdocker\s+scout\b|\bgosec\b",
    r"(?:aquasecurity/(?:trivy|tfsec)|anchore/(?:scan|grype)|snyk/actions|github/codeql-action/analyze|actions/dependency-review|pypa/gh-action-pip-audit"
    r"|(?:returntocorp|semgrep)/semgrep|google/osv-scanner|bridgecrewio/checkov|docker/scout|pyupio/safety|ossf/scorecard)",
)
SECRETS = _pattern(
    r"\b(?:gitleaks|trufflehog|detect-secrets|ggshield|git-secrets)\b",
    r"(?:gitleaks|trufflesecurity|gitguardian)/",
)
DEPLOYS = _pattern(
    r"\bkubectl\b.*\s(?:apply|set\s+image|rollout\s+restart|replace|patch)\b|\bhelm(?:file)?\s+(?:\S+\s+)*(?:upgrade|apply|sync)\b|\boc\s+(?:apply|rollout|set)\b"
    r"|\baws\s+ecs\s+(?:update-service|deploy)|\baws\s+lambda\s+update-function-code|\baws\s+deploy\s+create-deployment|\beb\s+deploy\b|\b(?:sam|cdk|serverless|sls|firebase|fly|flyctl|copilot|kamal|wrangler|netlify|gcloud\s+app|gcloud\s+(?:beta\s+)?run|gcloud\s+functions|adk|zappa|chalice|surge)\s+deploy\b"
    r"|\bgcloud\s+run\s+services\s+(?:update|replace)\b|\bterraform\s+(?:\S+\s+)*apply\b|\bpulumi\s+up\b|\baz\s+(?:webapp|containerapp|functionapp)\s+.*\b(?:deploy|update|up|set)\b|\bheroku\s+container:release|\bgit\s+push\b.*\b(?:heroku|dokku)\b"
    r"|\bvercel\b.*--prod|\brailway\s+up\b|\bansible-playbook\b|\bcap\s+\w+\s+deploy\b|\bnomad\s+(?:job\s+)?run\b|\bargocd\s+app\s+(?:sync|set)|\bdocker\s+stack\s+deploy\b|\bcf\s+push\b|\bskaffold\s+(?:run|deploy)\b"
    r"|\bssh\b.*\b(?:docker|systemctl|deploy|git\s+pull|supervisorctl|pm2)\b|\brsync\b.*\S:\S",
    r"(?:appleboy/ssh-action|aws-actions/amazon-ecs-deploy|aws-actions/aws-cloudformation-github-deploy|azure/(?:webapps-deploy|k8s-deploy|functions-action|container-apps-deploy)|google-github-actions/deploy-|akhileshns/heroku-deploy"
    r"|superfly/|amondnet/vercel-action|burnett01/rsync|easingthemes/ssh-deploy|cloudflare/wrangler-action|digitalocean/app_action|einaregilsson/beanstalk-deploy)",
)
BUILDS = _pattern(
    r"\bdocker\s+(?:buildx\s+)?build\b|\bbuildah\b|\bkaniko\b|\bpython3?\s+-m\s+build\b|\b(?:poetry|uv|hatch|flit)\s+build\b|\b(?:npm|yarn|pnpm)\s+run\s+build\b",
    r"docker/(?:build-push|bake)-action",
)
STAGED = _pattern(
    r"--strategy[= ]\S*(?:canary|blue)|\bargo\s+rollouts?\b|\bkubectl[- ]argo\b|\bflagger\b|--no-traffic\b|\bupdate-traffic\b|\bslot\s+swap\b"
    r"|\baws\s+deploy\s+create-deployment\b"
    r"|\bcanary\b|\bblue[-_]?green\b|\bkamal\s+deploy\b",
    r"aws-actions/aws-codedeploy",
)
ROLLS_BACK = _pattern(
    r"\bkubectl\b.*\srollout\s+undo\b|\bhelm\s+rollback\b|\bhelm\b.*--(?:atomic|rollback-on-failure)\b|\bkamal\s+rollback\b|\broll[-_]?back\b"
)
MIGRATES = _pattern(
    r"\bmanage\.py\s+migrate\b|\balembic\b.*\bupgrade\b|\bflask\s+db\s+upgrade\b|\bflyway\b.*\bmigrate\b|\bliquibase\b.*\bupdate\b|\bprisma\s+migrate\s+deploy\b|\bdb:migrate\b"
    r"|\bmigrate\s+-path\b|\bgoose\b.*\sup\b|\bartisan\s+migrate\b|\batlas\s+(?:schema|migrate)\s+apply\b|\bsqitch\s+deploy\b|\bmake\s+migrat\w+"
)
SAVES = _pattern(commands.SAVES)
SIGNS = _pattern(r"\bcosign\s+(?:sign|attest)\b", r"(?:actions/attest|slsa-framework/slsa-github-generator)")
# Where tests can hide: a command of the team's own, whose file a pipeline doesn't hold.
HIDES = re.compile(
    r"\b(?:make|just|task|invoke|inv|npm\s+run|yarn|pnpm|bun\s+run|earthly|dagger|nx|turbo|pre-commit|hatch|pdm|poe|ant|rake)\b|(?:^|[\s;&|])(?:\./|bash\s|sh\s|python3?\s+(?!-m\s+pip)[\w./-]+\.py|[\w./-]+\.(?:sh|ps1|bat)\b)"
    r"|\bdocker[ -]compose\b.*\b(?:run|exec)\b|\bdocker\s+run\b"
)
PREPARES = re.compile(
    r"checkout@|setup-|login|cache@|\bcd\s|\bmkdir\b|configure-aws|^\s*(?:echo|export|set)\b|auth@|docker\s+login|\binstall\b",
    re.IGNORECASE,
)
NAMED_DEPLOYMENT = re.compile(r"(?<![a-z])deploy(?!ed|ment[-_ ]?status|-?key)", re.IGNORECASE)
NO_DEPLOYMENT = re.compile(
    r"(?<![a-z])(?:docs?|documentation|pages|gh-pages|storybook|wiki|preview|cleanup|teardown|destroy"
    r"|notify|what-?if|plan|dry[-_ ]?run|validate|verify|lint|pypi|npm)(?![a-z])",
    re.IGNORECASE,
)
PRODUCTION = re.compile(r"(?<![a-z])(?:prod|production|live|prd)(?![a-z])", re.IGNORECASE)
ELSEWHERE = re.compile(
    r"(?<![a-z])(?:stag(?:e|ing)|stg|dev|develop|development|tests?|testing|qa|uat|sandbox|review|preprod|pre-prod|demo|integration|int|nightly)(?![a-z])",
    re.IGNORECASE,
)
