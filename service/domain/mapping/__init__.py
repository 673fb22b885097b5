"""The mapping from a shop's signals to events.

`table` says which signal makes which event. Each event has one module that decides, from the
shop's object, whether it has happened and what it is worth; `settle` applies the rules that all
events share.
"""
