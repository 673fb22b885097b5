"""HTTP to use case and back; no decisions."""
