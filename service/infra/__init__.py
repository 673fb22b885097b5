"""Vendor-neutral adapters: HTTP, mail, secrets, sessions, logs, limits, stored documents."""
