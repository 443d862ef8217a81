"""Rows of convolutions: every dimension, stride, padding, dilation and grouping, and their transposes."""

from .row import Row

LAYER_1D = (((2, 2, 7), (3, 2, 3), (3,)), ((2, 7), (1, 2, 2)), ((0, 2, 5), (3, 2, 3), (3,)))
LAYER_2D = (((2, 2, 4, 5), (3, 2, 3, 2), (3,)), ((2, 4, 4), (1, 2, 2, 2)), ((0, 1, 4, 3), (2, 1, 2, 2), (2,)))
LAYER_3D = (((1, 2, 3, 4, 3), (2, 2, 2, 3, 2), (2,)), ((1, 3, 3, 3), (1, 1, 2, 2, 2)))
ONE_BY_ONE = (((2, 3, 4, 4), (2, 3, 1, 1), (2,)), ((2, 3, 2, 2), (2, 3, 1, 1)))
IN_GROUPS = (((2, 4, 4, 4), (6, 2, 2, 3), (6,)),)
DEPTHWISE = (((2, 3, 4, 4), (3, 1, 3, 3), (3,)),)
BACK_1D = (((2, 2, 4), (2, 3, 3), (3,)), ((2, 4), (2, 1, 2)))
BACK_2D = (((2, 2, 3, 3), (2, 3, 3, 2), (3,)), ((2, 3, 3), (2, 1, 2, 2)))
BACK_3D = (((1, 2, 2, 3, 2), (2, 1, 2, 2, 3), (1,)),)


def conv(n, **given):
    return lambda lib, x, w, b=None: getattr(lib, f"conv{n}d")(x, w, b, **given)


def back(n, **given):
    return lambda lib, x, w, b=None: getattr(lib, f"conv_transpose{n}d")(x, w, b, **given)


FORWARD = [
    Row("convolution", conv(1), LAYER_1D),
    Row("convolution", conv(1, stride=2, padding=2, dilation=2), LAYER_1D),
    Row("convolution", conv(1, padding="same"), (((2, 2, 7), (3, 2, 3), (3,)), ((2, 6), (1, 2, 5)))),
    Row("convolution", conv(2), LAYER_2D),
    Row("convolution", conv(2, stride=2, padding=1), LAYER_2D),
    Row("convolution", conv(2, stride=(1, 2), padding=(2, 0)), LAYER_2D),
    Row("convolution", conv(2, padding=(3, 2), dilation=(2, 1)), LAYER_2D),
    Row("convolution", conv(2, padding="same", dilation=(1, 2)), (((2, 2, 4, 5), (3, 2, 3, 2), (3,)),)),
    Row("convolution", conv(2, padding="valid", stride=[2, 1]), LAYER_2D),
    Row("convolution", conv(2), ONE_BY_ONE),
    Row("convolution", conv(2, stride=2), ONE_BY_ONE),
    Row("convolution", conv(2, groups=2), IN_GROUPS),
    Row("convolution", conv(2, groups=2, stride=2, padding=1), IN_GROUPS),
    Row("convolution", conv(2, groups=3, padding=1), DEPTHWISE),
    Row("convolution", conv(3), LAYER_3D),
    Row("convolution", conv(3, stride=(2, 1, 1), padding=(1, 0, 1), dilation=(1, 1, 2)), LAYER_3D),
    Row("convolution", conv(2, padding=1), (((20, 1, 6, 6), (2, 1, 3, 3)),), order=1),
]

BACK = [
    Row("transposed_convolution", back(1), BACK_1D),
    Row("transposed_convolution", back(1, stride=3, padding=1, output_padding=2, dilation=2), BACK_1D),
    Row("transposed_convolution", back(2), BACK_2D),
    Row("transposed_convolution", back(2, stride=2, padding=1, output_padding=1), BACK_2D),
    Row("transposed_convolution", back(2, stride=(1, 2), dilation=(2, 1), output_padding=(1, 0)), BACK_2D),
    Row("transposed_convolution", back(2, groups=2, stride=2), (((2, 4, 2, 2), (4, 3, 2, 2), (6,)),)),
    Row("transposed_convolution", back(2), (((2, 3, 4, 4), (3, 2, 1, 1), (2,)),)),
    Row("transposed_convolution", back(3, stride=2, padding=(1, 0, 1)), BACK_3D),
]

INSIDE = "the derivative of another operation: PyTorch has no name for it"


def weighed(lib, g, x):
    """The derivative of a convolution in its weight, for g the derivative of its output."""
    from tinygrad_lite.kernels.convolution import Plan
    from tinygrad_lite.ops.convolution import window_products

    return window_products(g, x, Plan((4, 3), (2, 2), (2, 2), (2, 1), (0, 0), (1, 1)))


def summed(lib, x):
    from tinygrad_lite.ops.convolution import channel_sums

    return channel_sums(x)


ROWS = [
    *FORWARD,
    *BACK,
    Row("window_products", weighed, (((2, 3, 2, 2), (2, 1, 4, 3)), ((0, 3, 2, 2), (0, 1, 4, 3))), torch=INSIDE),
    Row("channel_sums", summed, (((2, 3, 4),), ((2, 3),), ((0, 3, 4),), ((2, 3, 2, 2),)), torch=INSIDE),
]
