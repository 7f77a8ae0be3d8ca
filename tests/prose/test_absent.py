"""Products that a text names because they aren't there are no parts."""

from __future__ import annotations

import pytest

from buttress import pipeline
from buttress.model import Source


def technologies(text: str) -> set[str]:
    graph = pipeline.read(
        [Source("a.md", f"# Ferry desk\n\nThe booking service stores seats in PostgreSQL. {text}\n")]
    )
    return {c.technology for c in graph.components if c.technology}


@pytest.mark.parametrize(
    "text",
    [
        "Files lie on the local disk (no MinIO).",
        "There is no MinIO in this set-up.",
        "We no longer use MinIO.",
        "The ferry desk doesn't use MinIO.",
        "It does not require Kafka, RabbitMQ or MinIO.",
        "Instead of MinIO the booking service uploads scans to Google Cloud Storage.",
        "We replaced MinIO with Google Cloud Storage.",
        "We considered MinIO but chose Google Cloud Storage.",
        "An earlier draft assumed MinIO.",
        "MinIO is deferred, not rejected.",
        "Unlike MinIO, Google Cloud Storage needs no upkeep.",
        "Until 2021 scans were kept in MinIO.",
        "MinIO, which held the scans, was retired in March.",
        "We plan to keep scans in MinIO next year.",
        "A store such as MinIO could be added when scans grow.",
    ],
)
def test_what_a_sentence_denies_is_no_part(text: str) -> None:
    found = technologies(text)
    assert "postgresql" in found and not {"minio", "kafka", "rabbitmq"} & found


@pytest.mark.parametrize(
    "text",
    [
        "The booking service uploads scans to MinIO, there is no backup.",
        "The booking service uploads scans to MinIO. No MinIO policy limits who reads them.",
        "The booking service uploads scans to MinIO. Restores don't use MinIO.",
        "The booking service can't upload scans without MinIO.",
        "The booking service uploads scans to MinIO, from which they are removed after a year.",
        "The booking service uploads scans to MinIO. We considered MinIO's cloud too.",
        "The booking service will upload scans to MinIO.",
    ],
)
def test_what_is_there_stays_when_something_of_it_is_denied(text: str) -> None:
    assert "minio" in technologies(text)


@pytest.mark.parametrize(
    "said", ["removed from the critical path", "shut down during the storm", "switched off at night"]
)
def test_what_was_off_for_a_while_is_there(said: str) -> None:
    text = f"The tide service was {said}. The tide service reads PostgreSQL.\n"
    assert "tide service" in {c.name for c in pipeline.read([Source("a.md", text)]).components}
    gone = "The tide service was removed in March. The quay service reads PostgreSQL.\n"
    assert "tide service" not in {c.name for c in pipeline.read([Source("a.md", gone)]).components}
