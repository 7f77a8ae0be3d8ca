"""Where a fact stands: lines of keys in YAML, quotes that stand where they say, and texts that nobody wrote."""
