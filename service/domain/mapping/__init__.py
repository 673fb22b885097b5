"""From what a shop tells to the events that it means.

`table` says which signal makes which event. Each event has one module that says, for its object,
whether it has happened and what it was worth; `settle` adds what all events have in common.
"""
