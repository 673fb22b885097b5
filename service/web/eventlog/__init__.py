"""The Event Log tab: rows, detail, filters, export, resend, clearing."""
