"""Which application a file belongs to, by the folder that it stands in, and what that application is called."""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Iterable, Sequence

from buttress.model import Evidence, Fact

# Folders that hold how an application is built or configured, not the application.
_ASIDE = frozenset(
    """
        docker .docker dockerfiles deploy deployment deployments build config conf configs configuration etc gunicorn
        scripts script infra ops container containers env envs .envs settings server-config
    """.split()
)
_PLAIN = frozenset(
    "app application src api backend server service web code project main core source python www".split()
)
_DEVELOPING = re.compile(
    r"(?:^|[._/-])(?:dev|devel|development|develop|local|test|tests|testing|ci|debug|devcontainer|sandbox|example)(?:$|[._/-])",
    re.IGNORECASE,
)
_ABOUT = re.compile(
    r"architect|(?:^|[/_-])(?:design|internals?|infrastructure|topology|c4|adrs?|decisions?|rfcs?|proposals?)(?:[/.]|[_-](?:docs?|documents?|\d)|$)|"
    r"(?:technical|system|platform)[_-]?overview|how[_-](?:it|\w+)[_-]works|system[_-]?context|data[_-]?flows?",
    re.IGNORECASE,
)
# How files are called from which images and several containers are made, and Caddy's: patterns of whole names in lower case.
IMAGE_FILE = r"(?:[\w.-]+\.)?(?:docker|container)file(?:[._-][\w.-]+)?"
CADDY_FILE = r"(?:[\w.-]+\.)?caddyfile(?:[._-][\w-]+)?|[\w.-]+\.caddy"
COMPOSE_FILE = r"(?:[\w.-]*[._-])?(?:docker-)?compose[\w.-]*\.ya?ml"
# Where proxies look for their configuration in a container.
PROXY_FOLDER = r"/(?:etc|opt/bitnami|usr/local/openresty|usr/local)/(?:nginx|envoy|openresty|caddy)\b"
_KUSTOMIZATION = re.compile(r"kustomization\.ya?ml", re.IGNORECASE)
# Names of folders and files that say which stage they are for.
_PRODUCTION = re.compile(
    r"^(?:prod|production|prd|live)(?![a-z])|[-_.](?:prod|production|prd|live)$", re.IGNORECASE
)
_OTHER_STAGE = re.compile(
    r"^(?:dev|development|test|testing|tst|qa|uat|stag(?:e|ing)|stg|sandbox|sbx|demo|preview|local|nonprod|non-prod|preprod|pre-prod|int|integration)(?![a-z])"
    r"|[-_.](?:dev|development|test|qa|uat|staging|stage|stg|sandbox|integration)$",
    re.IGNORECASE,
)
_SAMPLE = re.compile(r"example|sample|template|\bdist\b|default|\btpl\b", re.IGNORECASE)
TOP = "app"  # what an application at the top is called as long as nothing says its name


def code_folder(path: str) -> str:
    """Return the folder of the application that a file describes, `.` for the top.

    >>> code_folder("services/orders/Dockerfile"), code_folder("docker/Dockerfile"), code_folder("Procfile")
    ('services/orders', '.', '.')
    """
    folder = posixpath.dirname(path)
    while folder and posixpath.basename(folder).lower() in _ASIDE:
        folder = posixpath.dirname(folder)
    return folder or "."


def is_for_developing(path: str) -> bool:
    """Return whether the name of a file, or of a folder it is in, says that it is for developing or testing only.

    >>> is_for_developing("Dockerfile.dev"), is_for_developing("docker/local/Dockerfile"), is_for_developing("dev.Dockerfile")
    (True, True, True)
    >>> is_for_developing("devices/Dockerfile"), is_for_developing("Dockerfile.prod")
    (False, False)
    """
    return _DEVELOPING.search(path) is not None


def stage_of(path: str) -> str:
    """Return which stage the nearest folder that tells one is for: `production` or `other`, empty when none does.

    >>> stage_of("environments/prod/eu"), stage_of("overlays/staging"), stage_of("modules/network")
    ('production', 'other', '')
    """
    for part in reversed(path.split("/")):
        if _OTHER_STAGE.search(part):
            return "other"
        if _PRODUCTION.search(part):
            return "production"
    return ""


