"""Facts and rules of the service: pure, without vendor formats, clock or randomness."""
