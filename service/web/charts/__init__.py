"""Drawings of numbers over time, each with the same numbers as a table."""
