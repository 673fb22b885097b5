"""What a winery is told by e-mail: alerts and reports."""
