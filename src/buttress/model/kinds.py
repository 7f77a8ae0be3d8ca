"""Families of component kinds that readers, merge, analyses and reports decide by."""

from __future__ import annotations

DATABASES = frozenset(("relational_db", "document_db", "key_value_db", "data_store"))
STORES = DATABASES | {"search_index", "object_store", "cache"}
MESSAGING = frozenset(("message_broker", "stream"))
RUNTIME = frozenset(("service", "web_frontend", "gateway", "worker", "scheduler"))
