"""A winery: settings, installation, set-up, connection, alerts and what it was notified of."""
