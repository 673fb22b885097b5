"""Figures of the Overview: what was sent, how complete and how good it is, and what to do."""
