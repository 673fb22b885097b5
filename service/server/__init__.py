"""The HTTP server. A request gets a thread once it is whole.

Why, and why so: docs/adr/0029-whole-requests-get-a-thread.md.
"""
