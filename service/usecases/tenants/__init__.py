"""A winery: installation, settings, connection tests, sessions, shop facts."""
