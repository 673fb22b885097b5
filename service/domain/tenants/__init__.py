"""A winery: settings, installation, set-up, connection, alerts and the e-mails about them."""
