"""The event sent to Meta: its fields, the person's identity, its ids, and reasons."""
