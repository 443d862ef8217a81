"""Fast NumPy for the few operations that need more than one line: arrays in, arrays out, no tape."""

import numpy as np

# Freeing one large untouched array makes glibc keep freed memory instead of returning it page by page: fresh arrays of
# up to 16 MB then cost about a third less.
np.empty(1 << 24, np.uint8)
