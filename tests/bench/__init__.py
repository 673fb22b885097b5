"""`make bench`: what 1Pixel costs and how fast it is, beside a reference in the same run."""
