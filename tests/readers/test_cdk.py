"""Templates that the CDK writes: what its code calls a resource, and the functions that only a deployment calls."""

from __future__ import annotations

import json
from typing import Any

import pytest

from buttress.model import Fragment, Source
from buttress.readers import cloudformation

FUNCTION: dict[str, Any] = {"Runtime": "python3.13", "Handler": "a.b"}


def synthesised(resources: dict[str, Any], *, boot: bool = True) -> Fragment:
    template: dict[str, Any] = {"Resources": resources}
    if boot:
        template["Parameters"] = {
            "BootstrapVersion": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/v"}
        }
    return cloudformation.read((Source("out/Till.template.json", json.dumps(template, indent=1)),))


def names(fragment: Fragment) -> set[str]:
    return {c.name for c in fragment.components}


def made(type_: str, path: str = "", **properties: Any) -> dict[str, Any]:
    return {
        "Type": f"AWS::{type_}",
        "Properties": properties,
        **({"Metadata": {"aws:cdk:path": path}} if path else {}),
    }


@pytest.mark.parametrize(
    ("path", "boot", "name"),
    [
        ("Till/Orders/Intake/Resource", True, "intake-queue"),
        ("Till/Orders/Intake/Resource", False, "intake-queue"),
        ("", True, "orders-intake-queue"),
        ("", False, "orders-intake1-a2-b3-c4-d-queue"),
    ],
)
def test_a_resource_is_called_what_its_construct_is_called(path: str, boot: bool, name: str) -> None:
    assert names(synthesised({"OrdersIntake1A2B3C4D": made("SQS::Queue", path)}, boot=boot)) == {name}


def test_constructs_of_one_name_are_told_apart_by_what_is_around_them() -> None:
    fragment = synthesised(
        {
            "OrdersHandler1A2B3C4D": made("Lambda::Function", "Till/Orders/Handler/Resource", **FUNCTION),
            "MailsHandler1A2B3C4E": made("Lambda::Function", "Till/Mails/Handler/Resource", **FUNCTION),
        }
    )
    assert len(names(fragment)) == 2
    assert all("1a2b" not in n for n in names(fragment))


def test_a_function_that_only_a_deployment_calls_is_no_part_of_the_system() -> None:
    arn = {"Fn::GetAtt": ["FrameworkonEvent1A2B3C4D", "Arn"]}
    fragment = synthesised(
        {
            "Seed": {"Type": "Custom::Seed", "Properties": {"ServiceToken": arn}},
            "FrameworkonEvent1A2B3C4D": made(
                "Lambda::Function", **FUNCTION,
                Environment={"Variables": {"USER_ON_EVENT_FUNCTION_ARN": {"Fn::GetAtt": ["SeederAAAAAAAA", "Arn"]}}},
            ),
            "SeederAAAAAAAA": made("Lambda::Function", **FUNCTION, Environment={"Variables": {"TABLE": {"Ref": "PricesBBBBBBBB"}}}),
            "PricesBBBBBBBB": made("DynamoDB::Table"),
            "ReaderCCCCCCCC": made("Lambda::Function", **FUNCTION, Environment={"Variables": {"TABLE": {"Ref": "PricesBBBBBBBB"}}}),
        }
    )  # fmt: skip
    assert names(fragment) == {"prices-table", "reader"}


def test_what_takes_the_results_of_a_function_is_published_to() -> None:
    queue = {"Destination": {"Fn::GetAtt": ["ResultsBBBBBBBB", "Arn"]}}
    fragment = synthesised(
        {
            "ScanAAAAAAAA": made("Lambda::Function", **FUNCTION),
            "ResultsBBBBBBBB": made("SQS::Queue"),
            "To": made("Lambda::EventInvokeConfig", FunctionName={"Ref": "ScanAAAAAAAA"},
                       DestinationConfig={"OnSuccess": queue, "OnFailure": queue}),
        }
    )  # fmt: skip
    assert {f"{f.source} {f.kind} {f.target}" for f in fragment.flows} == {"scan publishes results-queue"}


def test_the_only_way_out_of_a_network_is_found_although_each_subnet_is_a_construct_of_its_own() -> None:
    fragment = synthesised(
        {
            "NetAAAAAAAA": made("EC2::VPC", "Till/Net/Resource"),
            "NetPublicBBBBBBBB": made("EC2::Subnet", "Till/Net/PublicSubnet1/Subnet"),
            "NetPrivateCCCCCCCC": made("EC2::Subnet", "Till/Net/PrivateSubnet1/Subnet"),
            "NetNatDDDDDDDD": made("EC2::NatGateway", "Till/Net/PublicSubnet1/NATGateway"),
        }
    )
    assert names(fragment) == {"nat-gateway"}


def test_who_is_given_the_secret_of_a_database_uses_the_database() -> None:
    fragment = synthesised(
        {
            "OrdersAAAAAAAA": made("RDS::DBInstance", Engine="postgres"),
            "SecretBBBBBBBB": made("SecretsManager::Secret"),
            "AttachedCCCCCCCC": made(
                "SecretsManager::SecretTargetAttachment", SecretId={"Ref": "SecretBBBBBBBB"}, TargetId={"Ref": "OrdersAAAAAAAA"}
            ),
            "TillDDDDDDDD": made("Lambda::Function", **FUNCTION, Environment={"Variables": {"DB": {"Ref": "AttachedCCCCCCCC"}}}),
        }
    )  # fmt: skip
    assert {f"{f.source} {f.kind} {f.target}" for f in fragment.flows} == {
        "till calls orders-db",
        "till reads aws-secrets-manager",
    }


def test_a_bucket_that_is_emptied_before_it_is_deleted_has_no_protection() -> None:
    fragment = synthesised(
        {
            "UploadsAAAAAAAA": made("S3::Bucket"),
            "Emptied": {"Type": "Custom::S3AutoDeleteObjects", "Properties": {"BucketName": {"Ref": "UploadsAAAAAAAA"}}},
        }
    )  # fmt: skip
    fact = fragment.components[0].fact("deletion_protection")
    assert fact is not None
    assert fact.status == "denied"


def test_what_only_its_sort_names_is_called_after_the_stack() -> None:
    assert names(synthesised({"ApiAAAAAAAA": made("ApiGateway::RestApi")})) == {"till-api"}
