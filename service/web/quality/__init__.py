"""Event Match Quality: what Meta says about each pixel, on the Event Log and the Overview tabs."""
