"""The Event Log tab: rows, detail, filters, export, sending again, clearing."""
