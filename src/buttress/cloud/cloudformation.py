"""CloudFormation's resources as those of the tables: types by their Terraform names, intrinsic functions worked out."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from buttress.cloud.values import HOLE, UNKNOWN, Place, Ref, Resource, Value
from buttress.evidence.lines import Node

MAX_DEPTH = 40
_VARIABLE = re.compile(r"\$\{([^${}]{1,200})\}")

_TYPES: dict[str, str] = {
    "ApiGateway::RestApi": "aws_api_gateway_rest_api", "ApiGateway::Method": "aws_api_gateway_method", "ApiGateway::Stage": "aws_api_gateway_stage",
    "ApiGateway::Resource": "aws_api_gateway_resource", "ApiGateway::Deployment": "aws_api_gateway_deployment",
    "ApiGateway::Authorizer": "aws_api_gateway_authorizer", "ApiGateway::UsagePlan": "aws_api_gateway_usage_plan",
    "ApiGateway::VpcLink": "aws_api_gateway_vpc_link", "ApiGatewayV2::Api": "aws_apigatewayv2_api",
    "ApiGatewayV2::Integration": "aws_apigatewayv2_integration", "ApiGatewayV2::Route": "aws_apigatewayv2_route",
    "ApiGatewayV2::Stage": "aws_apigatewayv2_stage", "ApiGatewayV2::Authorizer": "aws_apigatewayv2_authorizer",
    "ApiGatewayV2::VpcLink": "aws_apigatewayv2_vpc_link", "AppRunner::Service": "aws_apprunner_service",
    "AppSync::GraphQLApi": "aws_appsync_graphql_api", "AppSync::DataSource": "aws_appsync_datasource",
    "ApplicationAutoScaling::ScalableTarget": "aws_appautoscaling_target", "ApplicationAutoScaling::ScalingPolicy": "aws_appautoscaling_policy",
    "AutoScaling::AutoScalingGroup": "aws_autoscaling_group",
    "AutoScaling::LaunchConfiguration": "aws_launch_configuration", "AutoScaling::ScalingPolicy": "aws_autoscaling_policy",
    "Backup::BackupSelection": "aws_backup_selection", "Batch::JobDefinition": "aws_batch_job_definition",
    "CloudFront::Distribution": "aws_cloudfront_distribution", "CloudWatch::Alarm": "aws_cloudwatch_metric_alarm",
    "Cognito::UserPool": "aws_cognito_user_pool", "Cognito::UserPoolClient": "aws_cognito_user_pool_client",
    "DocDB::DBCluster": "aws_docdb_cluster", "DocDB::DBInstance": "aws_docdb_cluster_instance", "DynamoDB::Table": "aws_dynamodb_table",
    "DynamoDB::GlobalTable": "aws_dynamodb_global_table", "EC2::Instance": "aws_instance", "EC2::LaunchTemplate": "aws_launch_template",
    "EC2::NatGateway": "aws_nat_gateway",
    "EC2::SecurityGroup": "aws_security_group", "EC2::SecurityGroupIngress": "aws_vpc_security_group_ingress_rule", "EC2::Subnet": "aws_subnet",
    "EC2::VPC": "aws_vpc", "ECS::Cluster": "aws_ecs_cluster", "ECS::Service": "aws_ecs_service", "ECS::TaskDefinition": "aws_ecs_task_definition",
    "EFS::AccessPoint": "aws_efs_access_point",
    "EFS::FileSystem": "aws_efs_file_system", "EKS::Cluster": "aws_eks_cluster", "EKS::Nodegroup": "aws_eks_node_group",
    "ElastiCache::CacheCluster": "aws_elasticache_cluster", "ElastiCache::ReplicationGroup": "aws_elasticache_replication_group",
    "ElastiCache::SubnetGroup": "aws_elasticache_subnet_group", "ElasticBeanstalk::Environment": "aws_elastic_beanstalk_environment",
    "ElasticLoadBalancing::LoadBalancer": "aws_elb", "ElasticLoadBalancingV2::Listener": "aws_lb_listener",
    "ElasticLoadBalancingV2::ListenerRule": "aws_lb_listener_rule", "ElasticLoadBalancingV2::LoadBalancer": "aws_lb",
    "ElasticLoadBalancingV2::TargetGroup": "aws_lb_target_group", "Elasticsearch::Domain": "aws_elasticsearch_domain",
    "Events::EventBus": "aws_cloudwatch_event_bus", "Events::Rule": "aws_cloudwatch_event_rule", "Glue::Crawler": "aws_glue_crawler",
    "Glue::Job": "aws_glue_job", "Glue::Trigger": "aws_glue_trigger",
    "IAM::InstanceProfile": "aws_iam_instance_profile", "IAM::ManagedPolicy": "aws_iam_policy", "IAM::Policy": "aws_iam_role_policy",
    "IAM::Role": "aws_iam_role", "IoT::TopicRule": "aws_iot_topic_rule",
    "Kinesis::Stream": "aws_kinesis_stream", "KinesisFirehose::DeliveryStream": "aws_kinesis_firehose_delivery_stream",
    "Lambda::Alias": "aws_lambda_alias", "Lambda::EventInvokeConfig": "aws_lambda_function_event_invoke_config",
    "Lambda::EventSourceMapping": "aws_lambda_event_source_mapping", "Lambda::Function": "aws_lambda_function",
    "Lambda::Permission": "aws_lambda_permission", "Lambda::Url": "aws_lambda_function_url", "Lambda::Version": "aws_lambda_version",
    "Logs::LogGroup": "aws_cloudwatch_log_group",
    "Logs::SubscriptionFilter": "aws_cloudwatch_log_subscription_filter", "MSK::Cluster": "aws_msk_cluster", "AmazonMQ::Broker": "aws_mq_broker",
    "MemoryDB::Cluster": "aws_memorydb_cluster", "Neptune::DBCluster": "aws_neptune_cluster", "Neptune::DBInstance": "aws_neptune_cluster_instance",
    "OpenSearchService::Domain": "aws_opensearch_domain", "Pipes::Pipe": "aws_pipes_pipe", "RDS::DBCluster": "aws_rds_cluster",
    "RDS::DBInstance": "aws_db_instance", "RDS::DBProxy": "aws_db_proxy", "RDS::DBProxyTargetGroup": "aws_db_proxy_target",
    "RDS::DBSubnetGroup": "aws_db_subnet_group", "Redshift::Cluster": "aws_redshift_cluster", "Route53::HostedZone": "aws_route53_zone",
    "S3::Bucket": "aws_s3_bucket", "S3::BucketPolicy": "aws_s3_bucket_policy",
    "Custom::S3AutoDeleteObjects": "aws_s3_auto_delete", "SNS::Subscription": "aws_sns_topic_subscription",
    "SNS::Topic": "aws_sns_topic", "SQS::Queue": "aws_sqs_queue", "SSM::Parameter": "aws_ssm_parameter",
    "Scheduler::Schedule": "aws_scheduler_schedule", "SecretsManager::Secret": "aws_secretsmanager_secret",
    "SecretsManager::SecretTargetAttachment": "aws_secretsmanager_secret_version",
    "Synthetics::Canary": "aws_synthetics_canary",
    "ServiceDiscovery::Service": "aws_service_discovery_service", "StepFunctions::StateMachine": "aws_sfn_state_machine",
    "WAFv2::WebACL": "aws_wafv2_web_acl", "WAFv2::WebACLAssociation": "aws_wafv2_web_acl_association",
}  # fmt: skip
_PREPARED = (
    "aws_instance",
    "aws_launch_configuration",
    "aws_launch_template",
)  # machines that `cfn-init` sets up
_CDK_PATH = "aws:cdk:path"
# The settings by which the CDK's function in front of a team's own helper knows it.
_CALLED_BY_HELPERS = ("USER_ON_EVENT_FUNCTION_ARN", "USER_IS_COMPLETE_FUNCTION_ARN")
_KEPT = ("Retain", "Snapshot", "RetainExceptOnCreate")


@dataclass(slots=True)
class Template:
    """A template and what a name in it means: one of its resources, a parameter, an export of another template."""

    node: Node
    prefix: str
    resources: set[str]
    exports: Mapping[str, list[Value]] = field(default_factory=dict)
    around: tuple[str, ...] = ()  # what names the resources whose own names say nothing: folder, file, stack
    stacks: dict[str, Template] = field(
        default_factory=dict
    )  # the templates of nested stacks that are read too
    given: dict[str, list[tuple[Template, Node]]] = field(
        default_factory=dict
    )  # parameters, from stacks around it
    _working: set[str] = field(default_factory=set)
    _helpers: frozenset[str] | None = None
    _by_cdk: bool | None = None

    def value(self, node: Node, depth: int = 0) -> Value:
        """Return the value of a node; intrinsic functions are worked out where they are literal."""
        place = (Place(node.source, node.key_line),)
        if depth > MAX_DEPTH:
            return Value(UNKNOWN, place)
        if node.tag and node.tag != "!":
            return self._call(node.tag.removeprefix("!").replace("Fn::", ""), node, node, depth + 1, place)
        if isinstance(node.value, dict):
            if len(node.value) == 1:
                name, inner = next(iter(node.value.items()))
                if name == "Ref" or name.startswith("Fn::"):
                    return self._call(name.removeprefix("Fn::"), inner, node, depth + 1, place)
            return Value({k: self.value(v, depth + 1) for k, v in node.value.items()}, place)
        if isinstance(node.value, list):
            return Value([self.value(v, depth + 1) for v in node.value], place)
        return self.scalar(node, place)

    def scalar(self, node: Node, place: tuple[Place, ...]) -> Value:
        """Return the value of a node that is no list and no mapping."""
        return Value(None if isinstance(node.value, list | dict) else node.value, place)

    def _call(self, name: str, inner: Node, node: Node, depth: int, place: tuple[Place, ...]) -> Value:
        items = list(inner.list())
        if name == "Ref":
            return self.reference(inner.raw, "", place)
        if name == "GetAtt":
            parts = [i.raw for i in items] if items else inner.raw.split(".", 1)
            return self.reference(parts[0], ".".join(parts[1:]), place) if parts else Value(UNKNOWN, place)
        if name == "Sub":
            return self._sub(inner, items, depth, place)
        if name == "Join" and len(items) == 2:
            parts_ = [self.value(i, depth) for i in items[1].list()]
            return _text(_between(parts_, items[0].raw), place)
        if name == "If" and len(items) == 3:
            both = [self.value(i, depth) for i in items[1:]]
            if both[0].known and both[0].data == both[1].data and not isinstance(both[0].data, list | dict):
                return Value(both[0].data, place)
            return Value(UNKNOWN, place, _refs(both), HOLE)
        if name == "FindInMap" and len(items) == 3:
            keys = [self.value(i, depth) for i in items]
            found = (
                self.node.get("Mappings", *(k.words() for k in keys)) if all(k.known for k in keys) else None
            )
            return self.value(found, depth) if found is not None else Value(UNKNOWN, place)
        if name == "ImportValue":
            wanted = self.value(inner, depth) if not inner.tag or inner is not node else Value(inner.raw)
            words = wanted.words().rpartition(HOLE)[2]
            known = self.exports.get(words, [])
            return (
                Value(UNKNOWN, place, known[0].refs, HOLE)
                if words and len(known) == 1
                else Value(UNKNOWN, place)
            )
        if name in ("Select", "Split", "Base64", "GetAZs", "Cidr", "Transform", "ToJsonString", "Length"):
            if name in ("Base64", "ToJsonString") and not items and isinstance(inner.value, dict):
                return Value({k: self.value(v, depth) for k, v in inner.value.items()}, place)
            parts_ = [self.value(i, depth) for i in items] or (
                [] if inner is node else [self.value(inner, depth)]
            )
            if name == "Select" and len(parts_) == 2 and isinstance(parts_[1].data, list):
                at = parts_[0].words()
                if at.isdigit() and int(at) < len(parts_[1].data):
                    return parts_[1].data[int(at)]
            return Value(UNKNOWN, place, _refs(parts_), HOLE)
        return Value(UNKNOWN, place, (), HOLE)

    def _sub(self, inner: Node, items: list[Node], depth: int, place: tuple[Place, ...]) -> Value:
        own: dict[str, Value] = {}
        text = inner.raw
        if items:
            text = items[0].raw
            if len(items) > 1:
                own = {k: self.value(v, depth) for k, v in items[1].items()}
        parts: list[Value] = []
        at = 0
        for found in _VARIABLE.finditer(text[:100_000]):
            parts.append(Value(text[at : found.start()]))
            name, _, attribute = found[1].partition(".")
            if found[1].startswith("!"):
                parts.append(Value("${" + found[1][1:] + "}"))
            else:
                parts.append(own[found[1]] if found[1] in own else self.reference(name, attribute, place))
            at = found.end()
        parts.append(Value(text[at:]))
        return _text([p for p in parts if p.data != ""], place)

    def reference(self, name: str, attribute: str, place: tuple[Place, ...]) -> Value:
        """Return what a name means: a resource, a parameter with its default, or something that only a deployment knows."""
        if name in self.stacks and attribute.startswith("Outputs."):
            inner = self.stacks[name]
            output = inner.node.get("Outputs", attribute.removeprefix("Outputs."), "Value")
            return inner.elsewhere(attribute, output, place)
        if name in self.resources:
            return Value(UNKNOWN, place, (Ref(self.prefix + name, attribute),), HOLE)
        given = self.given.get(name, ())
        if len(given) == 1:
            template, node = given[0]
            return template.elsewhere(f"{self.prefix}{name}", node, place)
        if given:  # each stack gives it another value
            return Value(UNKNOWN, place, (), f"${{{self.prefix}{name}}}")
        parameter = self.node.get("Parameters", name)
        default = parameter.get("Default") if parameter is not None else None
        if default is not None and "SSM" not in (parameter.text("Type") if parameter is not None else ""):
            kind = parameter.text("Type") if parameter is not None else ""
            data: str | int | float | bool | None = (
                default.value if not isinstance(default.value, list | dict) else None
            )
            if kind == "CommaDelimitedList" and isinstance(data, str):
                return Value([Value(p.strip(), place) for p in data.split(",")[:100]], place)
            if data not in (None, ""):
                return Value(data, (*place, Place(default.source, default.key_line)))
        return Value(UNKNOWN, place, (), f"${{{self.prefix}{name}}}")

    def elsewhere(self, key: str, node: Node | None, place: tuple[Place, ...]) -> Value:
        """Return the value of a node as another template uses it; UNKNOWN where the two need each other."""
        if node is None or key in self._working or len(self._working) > MAX_DEPTH:
            return Value(UNKNOWN, place, (), HOLE)
        self._working.add(key)
        found = self.value(node)
        self._working.discard(key)
        return Value(found.data, (*place, *found.places)[:3], found.refs, found.text)

    def all_resources(self) -> list[Resource]:
        """Return the resources of the template whose types are known."""
        out = []
        helpers = self.helpers()
        for name, node in self.node.items("Resources"):
            type_ = _TYPES.get(node.text("Type").removeprefix("AWS::"))
            if type_ is not None and name not in helpers:
                out.append(self.resource(name, node, type_))
        return out

    def helpers(self) -> frozenset[str]:
        """Return the functions that only a deployment calls, for resources of one's own; those that these call are such too."""
        if self._helpers is None:
            called: dict[str, set[str]] = {}
            for name, node in self.node.items("Resources"):
                for key in ("ServiceToken", *_CALLED_BY_HELPERS):
                    place = (key,) if key == "ServiceToken" else ("Environment", "Variables", key)
                    token = node.get("Properties", *place)
                    if token is not None:
                        used = {
                            ref.address.removeprefix(self.prefix) for ref, _ in self.value(token).all_refs()
                        }
                        called.setdefault("" if key == "ServiceToken" else name, set()).update(used)
            tokens = called.pop("", set())
            self._helpers = frozenset(tokens.union(*(u for name, u in called.items() if name in tokens)))
        return self._helpers

    def called(self, name: str, node: Node) -> tuple[str, tuple[str, ...]]:
        """Return what the code calls a resource, and what is around it; a template that the CDK writes says it aside from its names."""
        if self._by_cdk is None:
            self._by_cdk = self.node.get("Parameters", "BootstrapVersion") is not None or any(
                n.text("Type") == "AWS::CDK::Metadata" or n.get("Metadata", _CDK_PATH) is not None
                for _, n in self.node.items("Resources")
            )
        if not self._by_cdk:
            return name, self.around
        path = [p for p in node.text("Metadata", _CDK_PATH).split("/") if p not in ("Resource", "Default")]
        if len(path) > 1:
            return path[-1], (*self.around, *path[1:-1])
        return re.sub(r"(?<=.)[0-9A-F]{8}$", "", name), self.around

    def resource(self, name: str, node: Node, type_: str) -> Resource:
        """Return a resource of the template as one of a type of the tables."""
        properties = node.get("Properties")
        body = (
            self.value(properties)
            if properties is not None
            else Value({}, (Place(node.source, node.key_line),))
        )
        if not isinstance(body.data, dict):
            body = Value({}, body.places)
        assert isinstance(body.data, dict)
        prepared = node.get("Metadata", "AWS::CloudFormation::Init") if type_ in _PREPARED else None
        if prepared is not None:
            body.data["cfn_init"] = self.value(prepared)
        kept = node.get("DeletionPolicy")
        if kept is not None and kept.raw in _KEPT:
            for key in ("deletion_protection", "deletion_protection_enabled"):
                if body.get(key) is None:
                    body.data[key] = Value(True, (Place(kept.source, kept.key_line),))
        if type_ == "aws_db_instance" and body.get("DBClusterIdentifier") is not None:
            type_ = "aws_rds_cluster_instance"
        label, around = self.called(name, node)
        return Resource(
            type_, self.prefix + name, label, body, Place(node.source, node.key_line), around,
            count=None if node.get("Condition") is not None else 1, dialect="cloudformation", group=self.prefix.rstrip(":"),
        )  # fmt: skip


