"""1Pixel: what a winery sells on Commerce7, told to Meta's Conversions API."""
