"""From a signal to an event: receive it, ask the shop about it, decide what it means."""
