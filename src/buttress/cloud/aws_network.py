"""AWS: what stands between callers and services: load balancers, gateways, CDN, names, events, networks, rights."""

from __future__ import annotations

from buttress.cloud.table import Row, amount, carried, component, flag, given, link, negated, part, text, word

_LB = (
    negated("exposed_to_internet", "internal", True),
    word("exposed_to_internet", "scheme", internal=False, internet_facing=True),
    given("access_log", "access_logs"),
)
_API = (amount("rate_limit", "default_route_settings.throttling_rate_limit|settings.throttling_rate_limit"),)
_STAGE = (
    given("access_log", "access_log_settings|access_log_setting"),
    flag("tracing", "xray_tracing_enabled|tracing_enabled"),
    amount("rate_limit", "method_settings.throttling_rate_limit"),
    *_API,
)

ROWS: tuple[Row, ...] = (
    *(component(t, "load_balancer", "alb", "load-balancer", *_LB, engine="load_balancer_type|type",
                engines={"network": "nlb", "gateway": "nlb", "application": "alb"}) for t in ("aws_lb", "aws_alb")),
    component("aws_elb", "load_balancer", "elb", "load-balancer", *_LB, names="name|load_balancer_name"),
    *(part(t, "load_balancer_arn", text("tls_policy", "ssl_policy")) for t in ("aws_lb_listener", "aws_alb_listener")),
    *(part(t, "listener_arn") for t in ("aws_lb_listener_rule", "aws_alb_listener_rule")),
    *(link(t, "target_group_arn", "target_id", "") for t in ("aws_lb_target_group_attachment", "aws_alb_target_group_attachment")),
    link("aws_autoscaling_attachment", "lb_target_group_arn|alb_target_group_arn|elb", "autoscaling_group_name", ""),
    link("aws_elb_attachment", "elb", "instance", "routes"),
    # --- gateways
    component("aws_api_gateway_rest_api", "gateway", "aws-api-gateway", "api",
              word("exposed_to_internet", "endpoint_configuration.types", True, PRIVATE=False, rest=True), env="body"),
    component("aws_apigatewayv2_api", "gateway", "aws-api-gateway", "api",
              flag("exposed_to_internet", "exposed", True), given("cors", "cors_configuration"), env="body|target"),
    component("aws_appsync_graphql_api", "gateway", "aws-api-gateway", "api",
              flag("exposed_to_internet", "exposed", True),
              word("authentication", "authentication_type", API_KEY="API key", AWS_IAM="IAM", AMAZON_COGNITO_USER_POOLS="Cognito",
                   OPENID_CONNECT="OpenID Connect", AWS_LAMBDA="Lambda authorizer")),
    link("aws_api_gateway_integration", "rest_api_id", "uri|integration_uri", "routes"),
    link("aws_apigatewayv2_integration", "api_id", "integration_uri", "routes"),
    link("aws_appsync_datasource", "api_id", "lambda_config.function_arn|dynamodb_config.table_name|http_config.endpoint", "routes"),
    link("aws_api_gateway_authorizer", "rest_api_id", "provider_arns|authorizer_uri", "calls"),
    link("aws_apigatewayv2_authorizer", "api_id", "jwt_configuration.issuer|jwt_configuration.audience|authorizer_uri", "calls"),
    part("aws_api_gateway_stage", "rest_api_id", *_STAGE),
    part("aws_apigatewayv2_stage", "api_id", *_STAGE),
    part("aws_api_gateway_method_settings", "rest_api_id", amount("rate_limit", "settings.throttling_rate_limit")),
    part("aws_api_gateway_usage_plan", "api_stages.api_id", amount("rate_limit", "throttle_settings.rate_limit|throttle.rate_limit")),
    # A route that lets everybody in leaves the check to the code behind it, like a function's own address.
    part("aws_api_gateway_method", "rest_api_id", word("authentication", "api_key_required", true="API key"), word(
        "authentication", "authorization|authorization_type", None, AWS_IAM="IAM", CUSTOM="authorizer", COGNITO_USER_POOLS="Cognito"),
        word("open_to_callers", "authorization|authorization_type", NONE=True)),
    part("aws_apigatewayv2_route", "api_id", word("authentication", "authorization_type", AWS_IAM="IAM", CUSTOM="authorizer", JWT="JWT"),
         word("open_to_callers", "authorization_type", True, NONE=True)),
    *carried("aws_api_gateway_resource", "aws_api_gateway_deployment"),
    component("aws_cloudfront_distribution", "cdn", "cloudfront", "cdn", flag("exposed_to_internet", "exposed", True),
              word("encryption_in_transit", "default_cache_behavior.viewer_protocol_policy|distribution_config.default_cache_behavior.viewer_protocol_policy",
                   redirect_to_https=True, https_only=True),
              word("https_only", "default_cache_behavior.viewer_protocol_policy|distribution_config.default_cache_behavior.viewer_protocol_policy",
                   allow_all=False, redirect_to_https=True, https_only=True),
              text("tls_policy", "viewer_certificate.minimum_protocol_version|distribution_config.viewer_certificate.minimum_protocol_version"),
              given("waf", "web_acl_id|distribution_config.web_acl_id"),
              given("access_log", "logging_config|distribution_config.logging"), names="comment"),
    component("aws_globalaccelerator_accelerator", "load_balancer", "aws", "accelerator", flag("exposed_to_internet", "exposed", True)),
    part("aws_wafv2_web_acl_association", "resource_arn", given("waf", "web_acl_arn")),
    part("aws_wafregional_web_acl_association", "resource_arn", given("waf", "web_acl_id")),
    component("aws_route53_zone", "dns", "route53", single="Amazon Route 53"),
    part("aws_cognito_user_pool_domain", "user_pool_id"),
    # --- backups of several stores at once
    part("aws_backup_selection", "resources", given("backup", "plan_id")),
    # --- EC2 volumes don't run and are nobody's name: their facts are the instance's
    link("aws_volume_attachment", "instance_id", "volume_id", ""),
)  # fmt: skip
