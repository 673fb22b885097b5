"""What 1Pixel is compared with. None of it imports the service."""
