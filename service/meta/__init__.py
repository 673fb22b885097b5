"""Meta, which receives the events: its formats (pure), and clients of its Graph API."""
