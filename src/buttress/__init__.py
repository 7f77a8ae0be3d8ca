"""Buttress reviews the architecture of backend systems from the documents that teams already have."""
