"""An event in the log: the stored record, views of the log, and work on many records."""
