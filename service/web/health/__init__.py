"""A winery's health on the dashboard's pages: pills, banners, and how they are renewed."""
