"""What deploys and tries the service. These scripts need nothing but Python."""
