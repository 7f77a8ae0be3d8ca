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


def type_of_module(source: str) -> str | None:
    """Return the type of resource that a module of a registry stands for, None for modules that aren't known.

    >>> type_of_module("terraform-aws-modules/rds/aws"), type_of_module("registry.terraform.io/acme/x/aws")
    ('aws_db_instance', None)
    """
    address = source.split("?", 1)[0].removeprefix("registry.terraform.io/")
    return next((t for pattern, t in _MODULES if re.match(pattern, address)), None)
