"""What every view needs: who calls, limits, errors, headers, times."""
