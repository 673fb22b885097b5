"""A winery's alerts, the e-mails about them, and the overview."""