def _between(parts: list[Value], separator: str) -> list[Value]:
    out: list[Value] = []
    for n, part in enumerate(parts):
        out += [Value(separator), part] if n and separator else [part]
    return out


def _refs(parts: list[Value]) -> tuple[Ref, ...]:
    return tuple(dict.fromkeys(r for p in parts for r, _ in p.all_refs()))[:50]


def _text(parts: list[Value], place: tuple[Place, ...]) -> Value:
    refs = _refs(parts)
    text = "".join(p.words() if p.known else p.text or HOLE for p in parts)[:100_000]
    if all(p.known and not isinstance(p.data, list | dict) for p in parts):
        return Value(text, place, refs)
    return Value(UNKNOWN, place, refs, text)


def exports_of(templates: list[Template]) -> dict[str, list[Value]]:
    """Return what templates export to others, by the last literal part of the name."""
    out: dict[str, list[Value]] = {}
    for template in templates:
        for _, output in template.node.items("Outputs"):
            name, value = output.get("Export", "Name"), output.get("Value")
            if name is not None and value is not None:
                words = template.value(name).words().rpartition(HOLE)[2]
                if words:
                    out.setdefault(words, []).append(template.value(value))
    return out


def nest(templates: list[Template]) -> None:
    """Join the stacks of templates with the templates that they name, where those are among the files."""
    for outer in templates:
        for name, node in outer.node.items("Resources"):
            if node.text("Type") not in ("AWS::CloudFormation::Stack", "AWS::Serverless::Application"):
                continue
            written = node.text("Properties", "TemplateURL") or node.text("Properties", "Location")
            inner = _template_at(written, outer, templates)
            if inner is None or inner is outer:
                continue
            outer.stacks[name] = inner
            inner.around = (*inner.around, name)
            for key, value in node.items("Properties", "Parameters"):
                inner.given.setdefault(key, []).append((outer, value))


def _template_at(written: str, outer: Template, templates: list[Template]) -> Template | None:
    path = re.search(r"[\w./-]{1,300}$", written)
    if path is None:
        return None
    exact = posixpath.normpath(posixpath.join(posixpath.dirname(outer.node.source.path), path[0]))
    steps = path[0].split("/")[::-1]
    named: dict[
        int, list[Template]
    ] = {}  # by how many folders above the file they have in common with what is written
    for template in templates:
        own = template.node.source.path.split("/")[::-1]
        alike = next(
            (n for n, (a, b) in enumerate(zip(own, steps, strict=False)) if a != b), min(len(own), len(steps))
        )
        if template.node.source.path == exact:
            return template
        if alike:
            named.setdefault(alike, []).append(template)
    nearest = named[max(named)] if named else []
    return nearest[0] if len(nearest) == 1 else None
