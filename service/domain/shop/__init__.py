"""A winery's shop: its orders, memberships, reservations, customers, staff and settings."""
