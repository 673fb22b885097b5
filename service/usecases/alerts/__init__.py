"""A winery's alerts and reports, and the e-mails about them."""
