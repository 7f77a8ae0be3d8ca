"""The rows of all providers: what each type of resource is, says and links."""

from __future__ import annotations

from functools import cache

from buttress.cloud import aws, aws_network, azure, google
from buttress.cloud.table import Row


@cache
def rows() -> dict[str, Row]:
    """Return the rows of all providers by type.

    >>> rows()["aws_sqs_queue"].kind
    'message_broker'
    """
    return {r.type: r for table in (aws.ROWS, aws_network.ROWS, google.ROWS, azure.ROWS) for r in table}
