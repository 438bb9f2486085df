"""Benchmarks: ``python -m benchmarks`` prints what builds cost, beside a baseline."""
