"""Whether a winery's tracking works: its health, and the alerts that say why and what to do."""
