"""What a winery's shop tells: its orders, memberships, reservations, customers and staff."""
