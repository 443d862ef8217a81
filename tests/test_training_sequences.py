"""Models of sequences trained step by step beside PyTorch, from the same weights on the same batches."""

import math

import numpy as np
import pytest

import tinygrad_lite as tl

torch = pytest.importorskip("torch", reason="PyTorch, the reference, is not installed")
torch.set_num_threads(1)

WORDS, LENGTH, BATCH, WIDTH = 17, 8, 4, 16


def language_model(lib, kind):
    """An LSTM or a GRU of two layers with dropout that predicts the next word."""
    nn = lib.nn

    class Model(nn.Module):
        def __init__(self):
            super().__init__()
            self.words = nn.Embedding(WORDS, WIDTH, padding_idx=0)
            self.layers = getattr(nn, kind)(WIDTH, WIDTH, num_layers=2, dropout=0.2, batch_first=True)
            self.out = nn.Linear(WIDTH, WORDS)

        def forward(self, x, state=None):
            y, state = self.layers(self.words(x), state)
            return self.out(y), state

    return Model()


def gpt(lib):
    """A GPT of two blocks, in the common spelling: one projection for q, k and v, weights shared with the output."""
    nn, F = lib.nn, lib.nn.functional

    class Block(nn.Module):
        def __init__(self, heads=4):
            super().__init__()
            self.heads = heads
            self.ln_1, self.ln_2 = nn.LayerNorm(WIDTH), nn.LayerNorm(WIDTH)
            self.attention, self.projection = nn.Linear(WIDTH, 3 * WIDTH), nn.Linear(WIDTH, WIDTH)
            self.mlp = nn.Sequential(
                nn.Linear(WIDTH, 4 * WIDTH), nn.GELU(), nn.Linear(4 * WIDTH, WIDTH), nn.Dropout(0.1)
            )

        def forward(self, x):
            b, t, c = x.size()
            q, k, v = self.attention(self.ln_1(x)).split(c, dim=2)
            q, k, v = (h.view(b, t, self.heads, c // self.heads).transpose(1, 2) for h in (q, k, v))
            y = F.scaled_dot_product_attention(q, k, v, dropout_p=0.1 if self.training else 0, is_causal=True)
            x = x + self.projection(y.transpose(1, 2).contiguous().view(b, t, c))
            return x + self.mlp(self.ln_2(x))

    class GPT(nn.Module):
        def __init__(self):
            super().__init__()
            self.words, self.places = nn.Embedding(WORDS, WIDTH), nn.Embedding(LENGTH, WIDTH)
            self.blocks = nn.ModuleList([Block() for _ in range(2)])
            self.ln = nn.LayerNorm(WIDTH)
            self.head = nn.Linear(WIDTH, WORDS, bias=False)
            self.head.weight = self.words.weight
            self.apply(self.start)

        def start(self, module):
            if isinstance(module, (nn.Linear, nn.Embedding)):
                nn.init.normal_(module.weight, mean=0.0, std=0.02 / math.sqrt(2))

        def forward(self, x):
            x = self.words(x) + self.places(lib.arange(x.size(1)))
            for block in self.blocks:
                x = block(x)
            return self.head(self.ln(x))

    return GPT()


def classifier(lib):
    """A Transformer encoder that reads padded sequences and names their class."""
    nn = lib.nn

    class Model(nn.Module):
        def __init__(self):
            super().__init__()
            self.words = nn.Embedding(WORDS, WIDTH)
            layer = nn.TransformerEncoderLayer(WIDTH, 4, 32, dropout=0.1, batch_first=True)
            self.encoder = nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)
            self.out = nn.Linear(WIDTH, 3)

        def forward(self, x):
            padding = x == 0
            y = self.encoder(self.words(x), src_key_padding_mask=padding)
            there = (~padding).unsqueeze(-1).float()
            return self.out((y * there).sum(1) / there.sum(1))

    return Model()


def batches(count=4):
    random = np.random.default_rng(0)
    for _ in range(count):
        yield random.integers(1, WORDS, (BATCH, LENGTH + 1))


def tensors(lib, *arrays):
    return [lib.tensor(np.ascontiguousarray(x)) for x in arrays]


def agree(losses, models, tolerance=2e-5):
    """Equal losses at every step, and equal parameters at the end."""
    np.testing.assert_allclose(*losses, rtol=tolerance)
    ours, theirs = (dict(model.named_parameters()) for model in models)
    assert list(ours) == list(theirs)
    for name in ours:
        a, b = (settled(name, model[name].detach().numpy()) for model in (ours, theirs))
        np.testing.assert_allclose(a, b, rtol=1e-3, atol=1e-4, err_msg=name)
    assert losses[0][-1] != losses[0][0]


def settled(name, x):
    """Without the bias of the keys: no result depends on it, and Adam steps along the rounding of its derivative."""
    return x[[*range(WIDTH), *range(2 * WIDTH, 3 * WIDTH)]] if x.shape == (3 * WIDTH,) else x


def trained(make, optimizer, step):
    """The losses and the model of each library, from the same seed."""
    losses, models = [], []
    for lib in (tl, torch):
        lib.manual_seed(1)
        model = make(lib)
        update = optimizer(lib, model)
        lib.manual_seed(2)
        losses.append(list(step(lib, model, update)))
        models.append(model)
    agree(losses, models)


@pytest.mark.parametrize("kind", ["LSTM", "GRU"])
def test_language_model(kind):
    """Truncated backpropagation: the state goes on from batch to batch, detached; gradients are clipped."""

    def step(lib, model, update):
        state = None
        for batch in batches():
            x, y = tensors(lib, batch[:, :-1], batch[:, 1:])
            logits, state = model(x, state)
            loss = lib.nn.functional.cross_entropy(logits.reshape(-1, WORDS), y.reshape(-1))
            update.zero_grad()
            loss.backward()
            lib.nn.utils.clip_grad_norm_(model.parameters(), 0.25)
            update.step()
            state = tuple(s.detach() for s in state) if kind == "LSTM" else state.detach()
            yield loss.item()

    def optimizer(lib, model):
        return lib.optim.SGD(model.parameters(), lr=0.5, momentum=0.9)

    trained(lambda lib: language_model(lib, kind), optimizer, step)


def test_gpt():
    """AdamW with weight decay for matrices only, and a learning rate that falls as a cosine."""

    def optimizer(lib, model):
        parameters = list(model.parameters())
        groups = [
            {"params": [p for p in parameters if p.dim() >= 2], "weight_decay": 0.1},
            {"params": [p for p in parameters if p.dim() < 2], "weight_decay": 0.0},
        ]
        return lib.optim.AdamW(groups, lr=1e-2, betas=(0.9, 0.95))

    def step(lib, model, update):
        schedule = lib.optim.lr_scheduler.CosineAnnealingLR(update, T_max=4, eta_min=1e-3)
        for batch in batches():
            x, y = tensors(lib, batch[:, :-1], batch[:, 1:])
            logits = model(x)
            loss = lib.nn.functional.cross_entropy(logits.view(-1, logits.size(-1)), y.view(-1))
            update.zero_grad(set_to_none=True)
            loss.backward()
            lib.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            update.step()
            schedule.step()
            yield loss.item()

    trained(gpt, optimizer, step)


def test_encoder_classifier():
    """Sequences of unlike lengths, padded with 0."""

    def optimizer(lib, model):
        return lib.optim.Adam(model.parameters(), lr=1e-3)

    def step(lib, model, update):
        for batch in batches():
            lengths = 3 + batch[:, 0] % 6
            words = np.where(np.arange(LENGTH) < lengths[:, None], batch[:, 1:], 0)
            x, y = tensors(lib, words, batch[:, 0] % 3)
            loss = lib.nn.functional.cross_entropy(model(x), y, label_smoothing=0.1)
            update.zero_grad()
            loss.backward()
            update.step()
            yield loss.item()

    trained(classifier, optimizer, step)
