"""The platform on one machine: the same ports as in the cloud, held to the same contracts."""