def overlays_beside_production(paths: Iterable[str]) -> dict[str, str]:
    """Return the folders of Kustomize's overlays for other stages, each with that of production beside it.

    >>> overlays_beside_production(f"overlays/{stage}/kustomization.yaml" for stage in ("dev", "prod", "common"))
    {'overlays/dev': 'overlays/prod'}
    >>> overlays_beside_production(["overlays/dev/kustomization.yaml", "overlays/dev/a.yaml", "overlays/prod/b.yaml"])
    {}
    """
    overlays = sorted(
        {posixpath.dirname(p) for p in paths if _KUSTOMIZATION.fullmatch(posixpath.basename(p))}
    )
    production: dict[str, str] = {}
    for folder in overlays:
        if stage_of(posixpath.basename(folder)) == "production":
            production.setdefault(posixpath.dirname(folder), folder)
    return {
        folder: production[posixpath.dirname(folder)]
        for folder in overlays
        if posixpath.dirname(folder) in production and stage_of(posixpath.basename(folder)) == "other"
    }


def is_sample(name: str) -> bool:
    """Return whether the name of a file with settings says that it shows what can be set, not what is.

    >>> is_sample(".env.example"), is_sample(".env.production")
    (True, False)
    """
    return _SAMPLE.search(name) is not None


def is_about_architecture(path: str) -> bool:
    """Return whether a document's path says that it tells how a system is built.

    >>> is_about_architecture("ARCHITECTURE.md"), is_about_architecture("docs/adr/0007-queue.md"), is_about_architecture("docs/reference/technical-overview.md")
    (True, True, True)
    >>> is_about_architecture("README.md"), is_about_architecture("docs/howto/design-a-theme.md")
    (False, False)
    """
    return _ABOUT.search(path) is not None


def names_of(folders: Iterable[str]) -> dict[str, str]:
    """Return a name for the application of each folder: its last part, with the one above where that is shared or says little.

    >>> names_of([".", "services/orders", "shop/api", "billing/api"])
    {'.': 'app', 'services/orders': 'orders', 'shop/api': 'shop-api', 'billing/api': 'billing-api'}
    """
    every = list(dict.fromkeys(folders))
    lasts = Counter(posixpath.basename(f) for f in every)
    out = {}
    for folder in every:
        last, above = posixpath.basename(folder), posixpath.basename(posixpath.dirname(folder))
        if folder == ".":
            out[folder] = TOP
        elif lasts[last] > 1 and above:
            out[folder] = f"{above}-{last}"
        else:
            out[folder] = last
    taken = Counter(out.values())
    return {f: n if taken[n] == 1 else f.replace("/", "-") for f, n in out.items()}


def names_of_proxies(product: str, places: Sequence[tuple[str, str]]) -> list[str]:
    """Return what each proxy of one product is called, by its folder and the heading of its text, which may be empty.

    The only one is called after the product; of several each after its heading or its folder.

    >>> names_of_proxies("nginx", [("edge", "")]), names_of_proxies("nginx", [("edge", ""), (".", ""), ("shop", "Front door"), ("edge", "")])
    (['nginx'], ['edge-nginx', 'nginx', 'Front door', 'edge-nginx-4'])
    """
    if len(places) == 1:
        return [places[0][1] or product]
    by_folder = names_of(folder for folder, heading in places if not heading)
    out: list[str] = []
    for folder, heading in places:
        name = heading or by_folder[folder]
        if not heading and name == TOP:
            name = product
        elif not heading and product not in name:
            name = f"{name}-{product}"
        out.append(name if name not in out else f"{name}-{len(out) + 1}")
    return out


def says_little(name: str) -> bool:
    """Return whether a package or folder is called as they all are (`app`, `src`), so that its name tells nothing.

    >>> says_little("app"), says_little("orders")
    (True, False)
    """
    return name.lower() in _PLAIN


def belongs_to(path: str, place: Evidence) -> Fact:
    """Return the fact that something belongs to the application of a file's folder.

    >>> belongs_to("shop/Procfile", Evidence("shop/Procfile", 1, 1, "web")).value
    'shop'
    """
    return Fact("code_folder", code_folder(path), "stated", (place,))
