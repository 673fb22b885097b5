"""What every view needs: the caller, the session, limits, errors, headers, times."""
