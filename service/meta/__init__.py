"""Meta, the vendor who receives: its formats (`wire`, pure) and the network half (`client`)."""
