"""What a winery's people must know: alerts, e-mails about them, the overview."""
