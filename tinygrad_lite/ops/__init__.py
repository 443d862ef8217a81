"""The calculus: every operation as plain NumPy, its value beside its derivative; one file per branch."""
