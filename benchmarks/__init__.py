"""Benchmarks: ``python -m benchmarks`` prints the time and memory of builds."""
