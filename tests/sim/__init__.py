"""The real service among simulated neighbours, on a clock that jumps and with every fault drawn.

One number, the seed, decides all that happens in a run, so a run can be repeated. `make sim` runs
many; `test_sim.py` runs some.
"""
