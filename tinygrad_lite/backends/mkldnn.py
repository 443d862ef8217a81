"""What scripts ask about a library of convolutions that is not used."""

enabled = True


def is_available() -> bool:
    """False: NumPy's BLAS does the products."""
    return False
