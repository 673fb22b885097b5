"""What events add up to: counts by day, figures of a period, match quality, and advice."""
