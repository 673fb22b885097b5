"""The page in the Commerce7 admin: its frame and tabs, Overview, alerts, Help."""
