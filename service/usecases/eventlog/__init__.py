"""The event log: reading, resending, clearing, erasing, retention."""
