"""Rows of pooling, padding and resampling."""

from .row import Row

LINE = (((2, 2, 7),), ((2, 6),), ((0, 2, 5),))
IMAGE = (((2, 2, 5, 6),), ((2, 4, 4),), ((0, 1, 4, 5),))
SOLID = (((1, 2, 4, 3, 5),), ((2, 4, 3, 3),))
INSIDE = "the derivative of another operation: PyTorch has no name for it"


def of(name, *given, **named):
    """A function of nn.functional on one tensor."""
    return lambda lib, x: getattr(lib.nn.functional, name)(x, *given, **named)


def there_and_back(lib, x):
    """Max pooling, and its inverse."""
    y, places = lib.nn.functional.max_pool2d(x, 2, return_indices=True)
    return lib.nn.functional.max_unpool2d(y * y, places, 2, output_size=x.shape[-2:])


MAXIMA = [
    Row("max_pool", of("max_pool1d", 2), LINE),
    Row("max_pool", of("max_pool1d", 3, 2, 1, ceil_mode=True), LINE),
    Row("max_pool", of("max_pool2d", 2), IMAGE),
    Row("max_pool", of("max_pool2d", 3, 1, 1), IMAGE),
    Row("max_pool", of("max_pool2d", (2, 3), (1, 2), (1, 0)), IMAGE),
    Row("max_pool", of("max_pool2d", 2, dilation=2, stride=1), IMAGE),
    Row("max_pool", of("max_pool2d", 3, 2, 1, ceil_mode=True), IMAGE),
    Row("max_pool", of("max_pool2d", 2, return_indices=True), IMAGE),
    Row("max_pool", of("max_pool3d", 2), SOLID),
    Row("max_pool", of("max_pool3d", (2, 1, 3), 1, (1, 0, 1)), SOLID),
    Row("max_pool", lambda lib, x: lib.max_pool2d(x, 2), IMAGE),
    Row("max_pool", of("adaptive_max_pool1d", 3), LINE),
    Row("max_pool", of("adaptive_max_pool2d", (2, 3)), IMAGE),
    Row("max_pool", of("adaptive_max_pool2d", 3, return_indices=True), IMAGE),
    Row("max_pool", of("adaptive_max_pool3d", (2, None, 2)), SOLID),
    Row("unpooled", there_and_back, (((2, 2, 5, 6),), ((2, 4, 4),))),
]

MEANS = [
    Row("avg_pool", of("avg_pool1d", 2), LINE),
    Row("avg_pool", of("avg_pool1d", 3, 2, 1, True, False), LINE),
    Row("avg_pool", of("avg_pool2d", 2), IMAGE),
    Row("avg_pool", of("avg_pool2d", 3, 1, 1), IMAGE),
    Row("avg_pool", of("avg_pool2d", 3, 2, 1, count_include_pad=False), IMAGE),
    Row("avg_pool", of("avg_pool2d", (3, 2), 2, ceil_mode=True), IMAGE),
    Row("avg_pool", of("avg_pool2d", 2, divisor_override=3), IMAGE),
    Row("avg_pool", of("avg_pool3d", 2, 1, 1), SOLID),
    Row("avg_pool", of("adaptive_avg_pool1d", 1), LINE),
    Row("avg_pool", of("adaptive_avg_pool2d", (1, 2)), (((2, 2, 4, 6),),)),
    Row("resample", of("adaptive_avg_pool1d", 4), LINE),
    Row("resample", of("adaptive_avg_pool2d", (2, 5)), IMAGE),
    Row("resample", of("adaptive_avg_pool3d", (3, 2, None)), SOLID),
    Row("avg_pool", of("lp_pool2d", 2, 2), IMAGE, domain=(0.5, 2.0)),
    Row("avg_pool", of("lp_pool1d", 3, 2, ceil_mode=True), LINE, domain=(0.5, 2.0)),
]

WINDOWS = [
    Row("im2col", of("unfold", 2), IMAGE),
    Row("im2col", of("unfold", (2, 3), 1, (1, 0), (2, 1)), IMAGE),
    Row("im2col", of("unfold", 2, dilation=2, padding=1), IMAGE),
    Row("col2im", of("fold", (3, 4), 2), (((2, 8, 6),), ((4, 6),))),
    Row("col2im", of("fold", (4, 4), (2, 3), padding=1, stride=2), (((2, 6, 6),),)),
]


def padded(*given, **named):
    return of("pad", *given, **named)


