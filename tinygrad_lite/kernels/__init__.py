"""Fast NumPy for the few operations that need more than one line: arrays in, arrays out, no tape."""
