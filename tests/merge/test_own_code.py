"""What is built from code at hand is a part of the system, also under a name that a page tells of as somebody's offer."""

from __future__ import annotations

import pytest

from buttress.merge.clustering import Cluster
from buttress.model import Component, Evidence, Fact

HERE = Evidence("main.py", 1, 1, "app = Flask(__name__)", "code")
OWN = Fact("code_folder", ".", "stated", (HERE,))


@pytest.mark.parametrize(
    ("facts", "kind"),
    [((OWN,), "service"), ((), "external_service")],
    ids=["its code is here", "only its name is"],
)
def test_a_service_whose_code_is_here_isnt_outside(facts: tuple[Fact, ...], kind: str) -> None:
    code = Component("parcelwatch-io", "parcelwatch.io", "service", facts=facts, evidence=(HERE,))
    page = Component("parcelwatch-io", "parcelwatch.io", "external_service")
    assert Cluster([(0, code), (1, page)]).kind() == kind
    assert Cluster([(0, page)]).kind() == "external_service"
