"""The programs of first tutorials, under `import tinygrad_lite as torch`: the same numbers, the same text."""

import math
import random
import string

import pytest
from same import check

torch = pytest.importorskip("torch", reason="PyTorch, the reference, is not installed")
torch.set_num_threads(1)


def polynomial_by_hand(torch):
    torch.manual_seed(0)
    x = torch.linspace(-math.pi, math.pi, 500)
    y = torch.sin(x)
    a, b, c, d = (torch.randn(()) for _ in range(4))
    losses = []
    for t in range(60):
        y_pred = a + b * x + c * x**2 + d * x**3
        loss = (y_pred - y).pow(2).sum().item()
        if t % 20 == 19:
            losses.append(loss)
        grad = 2.0 * (y_pred - y)
        a -= 1e-6 * grad.sum()
        b -= 1e-6 * (grad * x).sum()
        c -= 1e-6 * (grad * x**2).sum()
        d -= 1e-6 * (grad * x**3).sum()
    return losses, [v.item() for v in (a, b, c, d)]


def polynomial_by_autograd(torch):
    torch.manual_seed(0)
    x = torch.linspace(-math.pi, math.pi, 500)
    y = torch.sin(x)
    weights = [torch.randn((), requires_grad=True) for _ in range(4)]
    for _ in range(60):
        a, b, c, d = weights
        loss = (a + b * x + c * x**2 + d * x**3 - y).pow(2).sum()
        loss.backward()
        with torch.no_grad():
            for w in weights:
                w -= 1e-6 * w.grad
                w.grad = None
    return loss, weights


