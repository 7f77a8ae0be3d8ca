"""Detectors: each looks at one concern of a parsed project and tells the ledger what it finds."""
