"""From an event to Meta: prepare and make an attempt, hold, release."""