def polynomial_with_a_function_of_ones_own(torch):
    class Legendre(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return 0.5 * (5 * x**3 - 3 * x)

        @staticmethod
        def backward(ctx, grad_output):
            (x,) = ctx.saved_tensors
            return grad_output * 1.5 * (5 * x**2 - 1)

    x = torch.linspace(-math.pi, math.pi, 500)
    a, b, c, d = (torch.full((), v, requires_grad=True) for v in (0.0, -1.0, 0.0, 0.3))
    for _ in range(40):
        loss = (a + b * Legendre.apply(c + d * x) - torch.sin(x)).pow(2).sum()
        loss.backward()
        with torch.no_grad():
            for w in (a, b, c, d):
                w -= 5e-6 * w.grad
                w.grad = None
    return loss, b, d


def polynomial_with_random_control_flow(torch):
    class Dynamic(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.a, self.b, self.c, self.d, self.e = (torch.nn.Parameter(torch.randn(())) for _ in range(5))

        def forward(self, x):
            y = self.a + self.b * x + self.c * x**2 + self.d * x**3
            for exponent in range(4, choices.randint(4, 6)):
                y = y + self.e * x**exponent
            return y

        def text(self):
            return f"{self.a.item():.3f} + {self.b.item():.3f} x + {self.c.item():.3f} x^2 + {self.e.item():.3f} x^4 ?"

    torch.manual_seed(0)
    choices = random.Random(0)
    x = torch.linspace(-math.pi, math.pi, 300)
    model = Dynamic()
    criterion = torch.nn.MSELoss(reduction="sum")
    optimizer = torch.optim.SGD(model.parameters(), lr=1e-8, momentum=0.9)
    for _ in range(60):
        loss = criterion(model(x), torch.sin(x))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return loss.item(), model.text(), repr(model), repr(optimizer)


def polynomial_with_nn(torch):
    torch.manual_seed(0)
    x = torch.linspace(-math.pi, math.pi, 300)
    powers = x.unsqueeze(-1).pow(torch.tensor([1, 2, 3]))
    model = torch.nn.Sequential(torch.nn.Linear(3, 1), torch.nn.Flatten(0, 1))
    optimizer = torch.optim.RMSprop(model.parameters(), lr=1e-3)
    for _ in range(50):
        loss = torch.nn.MSELoss(reduction="sum")(model(powers), torch.sin(x))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    layer = model[0]
    return loss.item(), layer.bias.item(), layer.weight[:, 1].item(), str(model)


def a_classifier_of_images(torch):
    nn, F = torch.nn, torch.nn.functional

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv1 = nn.Conv2d(1, 4, 3)
            self.pool = nn.MaxPool2d(2, 2)
            self.conv2 = nn.Conv2d(4, 6, 3)
            self.dropout = nn.Dropout(0.25)
            self.fc1 = nn.Linear(6 * 2 * 2, 16)
            self.fc2 = nn.Linear(16, 10)

        def forward(self, x):
            x = self.pool(F.relu(self.conv1(x)))
            x = F.max_pool2d(F.relu(self.conv2(x)), (2, 2))
            x = self.dropout(torch.flatten(x, 1))
            return F.log_softmax(self.fc2(F.relu(self.fc1(x))), dim=1)

    torch.manual_seed(1)
    data = torch.utils.data.TensorDataset(torch.randn(48, 1, 14, 14), torch.randint(0, 10, (48,)))
    loader = torch.utils.data.DataLoader(data, batch_size=16, shuffle=True)
    model = Net()
    optimizer = torch.optim.Adadelta(model.parameters(), lr=1.0)
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=1, gamma=0.7)
    lines = []
    for epoch in range(2):
        model.train()
        for batch, (images, target) in enumerate(loader):
            optimizer.zero_grad()
            loss = F.nll_loss(model(images), target)
            loss.backward()
            optimizer.step()
            lines.append(f"epoch {epoch} [{batch * len(images)}/{len(loader.dataset)}] loss {loss.item():.3f}")
        model.eval()
        correct = 0
        with torch.no_grad():
            for images, target in torch.utils.data.DataLoader(data, batch_size=32):
                prediction = model(images).argmax(dim=1, keepdim=True)
                correct += prediction.eq(target.view_as(prediction)).sum().item()
        lines.append(f"accuracy {correct}/{len(data)} ({100.0 * correct / len(data):.0f}%)")
        scheduler.step()
    return (
        lines,
        optimizer.param_groups[0]["lr"],
        str(model),
        {k: tuple(v.shape) for k, v in model.state_dict().items()},
    )


def from_scratch_to_nn(torch):
    nn, F = torch.nn, torch.nn.functional
    torch.manual_seed(0)
    x, y = torch.rand(64, 49), torch.randint(0, 10, (64,))
    weights = torch.randn(49, 10) / math.sqrt(49)
    weights.requires_grad_()
    bias = torch.zeros(10, requires_grad=True)

    def log_softmax(x):
        return x - x.exp().sum(-1).log().unsqueeze(-1)

    for i in range(0, 64, 16):
        prediction = log_softmax(x[i : i + 16] @ weights + bias)
        loss = -prediction[range(16), y[i : i + 16]].mean()
        loss.backward()
        with torch.no_grad():
            weights -= weights.grad * 0.5
            bias -= bias.grad * 0.5
            weights.grad.zero_()
            bias.grad.zero_()

    class Lambda(nn.Module):
        def __init__(self, function):
            super().__init__()
            self.function = function

        def forward(self, x):
            return self.function(x)

    model = nn.Sequential(
        Lambda(lambda x: x.view(-1, 1, 7, 7)),
        nn.Conv2d(1, 8, kernel_size=3, stride=2, padding=1),
        nn.ReLU(),
        nn.Conv2d(8, 10, kernel_size=3, stride=2, padding=1),
        nn.AdaptiveAvgPool2d(1),
        Lambda(lambda x: x.view(x.size(0), -1)),
    )
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    for i in range(0, 64, 16):
        F.cross_entropy(model(x[i : i + 16]), y[i : i + 16]).backward()
        optimizer.step()
        optimizer.zero_grad()
    with torch.no_grad():
        final = F.cross_entropy(model(x), y)
    return loss, weights.sum(), final, (torch.argmax(model(x), dim=1) == y).float().mean()


def names_by_characters(torch):
    nn = torch.nn
    letters = string.ascii_letters + " .,;'"
    names = {"A": ["Smith", "Jones"], "B": ["Rossi", "Verdi"], "C": ["Sato", "Tanaka"]}

    def to_tensor(line):
        tensor = torch.zeros(len(line), 1, len(letters))
        for i, letter in enumerate(line):
            tensor[i][0][letters.find(letter)] = 1
        return tensor

    class RNN(nn.Module):
        def __init__(self, size, hidden, out):
            super().__init__()
            self.hidden = hidden
            self.i2h = nn.Linear(size + hidden, hidden)
            self.h2o = nn.Linear(hidden, out)
            self.softmax = nn.LogSoftmax(dim=1)

        def forward(self, x, hidden):
            hidden = torch.tanh(self.i2h(torch.cat((x, hidden), 1)))
            return self.softmax(self.h2o(hidden)), hidden

    torch.manual_seed(0)
    choose = random.Random(1)
    rnn = RNN(len(letters), 8, 3)
    losses = []
    for _ in range(25):
        label = choose.choice("ABC")
        line = to_tensor(choose.choice(names[label]))
        hidden = torch.zeros(1, rnn.hidden)
        rnn.zero_grad()
        for i in range(line.size()[0]):
            output, hidden = rnn(line[i], hidden)
        loss = nn.NLLLoss()(output, torch.tensor(["ABC".index(label)], dtype=torch.long))
        loss.backward()
        for p in rnn.parameters():
            p.data.add_(p.grad.data, alpha=-0.05)
        losses.append(loss.item())
    top, index = output.topk(2, 1, True)
    return losses, [("ABC"[i.item()], value.item()) for value, i in zip(top[0], index[0], strict=True)]


def translation_with_attention(torch):
    nn, F = torch.nn, torch.nn.functional

    class Encoder(nn.Module):
        def __init__(self, words, hidden):
            super().__init__()
            self.embedding = nn.Embedding(words, hidden)
            self.gru = nn.GRU(hidden, hidden, batch_first=True)
            self.dropout = nn.Dropout(0.1)

        def forward(self, x):
            return self.gru(self.dropout(self.embedding(x)))

    class Decoder(nn.Module):
        def __init__(self, hidden, words):
            super().__init__()
            self.embedding = nn.Embedding(words, hidden)
            self.Wa, self.Ua, self.Va = nn.Linear(hidden, hidden), nn.Linear(hidden, hidden), nn.Linear(hidden, 1)
            self.gru = nn.GRU(2 * hidden, hidden, batch_first=True)
            self.out = nn.Linear(hidden, words)

        def forward(self, keys, hidden, target=None):
            word = torch.empty(keys.size(0), 1, dtype=torch.long).fill_(0)
            outputs, attentions = [], []
            for i in range(keys.size(1)):
                query = hidden.permute(1, 0, 2)
                scores = self.Va(torch.tanh(self.Wa(query) + self.Ua(keys))).squeeze(2).unsqueeze(1)
                weights = F.softmax(scores, dim=-1)
                x = torch.cat((self.embedding(word), torch.bmm(weights, keys)), dim=2)
                output, hidden = self.gru(x, hidden)
                output = self.out(output)
                outputs.append(output)
                attentions.append(weights)
                word = target[:, i].unsqueeze(1) if target is not None else output.topk(1)[1].squeeze(-1).detach()
            return F.log_softmax(torch.cat(outputs, dim=1), dim=-1), torch.cat(attentions, dim=1)

    torch.manual_seed(0)
    words = torch.randint(1, 9, (16, 5))
    encoder, decoder = Encoder(9, 8), Decoder(8, 9)
    optimizers = [torch.optim.Adam(m.parameters(), lr=0.01) for m in (encoder, decoder)]
    losses = []
    for i in (0, 8):
        source, target = words[i : i + 8], words[i : i + 8].flip(1)
        for optimizer in optimizers:
            optimizer.zero_grad()
        keys, hidden = encoder(source)
        output, _ = decoder(keys, hidden, target)
        loss = nn.NLLLoss()(output.view(-1, output.size(-1)), target.reshape(-1))
        loss.backward()
        for optimizer in optimizers:
            optimizer.step()
        losses.append(loss.item())
    encoder.eval()
    decoder.eval()
    with torch.no_grad():
        output, attention = decoder(*encoder(words[:1]))
    return losses, output.topk(1)[1].squeeze(), attention


SCRIPTS = [
    polynomial_by_hand,
    polynomial_by_autograd,
    polynomial_with_a_function_of_ones_own,
    polynomial_with_random_control_flow,
    polynomial_with_nn,
    a_classifier_of_images,
    from_scratch_to_nn,
    names_by_characters,
    translation_with_attention,
]


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.__name__)
def test_script(script):
    check(script, torch)
