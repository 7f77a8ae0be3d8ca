"""Which of the things that code can use every installation has: those whose client is declared, and not only for an extra."""

from __future__ import annotations

from buttress.readers.python.detection import Detected
from buttress.readers.python.found import SCHEDULER, WORKER, Link
from buttress.readers.python.project import Project
from buttress.vocabulary import load

_ANY_DRIVER = frozenset(("requests", "httpx", "aiohttp", "urllib", "urllib3"))
# Packages that need the client of a store themselves, and bring it.
_BRINGS = {
    "redis": frozenset(
        "rq django-rq rq-scheduler arq django-redis channels-redis flask-rq2 celery-redbeat aiocache".split()
    ),
    "rabbitmq": frozenset(("fedora-messaging",)),
    "mongodb": frozenset(("flask-pymongo", "flask-mongoengine", "mongoengine", "beanie")),
    "keystone": frozenset(("keystonemiddleware",)),
    "meilisearch": frozenset(("meilisearch-python-sdk",)),
}
_CLOUD = {
    "boto3": ("boto3", "aioboto3", "aiobotocore", "botocore"),
    "google": ("google-",),
    "azure": ("azure-",),
}


def _has_driver_of_tables(project: Project) -> bool:
    """Return whether a project declares the driver of any relational database, for all or as an extra."""
    found = (load().technology_of_package(d.name) for d in project.packages.declared)
    return any(t is not None and t.kind == "relational_db" for t in found)


def is_installed(link: Link, one: Detected) -> bool:
    """Return whether every installation brings the driver of a link; where nothing is declared, the code's word counts."""
    declared = {d.name for d in one.project.packages.declared if not d.group}
    of_queue = link.role in (WORKER, SCHEDULER) or link.kind in ("publishes", "consumes")
    if of_queue and one.ledger.task_functions and one.queue not in declared:
        return True  # the worker is there with its queue, which something that isn't declared for all brings
    technology = load().technologies.get(link.target.technology or "")
    driver = link.facts.get("driver")
    name = str(driver.value) if driver is not None else ""
    if not declared or name in _ANY_DRIVER or name == "Django ORM":
        return True
    if name in _CLOUD and (technology is None or name == "boto3" or not technology.packages):
        return any(d.startswith(_CLOUD[name]) for d in declared)
    if technology is None or technology.id == "sqlite":
        return True
    if technology.kind == "relational_db" and not _has_driver_of_tables(one.project):
        return True  # somebody installs one beside what is declared
    if (
        link.kind in ("publishes", "consumes")
        and "celery" in declared
        and technology.id in ("rabbitmq", "redis", "sqs")
    ):
        return True
    packages = {
        p
        for t in (technology.id, *load().broader(technology.id))
        if (k := load().technologies.get(t))
        for p in k.packages
    }
    brought = _BRINGS.get(technology.id, frozenset())
    extras = {x for d in one.project.packages.declared if not d.group for x in d.extras.split(",")}
    return not packages or bool((packages | brought) & declared | (brought | {technology.id}) & extras)