PADDED = [
    Row("constant_pad", padded((1, 2)), (((2, 3),), ((4,),), ((0, 3),))),
    Row("constant_pad", padded((1, 0, 2, 1), value=1.5), IMAGE),
    Row("constant_pad", padded((-1, 2, 1, -2)), IMAGE),
    Row("resample", padded((2, 1), mode="reflect"), LINE),
    Row("resample", padded((2, 1, 1, 3), mode="reflect"), IMAGE),
    Row("resample", padded((2, 3), mode="replicate"), LINE),
    Row("resample", padded((2, 1, 0, 3), mode="replicate"), IMAGE),
    Row("resample", padded((1, 1, 0, 2, 1, 0), mode="replicate"), SOLID),
    Row("resample", padded((2, 3), mode="circular"), LINE),
    Row("resample", padded((2, 1, 0, 3), mode="circular"), IMAGE),
    Row("resample", padded((-1, 2, 1, -1), mode="reflect"), IMAGE),
    Row("resample", padded((-1, 2, 1, -1), mode="replicate"), IMAGE),
    Row("resample", padded((-1, 2, 1, -1), mode="circular"), IMAGE),
]

BATCH = (((2, 2, 4, 5),), ((0, 2, 3, 4),))


def sized(mode, size=None, scale=None, **named):
    """Interpolation. In other modes than the nearest PyTorch rounds the weights of bytes: they become floats."""

    def call(lib, x):
        x = x if x.is_floating_point() or mode.startswith("nearest") else x.float()
        return lib.nn.functional.interpolate(x, size, scale, mode, **named)

    return call


RESIZED = [
    Row("resample", sized("nearest", scale=2), (((2, 2, 5),), *BATCH)),
    Row("resample", sized("nearest", (3, 7)), BATCH),
    Row("resample", sized("nearest", scale=(1.7, 0.6)), BATCH),
    Row("resample", sized("nearest-exact", (3, 7)), BATCH),
    Row("resample", sized("nearest", scale=1.5), (((1, 2, 3, 2, 4),),)),
    Row("resample", sized("linear", 8), (((2, 2, 5),),)),
    Row("resample", sized("linear", scale=2, align_corners=True), (((2, 2, 5),),)),
    Row("resample", sized("bilinear", scale=2), BATCH),
    Row("resample", sized("bilinear", (3, 8), align_corners=True), BATCH),
    Row("resample", sized("bilinear", scale=(0.7, 1.9)), BATCH),
    Row("resample", sized("bilinear", scale=1.7, recompute_scale_factor=True), BATCH),
    Row("resample", sized("bilinear", (2, 3), antialias=True), BATCH),
    Row("resample", sized("trilinear", scale=2), (((1, 2, 3, 2, 4),),)),
    Row("resample", sized("bicubic", scale=2), BATCH),
    Row("resample", sized("bicubic", (3, 7), align_corners=True), BATCH),
    Row("resample", sized("bicubic", (2, 3), antialias=True), BATCH),
    Row("resample", sized("area", (3, 7)), BATCH),
    Row("avg_pool", sized("area", scale=0.5), (((2, 2, 6, 4),),)),
]

SHUFFLED = [
    Row("permute", lambda lib, x: lib.pixel_shuffle(x, 2), (((2, 8, 3, 2),), ((4, 2, 2),))),
    Row("permute", lambda lib, x: lib.pixel_unshuffle(x, 2), (((2, 2, 4, 6),), ((3, 2, 2),))),
    Row("permute", lambda lib, x: lib.channel_shuffle(x, 2), (((2, 4, 3),), ((1, 6, 2, 2),))),
]


def places(lib):
    return lib.tensor([[0, 3], [5, 3]]).numpy()


def gathered(lib, x):
    from tinygrad_lite.ops.pooling import picked

    return picked(x, places(lib))


def put(lib, x):
    from tinygrad_lite.ops.pooling import placed

    return placed(x, places(lib), (2, 3))


def sent_back(lib, x):
    from tinygrad_lite.kernels.pooling import Windows
    from tinygrad_lite.ops.pooling import unaveraged

    return unaveraged(x, Windows((5,), (2,), (2,), (2,), (0,), (1,)), 2)


def interpolated_back(lib, x):
    from tinygrad_lite.kernels.resampling import cubic
    from tinygrad_lite.ops.resampling import resample_back

    return resample_back(x, ((-1, cubic(4, 7, False, None, float)),))


DERIVATIVES = [
    Row("picked", gathered, (((2, 3),), ((6,),)), torch=INSIDE),
    Row("placed", put, (((2, 2),),), torch=INSIDE),
    Row("unaveraged", sent_back, (((2, 3, 2),), ((2,),)), torch=INSIDE),
    Row("resample_back", interpolated_back, (((2, 7),), ((0, 7),)), torch=INSIDE),
]

ROWS = [*MAXIMA, *MEANS, *WINDOWS, *PADDED, *RESIZED, *SHUFFLED, *DERIVATIVES]
