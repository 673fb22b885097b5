"""An event in the log: the stored record, views of the log, and jobs on many records."""
