"""Commerce7, the platform that sends: its formats (`wire`, pure)."""
