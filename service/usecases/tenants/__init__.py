"""A winery: install, settings, connection, session, what its shop tells."""
