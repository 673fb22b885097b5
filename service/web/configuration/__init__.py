"""The Configuration tab: the form, the connection test, the simulation."""
