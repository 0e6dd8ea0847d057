"""The benchmarks of ``make bench``: figures as ratios to floors that run beside the product."""
