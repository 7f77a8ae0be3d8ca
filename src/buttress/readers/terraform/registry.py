"""Modules of public registries that stand for one resource: what they make, by their source address."""

from __future__ import annotations

import re

# The inputs of these modules are named like the attributes of the resource, so its row can be read from them.
_MODULES = (
    (r"terraform-aws-modules/rds/aws$", "aws_db_instance"),
    (r"terraform-aws-modules/rds-aurora/aws", "aws_rds_cluster"),
    (r"terraform-aws-modules/sqs/aws", "aws_sqs_queue"),
    (r"terraform-aws-modules/sns/aws", "aws_sns_topic"),
    (r"terraform-aws-modules/lambda/aws$", "aws_lambda_function"),
    (r"terraform-aws-modules/s3-bucket/aws$", "aws_s3_bucket"),
    (r"terraform-aws-modules/dynamodb-table/aws", "aws_dynamodb_table"),
    (r"terraform-aws-modules/eks/aws$", "aws_eks_cluster"),
    (r"terraform-aws-modules/alb/aws", "aws_lb"),
    (r"terraform-aws-modules/ecs/aws//modules/service", "aws_ecs_service"),
    (r"terraform-aws-modules/ec2-instance/aws", "aws_instance"),
    (r"terraform-aws-modules/autoscaling/aws", "aws_autoscaling_group"),
    (r"terraform-aws-modules/elasticache/aws", "aws_elasticache_replication_group"),
    (r"terraform-aws-modules/msk-kafka-cluster/aws", "aws_msk_cluster"),
    (r"terraform-aws-modules/apigateway-v2/aws", "aws_apigatewayv2_api"),
    (r"terraform-aws-modules/cloudfront/aws", "aws_cloudfront_distribution"),
    (r"terraform-aws-modules/vpc/aws$", "aws_vpc"),
    (r"terraform-aws-modules/security-group/aws", "aws_security_group"),
    (r"terraform-aws-modules/opensearch/aws", "aws_opensearch_domain"),
    (r"cloudposse/rds/aws$", "aws_db_instance"),
    (r"cloudposse/rds-cluster/aws", "aws_rds_cluster"),
    (r"cloudposse/elasticache-redis/aws", "aws_elasticache_replication_group"),
    (r"cloudposse/(?:vpc|network)/aws", "aws_vpc"),
    (
        r"(?:terraform-google-modules|GoogleCloudPlatform)/sql-db/google(?!//modules/(?:private_service_access|backup|restore))",
        "google_sql_database_instance",
    ),
    (r"terraform-google-modules/kubernetes-engine/google", "google_container_cluster"),
    (r"terraform-google-modules/pubsub/google", "google_pubsub_topic"),
    (r"terraform-google-modules/cloud-storage/google", "google_storage_bucket"),
    (r"terraform-google-modules/network/google", "google_compute_network"),
    (r"Azure/aks/azurerm", "azurerm_kubernetes_cluster"),
    (r"Azure/(?:network|vnet)/azurerm", "azurerm_virtual_network"),
)


# What a module that isn't among the files makes, where its own name is that of one service of one provider.
_NAMED = {
    "lambda": "aws_lambda_function", "lambda-function": "aws_lambda_function", "sqs": "aws_sqs_queue", "sqs-queue": "aws_sqs_queue",
    "sns": "aws_sns_topic", "sns-topic": "aws_sns_topic", "s3": "aws_s3_bucket", "s3-bucket": "aws_s3_bucket",
    "dynamodb": "aws_dynamodb_table", "dynamodb-table": "aws_dynamodb_table", "rds": "aws_db_instance", "rds-instance": "aws_db_instance",
    "rds-cluster": "aws_rds_cluster", "rds-aurora": "aws_rds_cluster", "aurora": "aws_rds_cluster", "ecs-service": "aws_ecs_service",
    "fargate-service": "aws_ecs_service", "ecs-fargate-service": "aws_ecs_service", "alb": "aws_lb",
    "elasticache": "aws_elasticache_replication_group", "elasticache-redis": "aws_elasticache_replication_group",
    "cloudfront": "aws_cloudfront_distribution", "keyvault": "azurerm_key_vault", "key-vault": "azurerm_key_vault",
    "cloud-run": "google_cloud_run_v2_service", "cloud-sql": "google_sql_database_instance",
}  # fmt: skip
_PROVIDERS = ("aws", "google", "azurerm")


def type_of_module(source: str) -> str | None:
    """Return the type of resource that a module stands for: one of a registry that is known, or one that is called like a service.

    >>> type_of_module("terraform-aws-modules/rds/aws"), type_of_module("registry.terraform.io/acme/x/aws")
    ('aws_db_instance', None)
    >>> type_of_module("git::https://github.com/acme/terraform-aws-lambda.git?ref=v2"), type_of_module("app.terraform.io/acme/sqs/aws")
    ('aws_lambda_function', 'aws_sqs_queue')
    """
    address = re.sub(r"\?[^/]*", "", source).removeprefix("registry.terraform.io/")
    known = next((t for pattern, t in _MODULES if re.match(pattern, address)), None)
    if known is not None or re.match(
        r"(?:terraform-aws-modules|cloudposse|terraform-google-modules|Azure)/", address
    ):
        return known
    *above, last = [""] + [w for w in address.removesuffix(".git").split("/") if w]
    name = above[-1] if last in _PROVIDERS else last
    return _NAMED.get(
        re.sub(r"^(?:terraform-)?(?:aws-|google-|azurerm-|azure-)?", "", name.lower().replace("_", "-"))
    )
