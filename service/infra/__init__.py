"""Around the core: HTTP, mail, secrets, sessions, logs, limits, stored documents."""
