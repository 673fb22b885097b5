"""A stand-in for the two outside systems: a Commerce7 and a Meta, on one's own machine.

Nothing of `service` is imported here: what both sides agree on is the vendors' documentation,
so a mistake in the service cannot hide behind the same mistake in its sandbox.
"""
