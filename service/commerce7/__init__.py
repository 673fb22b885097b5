"""Commerce7, the shop platform: parsers of its formats (pure), and a client of its API."""
