"""log 0 is −∞ and 0/0 is nan without a word, as in PyTorch: NumPy's warnings of it are silent within this package.

The filter concerns NumPy's warnings that arise in this package's own modules, and none of anybody else's; the user's
`np.errstate` stays as it is. It costs nothing where nothing is warned of; `np.errstate` around every operation would
cost as much as the operation. Who asks for all warnings afterwards, with `warnings.simplefilter`, gets these too.
"""

import warnings

warnings.filterwarnings(
    "ignore",
    message="(divide by zero|overflow|underflow|invalid value) encountered",
    category=RuntimeWarning,
    module=r"tinygrad_lite\.",
)
