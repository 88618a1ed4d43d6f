"""The drivers: the world that a case runs in. What faults decide, these modules do."""
