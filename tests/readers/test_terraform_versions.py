"""Versions out of support: runtimes of functions and apps, engines of databases and clusters that a provider runs."""

from __future__ import annotations

import pytest
from tests.readers.fragments import terraform as read


def _ended(block: str) -> str:
    """Return what is told of the end of support for the only component, up to the page that says it."""
    (component,) = read(block).components
    fact = component.fact("support_ended")
    return str(fact.value).partition(" (")[0] if fact is not None else ""


@pytest.mark.parametrize(
    ("block", "told"),
    [
        ('resource "aws_lambda_function" "orders" { runtime = "nodejs14.x" }', "Node.js 14, whose support ended in April 2023"),
        ('resource "aws_lambda_function" "orders" { runtime = "nodejs24.x" }', ""),
        ('resource "aws_lambda_function" "orders" { runtime = "go1.x" }', "AWS Lambda's runtime go1.x, whose support ended in January 2024"),
        ('resource "aws_lambda_function" "orders" { runtime = var.runtime }', ""),
        ('resource "google_cloudfunctions_function" "orders" { runtime = "php74" }', "PHP 7.4, whose support ended in November 2022"),
        (
            'resource "azurerm_linux_web_app" "orders" {\n site_config {\n application_stack {\n dotnet_version = "6.0"\n }\n }\n}',
            ".NET 6, whose support ended in November 2024",
        ),
        (
            'resource "azurerm_linux_web_app" "orders" {\n site_config {\n application_stack {\n node_version = "16-lts"\n }\n }\n}',
            "Node.js 16, whose support ended in September 2023",
        ),
    ],
)  # fmt: skip
def test_the_runtime_of_a_function_or_app_gets_fixes_or_not(block: str, told: str) -> None:
    assert _ended(block) == told


@pytest.mark.parametrize(
    ("engine", "version", "told"),
    [
        ("postgres", "11.9", "PostgreSQL 11, whose standard support ended in February 2024"),
        ("postgres", "16.4", ""),
        ("mysql", "5.7", "MySQL 5.7, whose standard support ended in February 2024"),
        ("oracle-ee", "11.2", ""),
    ],
)
def test_the_engine_of_a_managed_database_has_the_dates_of_the_provider(
    engine: str, version: str, told: str
) -> None:
    assert (
        _ended(
            f'resource "aws_db_instance" "orders" {{\n engine = "{engine}"\n engine_version = "{version}"\n}}'
        )
        == told
    )


@pytest.mark.parametrize(
    ("block", "told"),
    [
        ('resource "google_sql_database_instance" "orders" { database_version = "POSTGRES_11" }', "PostgreSQL 11, whose support ended in November 2023"),
        ('resource "google_sql_database_instance" "orders" { database_version = "MYSQL_8_4" }', ""),
        ('resource "aws_eks_cluster" "orders" { version = "1.24" }', "Kubernetes 1.24, whose standard support ended in January 2024"),
        ('resource "azurerm_mysql_flexible_server" "orders" { version = "5.7" }', "MySQL 5.7, whose support ended in October 2023"),
        (
            'resource "aws_rds_cluster" "orders" {\n engine = "aurora-mysql"\n engine_version = "5.7.mysql_aurora.2.11.2"\n}',
            "Aurora MySQL 5.7, whose standard support ended in October 2024",
        ),
    ],
)  # fmt: skip
def test_other_engines_and_clusters_have_theirs(block: str, told: str) -> None:
    assert _ended(block) == told


@pytest.mark.parametrize(
    ("runtime", "version"),
    [
        ("python|3.10", "3.10"),
        ("PYTHON|3.12", "3.12"),
        ("DOCKER|acme/till:3.10", None),
        ("NODE|20-lts", None),
    ],
)
def test_the_python_of_an_app_is_read_however_it_is_written(runtime: str, version: str | None) -> None:
    (app,) = read(
        f'resource "azurerm_function_app" "till" {{\n site_config {{\n linux_fx_version = "{runtime}"\n }}\n}}'
    ).components
    fact = app.fact("python_version")
    assert (fact.value if fact is not None else None) == version


def test_a_ruby_is_no_python() -> None:
    (function,) = read('resource "aws_lambda_function" "till" { runtime = "ruby3.2" }').components
    assert function.fact("python_version") is None
