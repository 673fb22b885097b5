"""The event that Meta is sent: its fields, who it is about, its ids, and reasons in code."""
