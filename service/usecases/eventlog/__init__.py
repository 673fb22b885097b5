"""The log: reading it, sending again, clearing, erasing, retention."""
