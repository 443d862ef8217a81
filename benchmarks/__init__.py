"""Measurements: always as ratios, interleaved in one run, on one core."""
