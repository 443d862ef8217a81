"""Rows of recurrent layers: one direction over packed sequences. tests/test_recurrent.py holds them against PyTorch."""

from tinygrad_lite.ops.recurrent import gru, lstm, rnn

from .row import Row

INSIDE = "a part of nn.RNN, nn.LSTM and nn.GRU: PyTorch has no name for it"
ROWS_IN, STATE, HIDDEN = (5, 2), (2, 3), 3  # five rows of two sequences; states (sequences, hidden)
SIZES = (2, 2, 1)  # of the steps: the second sequence is shorter


def weights(gates, bias=True, width=HIDDEN):
    rows = gates * HIDDEN
    return ((rows, 2), (rows, width)) + (((rows,), (rows,)) if bias else ())


def of_rnn(reverse, relu=False):
    return lambda lib, x, h, w, u, b=None, c=None: rnn(x, h, w, u, b, c, SIZES, reverse, relu)


def of_gru(reverse):
    return lambda lib, x, h, w, u, b=None, c=None: gru(x, h, w, u, b, c, SIZES, reverse)


def of_lstm(reverse):
    return lambda lib, x, h, c, w, u, a=None, b=None: lstm(x, h, c, w, u, a, b, None, SIZES, reverse)


def projected(lib, x, h, c, w, u, a, b, r):
    return lstm(x, h, c, w, u, a, b, r, SIZES)


ROWS = [
    *(
        Row("rnn", of_rnn(reverse), ((ROWS_IN, STATE, *weights(1, bias)),), torch=INSIDE)
        for reverse in (False, True)
        for bias in (False, True)
    ),
    Row("rnn", of_rnn(False, relu=True), ((ROWS_IN, STATE, *weights(1)),), torch=INSIDE, domain=(0.1, 1.0)),
    *(
        Row("lstm", of_lstm(reverse), ((ROWS_IN, STATE, STATE, *weights(4, bias)),), torch=INSIDE)
        for reverse in (False, True)
        for bias in (False, True)
    ),
    Row(
        "lstm",
        projected,
        ((ROWS_IN, (2, 2), STATE, *weights(4, width=2), (2, 3)),),
        torch=INSIDE,
    ),
    *(
        Row("gru", of_gru(reverse), ((ROWS_IN, STATE, *weights(3, bias)),), torch=INSIDE)
        for reverse in (False, True)
        for bias in (False, True)
    ),
]
