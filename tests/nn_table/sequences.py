"""Recurrent layers and their cells, attention, Transformers, and a softmax over many words."""

from .case import case, fixed

LINE, BATCH = (4, 3), (4, 2, 3)
STATE = (1, 2, 5)
SOURCE, TARGET = (5, 2, 8), (4, 2, 8)
ENCODER = "nn.TransformerEncoderLayer(8, 2, 12)"
DECODER = "nn.TransformerDecoderLayer(8, 2, 12, dropout=0.0)"
PADDED = fixed([[False] * 5, [False] * 3 + [True] * 2])

MODULES = [
    case("RNN(3, 5)", BATCH, LINE, [BATCH, STATE]),
    case("RNN(3, 5, 2, 'relu', bidirectional=True, batch_first=True)", (2, 4, 3)),
    case("LSTM(3, 5)", BATCH, LINE),
    case("LSTM(3, 5)", [BATCH, STATE, STATE], call="layer(a, (b, c))"),
    case("LSTM(3, 5, 2, bias=False, dropout=0.3, bidirectional=True)", BATCH),
    case("LSTM(3, 5, batch_first=True, proj_size=2)", (2, 4, 3)),
    case("GRU(3, 5)", BATCH, LINE, [BATCH, STATE]),
    case("GRU(3, 5, num_layers=3, batch_first=True, dropout=0.3)", (2, 4, 3)),
    case("RNNCell(3, 5)", (2, 3), (3,), [(2, 3), (2, 5)]),
    case("RNNCell(3, 5, bias=False, nonlinearity='relu')", (2, 3)),
    case("LSTMCell(3, 5)", (2, 3), (3,)),
    case("LSTMCell(3, 5)", [(2, 3), (2, 5), (2, 5)], call="layer(a, (b, c))"),
    case("GRUCell(3, 5)", (2, 3), (3,), [(2, 3), (2, 5)]),
    case("GRUCell(3, 5, bias=False)", (2, 3)),
    case("MultiheadAttention(8, 2)", [TARGET, SOURCE, SOURCE], [(4, 8), (5, 8), (5, 8)]),
    case(
        "MultiheadAttention(8, 2, 0.3, bias=False, add_bias_kv=True, kdim=6, vdim=7, batch_first=True)",
        [(2, 4, 8), (2, 5, 6), (2, 5, 7)],
    ),
    case(
        "MultiheadAttention(8, 4, add_zero_attn=True)",
        [TARGET, SOURCE, SOURCE, PADDED],
        call="layer(a, b, c, key_padding_mask=d, average_attn_weights=False)",
    ),
    case("TransformerEncoderLayer(8, 2, 12, dropout=0.2)", SOURCE, (5, 8)),
    case("TransformerEncoderLayer(8, 2, 12, 0.0, 'gelu', 0.1, True, True, bias=False)", (2, 5, 8)),
    case("TransformerDecoderLayer(8, 2, 12, dropout=0.2)", [TARGET, SOURCE], [(4, 8), (5, 8)]),
    case("TransformerDecoderLayer(8, 2, 12, dropout=0.0, norm_first=True, batch_first=True)", [(2, 4, 8), (2, 5, 8)]),
    case(f"TransformerEncoder({ENCODER}, 2, enable_nested_tensor=False)", SOURCE),
    case(
        f"TransformerEncoder({ENCODER}, 2, nn.LayerNorm(8), False)",
        [SOURCE, PADDED],
        call="layer(a, src_key_padding_mask=b)",
    ),
    case(f"TransformerDecoder({DECODER}, 2)", [TARGET, SOURCE]),
    case(
        "Transformer(8, 2, 1, 2, 12, dropout=0.1)",
        [SOURCE, TARGET],
        call="layer(a, b, tgt_mask=layer.generate_square_subsequent_mask(4, dtype=a.dtype))",
    ),
    case("AdaptiveLogSoftmaxWithLoss(8, 20, [4, 9, 15], 1.5)", [(6, 8), fixed([0, 3, 4, 19, 8, 9])]),
    case("AdaptiveLogSoftmaxWithLoss(8, 20, [9], 2.0, True)", [(3, 8), fixed([19, 0, 8])], [(8,), fixed(12)]),
]

FUNCTIONS: list = []
