"""Whether anybody may come through the edge decides how grave it is what stands behind it may do."""

from __future__ import annotations

import pytest

from buttress import data, pipeline
from buttress.knowledge import project
from buttress.model import Source
from buttress.rules import load_dir, run

CARDS = tuple(c for c in load_dir(data.ontology_dir() / "rules") if c.id == "role-may-do-everything")
TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Resources:
  Desk:
    Type: AWS::Serverless::Api
    Properties: {StageName: live%s}
  Till:
    Type: AWS::Serverless::Function
    Properties:
      Policies: [AdministratorAccess]
      Events: {Pay: {Type: Api, Properties: {RestApiId: !Ref Desk, Path: /pay, Method: POST}}}
  Sweeper:
    Type: AWS::Serverless::Function
    Properties: {Policies: [AmazonSQSFullAccess]}
"""


@pytest.mark.parametrize(
    ("auth", "severity"), [("", "HIGH"), (", Auth: {DefaultAuthorizer: AWS_IAM}", "MEDIUM")]
)
def test_roles_that_may_do_everything_are_one_finding_and_grave_behind_an_open_gateway(
    auth: str, severity: str
) -> None:
    graph = pipeline.read([Source("template.yaml", TEMPLATE % auth)])
    (finding,) = run(CARDS, project(graph))
    assert (finding.severity, set(finding.subjects)) == (severity, {"till", "sweeper"})
