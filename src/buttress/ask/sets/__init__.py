"""Questions for sets: a small algebra of selections, relations and properties, the grammar that reads it, and who answers."""
