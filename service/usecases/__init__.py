"""What the service does: each module one verb, in three steps — gather, decide, apply."""
