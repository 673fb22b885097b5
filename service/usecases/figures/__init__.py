"""Count a winery's events, and read its figures and match quality."""
