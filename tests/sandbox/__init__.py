"""A stand-in for the two outside systems, Commerce7 and Meta, on this machine.

Nothing of `service` is imported here. Both sides follow the vendors' documentation only, so the
sandbox does not repeat a mistake of the service.
"""
