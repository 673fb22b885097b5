"""How an event reaches one pixel: attempts, verdicts, pauses, the pixel's circuit breaker."""
