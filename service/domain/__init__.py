"""Facts and rules in our own words: pure, vendor-free, no clock and no chance."""
