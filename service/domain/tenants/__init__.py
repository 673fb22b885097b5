"""A winery: settings, installation, set-up, connection, and what is kept of it."""
