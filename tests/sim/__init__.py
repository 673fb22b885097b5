"""The real service with simulated vendors, on a simulated clock, with random faults.

One number, the seed, decides everything in a run, so that the run can be repeated. `make sim` runs
many seeds; `test_sim.py` runs some.
"""
