"""Stores of cloud providers by the clients that code opens."""

from __future__ import annotations

import re

from buttress.readers.python.found import Ledger, Target
from buttress.readers.python.project import Project, constant
from buttress.readers.python.records import Call
from buttress.vocabulary import load

_AWS = {
    "s3": ("Amazon S3", "object_store", "s3"), "dynamodb": ("Amazon DynamoDB", "key_value_db", "dynamodb"), "sqs": ("Amazon SQS", "message_broker", "sqs"),
    "sns": ("Amazon SNS", "message_broker", "sns"), "ses": ("Amazon SES", "external_service", "ses"), "sesv2": ("Amazon SES", "external_service", "ses"),
    "kinesis": ("Amazon Kinesis", "stream", "kinesis"), "secretsmanager": ("AWS Secrets Manager", "secret_store", "aws-secrets-manager"),
    "ssm": ("AWS Systems Manager", "config_server", None), "lambda": ("AWS Lambda", "service", "lambda"), "events": ("Amazon EventBridge", "message_broker", "eventbridge"),
    "cognito-idp": ("Amazon Cognito", "identity_provider", "cognito"), "bedrock-runtime": ("Amazon Bedrock", "external_service", None),
    "stepfunctions": ("AWS Step Functions", "scheduler", "step-functions"), "kms": ("AWS KMS", "secret_store", "aws-kms"),
    "sagemaker-runtime": ("Amazon SageMaker", "external_service", None), "textract": ("Amazon Textract", "external_service", None),
}  # fmt: skip

_GOOGLE = {
    "google.cloud.storage.Client": ("Google Cloud Storage", "object_store", "gcs"),
    "google.cloud.pubsub_v1.PublisherClient": ("Google Pub/Sub", "message_broker", "google-pubsub"),
    "google.cloud.pubsub_v1.SubscriberClient": ("Google Pub/Sub", "message_broker", "google-pubsub"),
    "google.cloud.bigquery.Client": ("BigQuery", "data_store", "bigquery"),
    "google.cloud.firestore.Client": ("Firestore", "document_db", "firestore"),
    "google.cloud.tasks_v2.CloudTasksClient": ("Cloud Tasks", "message_broker", None),
    "google.cloud.secretmanager.SecretManagerServiceClient": ("Secret Manager", "secret_store", None),
    "azure.storage.blob.BlobServiceClient": ("Azure Blob Storage", "object_store", "azure-blob-storage"),
    "azure.storage.blob.BlobServiceClient.from_connection_string": ("Azure Blob Storage", "object_store", "azure-blob-storage"),
    "azure.servicebus.ServiceBusClient": ("Azure Service Bus", "message_broker", "azure-service-bus"),
    "azure.cosmos.CosmosClient": ("Azure Cosmos DB", "document_db", "cosmosdb"),
    "azure.keyvault.secrets.SecretClient": ("Azure Key Vault", "secret_store", "azure-key-vault"),
}  # fmt: skip
_PUBLISHES = re.compile(
    r"\.(?:put_records?|send_message(?:_batch)?|send_messages|publish(?:_batch)?|put_events|create_task)\("
)
_CONSUMES = re.compile(
    r"\.(?:get_records|get_shard_iterator|subscribe_to_shard|receive_messages?)\(|\bget_queue_receiver\("
)


def detect(project: Project, ledger: Ledger) -> None:
    """Link to what the clients of cloud providers are made for."""
    known = load().technologies
    for call in project.calls:
        found = None
        if re.match(r"(?:boto3|aioboto3|aiobotocore)\b", call.name) and call.last in (
            "client",
            "resource",
            "create_client",
        ):
            service = constant(call.argument(0, "service_name"))
            found = _AWS.get(service) if isinstance(service, str) else None
        elif call.name in _GOOGLE:
            found = _GOOGLE[call.name]
        if found is None:
            continue
        name, kind, technology = found
        target = Target(name, kind, technology if technology in known else None, outside=True)
        for flow in _directions(call) if kind in ("message_broker", "stream") else ("calls",):
            link = ledger.link(ledger.role_of(call), target, call.evidence(), flow)
            driver = "boto3" if "boto" in call.name else call.name.partition(".")[0]
            link.say("driver", driver, call.evidence())


def _directions(call: Call) -> tuple[str, ...]:
    """Return whether what is made is there to publish, to consume or both, by what its module calls; publishing when nothing tells."""
    if "Subscriber" in call.name or "Publisher" in call.name:
        return ("consumes",) if "Subscriber" in call.name else ("publishes",)
    text = call.module.text.source.text
    both = (("publishes", _PUBLISHES), ("consumes", _CONSUMES))
    return tuple(flow for flow, words in both if words.search(text)) or ("publishes",)
