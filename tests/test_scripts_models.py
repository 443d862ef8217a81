"""Generative, sequential and learning-to-learn models of public examples, and the notebooks of lectures."""

import math
from collections import deque

import pytest
from same import check

torch = pytest.importorskip("torch", reason="PyTorch, the reference, is not installed")
torch.set_num_threads(1)

NAMES = ["emma", "olivia", "ava", "isabella", "sophia", "mia", "amelia", "harper"]


def an_autoencoder(torch):
    nn, F = torch.nn, torch.nn.functional

    class VAE(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc1, self.fc21, self.fc22 = nn.Linear(36, 12), nn.Linear(12, 4), nn.Linear(12, 4)
            self.fc3, self.fc4 = nn.Linear(4, 12), nn.Linear(12, 36)

        def encode(self, x):
            h = F.relu(self.fc1(x))
            return self.fc21(h), self.fc22(h)

        def forward(self, x):
            mu, logvar = self.encode(x.view(-1, 36))
            std = torch.exp(0.5 * logvar)
            z = mu + torch.randn_like(std) * std
            return torch.sigmoid(self.fc4(F.relu(self.fc3(z)))), mu, logvar

    torch.manual_seed(1)
    model, data = VAE(), torch.rand(16, 1, 6, 6).bernoulli()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    losses = []
    for _ in range(4):
        optimizer.zero_grad()
        picture, mu, logvar = model(data)
        error = F.binary_cross_entropy(picture, data.view(-1, 36), reduction="sum")
        divergence = -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp())
        (error + divergence).backward()
        optimizer.step()
        losses.append((error.item(), divergence.item()))
    return losses, picture[0]


def a_convolutional_gan(torch):
    nn = torch.nn

    def begin(module):
        name = module.__class__.__name__
        if name.find("Conv") != -1:
            nn.init.normal_(module.weight.data, 0.0, 0.02)
        elif name.find("BatchNorm") != -1:
            nn.init.normal_(module.weight.data, 1.0, 0.02)
            nn.init.constant_(module.bias.data, 0)

    torch.manual_seed(0)
    generator = nn.Sequential(
        nn.ConvTranspose2d(5, 8, 4, 1, 0, bias=False),
        nn.BatchNorm2d(8),
        nn.ReLU(True),
        nn.ConvTranspose2d(8, 1, 4, 2, 1, bias=False),
        nn.Tanh(),
    )
    critic = nn.Sequential(
        nn.Conv2d(1, 4, 4, 2, 1, bias=False),
        nn.LeakyReLU(0.2, inplace=True),
        nn.Conv2d(4, 1, 4, 1, 0, bias=False),
        nn.Sigmoid(),
    )
    generator.apply(begin)
    critic.apply(begin)
    loss = nn.BCELoss()
    ours, theirs = (torch.optim.Adam(net.parameters(), lr=2e-4, betas=(0.5, 0.999)) for net in (generator, critic))
    real, seen = torch.randn(6, 1, 8, 8).clamp_(-1, 1), []
    for _ in range(3):
        critic.zero_grad()
        label = torch.full((6,), 1.0)
        one = loss(critic(real).view(-1), label)
        one.backward()
        fake = generator(torch.randn(6, 5, 1, 1))
        label.fill_(0.0)
        two = loss(critic(fake.detach()).view(-1), label)
        two.backward()
        theirs.step()
        generator.zero_grad()
        label.fill_(1.0)
        three = loss(critic(fake).view(-1), label)
        three.backward()
        ours.step()
        seen.append([one.item(), two.item(), three.item()])
    return seen, str(generator), generator[1].running_mean, generator[1].num_batches_tracked


def a_gradient_penalty(torch):
    nn = torch.nn
    torch.manual_seed(0)
    critic = nn.Sequential(nn.Linear(2, 8), nn.LeakyReLU(0.2), nn.Linear(8, 1))
    generator = nn.Sequential(nn.Linear(3, 8), nn.ReLU(), nn.Linear(8, 2))
    optimizer = torch.optim.Adam(critic.parameters(), lr=1e-3, betas=(0.0, 0.9))
    seen = []
    for _ in range(4):
        real, fake = torch.randn(8, 2) * 0.5 + 1, generator(torch.randn(8, 3)).detach()
        share = torch.rand(8, 1)
        between = (share * real + (1 - share) * fake).requires_grad_(True)
        scores = critic(between)
        slopes = torch.autograd.grad(
            outputs=scores,
            inputs=between,
            grad_outputs=torch.ones(scores.size()),
            create_graph=True,
            retain_graph=True,
            only_inputs=True,
        )[0]
        penalty = ((slopes.view(8, -1).norm(2, dim=1) - 1) ** 2).mean() * 10
        optimizer.zero_grad()
        (critic(fake).mean() - critic(real).mean() + penalty).backward()
        optimizer.step()
        seen.append(penalty.item())
    for p in critic.parameters():
        p.requires_grad_(False)
    generator.zero_grad()
    (-critic(generator(torch.randn(8, 3))).mean()).backward()
    return seen, generator[0].weight.grad, critic[0].weight.grad is None


def learning_to_learn(torch):
    F = torch.nn.functional
    torch.manual_seed(1)
    shapes = ((8, 1), (8,), (1, 8), (1,))
    weights = [(torch.randn(shape) * 0.5).requires_grad_() for shape in shapes]

    def net(x, w):
        return F.linear(torch.relu(F.linear(x, w[0], w[1])), w[2], w[3])

    optimizer = torch.optim.Adam(weights, lr=1e-2)
    losses = []
    for _ in range(4):
        total = 0.0
        for _ in range(2):
            size, phase = torch.rand(1) * 4 + 0.1, torch.rand(1) * math.pi
            support, query = torch.rand(6, 1) * 10 - 5, torch.rand(6, 1) * 10 - 5
            fast = weights
            for _ in range(2):
                loss = F.mse_loss(net(support, fast), size * torch.sin(support + phase))
                slopes = torch.autograd.grad(loss, fast, create_graph=True)
                fast = [w - 0.01 * g for w, g in zip(fast, slopes, strict=True)]
            total = total + F.mse_loss(net(query, fast), size * torch.sin(query + phase))
        optimizer.zero_grad()
        total.backward()
        optimizer.step()
        losses.append(total.item())
    return losses, [w.grad for w in weights]


def a_flow(torch):
    nn, D = torch.nn, torch.distributions

    class Coupling(nn.Module):
        def __init__(self, mask):
            super().__init__()
            self.s = nn.Sequential(nn.Linear(2, 6), nn.LeakyReLU(), nn.Linear(6, 2), nn.Tanh())
            self.t = nn.Sequential(nn.Linear(2, 6), nn.LeakyReLU(), nn.Linear(6, 2))
            self.register_buffer("mask", mask)

        def forward(self, z):
            kept = z * self.mask
            return kept + (1 - self.mask) * (z * torch.exp(self.s(kept)) + self.t(kept))

        def inverse(self, x):
            kept = x * self.mask
            s, t = self.s(kept) * (1 - self.mask), self.t(kept) * (1 - self.mask)
            return (1 - self.mask) * (x - t) * torch.exp(-s) + kept, -s.sum(dim=1)

    torch.manual_seed(0)
    layers = nn.ModuleList([Coupling(torch.tensor([float(i % 2), float(1 - i % 2)])) for i in range(3)])
    prior = D.MultivariateNormal(torch.zeros(2), torch.eye(2))
    optimizer = torch.optim.Adam(layers.parameters(), lr=1e-2)
    data = torch.randn(32, 2) * torch.tensor([1.0, 0.3]) + torch.tensor([1.0, -1.0])
    for _ in range(5):
        x, change = data, data.new_zeros(32)
        for layer in reversed(layers):
            x, more = layer.inverse(x)
            change += more
        loss = -(prior.log_prob(x) + change).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    z = prior.sample((2,))
    for layer in layers:
        z = layer(z)
    return loss, z, list(layers.state_dict())


def an_agent(torch):
    nn, F = torch.nn, torch.nn.functional
    torch.manual_seed(0)
    body, action_head, value_head = nn.Linear(4, 8), nn.Linear(8, 2), nn.Linear(8, 1)
    parameters = [p for module in (body, action_head, value_head) for p in module.parameters()]
    optimizer = torch.optim.Adam(parameters, lr=3e-2)
    seen = []
    for _ in range(2):
        saved, rewards = [], deque(maxlen=8)
        for t in range(8):
            x = F.relu(body(torch.rand(4)))
            choice = torch.distributions.Categorical(F.softmax(action_head(x), dim=-1))
            action = choice.sample()
            saved.append((choice.log_prob(action), value_head(x), choice.entropy()))
            rewards.append(float(action.item()) - 0.1 * t)
        total, returns = 0.0, []
        for reward in reversed(rewards):
            total = reward + 0.99 * total
            returns.insert(0, total)
        returns = torch.tensor(returns)
        returns = (returns - returns.mean()) / (returns.std() + 1e-6)
        losses = [
            -log_prob * (ret - value.item()) + F.smooth_l1_loss(value, ret.reshape(1)) - 0.01 * entropy
            for (log_prob, value, entropy), ret in zip(saved, returns, strict=True)
        ]
        optimizer.zero_grad()
        loss = torch.stack(losses).sum()
        loss.backward()
        nn.utils.clip_grad_value_(parameters, 100)
        optimizer.step()
        seen.append(loss.item())
    q, target = nn.Linear(4, 2), nn.Linear(4, 2)
    target.load_state_dict(q.state_dict())
    state, action, mask = (
        torch.randn(5, 4),
        torch.tensor([[0], [1], [1], [0], [1]]),
        torch.tensor([1, 0, 1, 1, 0]).bool(),
    )
    with torch.no_grad():
        following = torch.zeros(5)
        following[mask] = target(state[mask]).max(1).values
    error = nn.SmoothL1Loss()(q(state).gather(1, action), (following * 0.99 + 1).unsqueeze(1))
    error.backward()
    return seen, error, q.weight.grad


def bigrams(torch):
    F = torch.nn.functional
    letters = "." + "abcdefghijklmnopqrstuvwxyz"
    index = {letter: i for i, letter in enumerate(letters)}
    counts = torch.zeros((27, 27), dtype=torch.int32)
    for name in NAMES:
        for a, b in zip("." + name, name + ".", strict=True):
            counts[index[a], index[b]] += 1
    g = torch.Generator().manual_seed(2147483647)
    p = (counts + 1).float()
    p /= p.sum(1, keepdims=True)
    words = []
    for _ in range(4):
        i, word = 0, []
        while len(word) < 12:
            i = torch.multinomial(p[i], num_samples=1, replacement=True, generator=g).item()
            word.append(letters[i])
            if i == 0:
                break
        words.append("".join(word))
    xs = torch.tensor([index[a] for name in NAMES for a in "." + name])
    ys = torch.tensor([index[b] for name in NAMES for b in name + "."])
    w = torch.randn((27, 27), generator=g, requires_grad=True)
    for _ in range(5):
        logits = F.one_hot(xs, num_classes=27).float() @ w
        probabilities = logits.exp() / logits.exp().sum(1, keepdims=True)
        loss = -probabilities[torch.arange(xs.nelement()), ys].log().mean() + 0.01 * (w**2).mean()
        w.grad = None
        loss.backward()
        w.data += -50 * w.grad
    return words, counts[0], f"{loss.item():.3f}", p[3]


def derivatives_by_hand(torch):
    """Batch normalisation and cross entropy differentiated on paper and by backward, with every value retained."""
    F = torch.nn.functional
    g = torch.Generator().manual_seed(42)
    n = 16
    x, y = torch.randn((n, 6), generator=g), torch.randint(0, 5, (n,), generator=g)
    w1, w2 = torch.randn((6, 8), generator=g) * 0.3, torch.randn((8, 5), generator=g) * 0.1
    gain, shift = torch.ones((1, 8)) * 1.1, torch.zeros((1, 8)) + 0.1
    parameters = [w1, w2, gain, shift]
    for p in parameters:
        p.requires_grad = True
    before = x @ w1
    mean = 1 / n * before.sum(0, keepdim=True)
    off = before - mean
    variance = 1 / (n - 1) * (off**2).sum(0, keepdim=True)
    inverse = (variance + 1e-5) ** -0.5
    raw = off * inverse
    h = torch.tanh(gain * raw + shift)
    logits = h @ w2
    shifted = logits - logits.max(1, keepdim=True).values
    counts = shifted.exp()
    log_p = (counts * counts.sum(1, keepdims=True) ** -1).log()
    loss = -log_p[range(n), y].mean()
    for t in (before, mean, variance, inverse, raw, h, logits, counts):
        t.retain_grad()
    loss.backward()
    with torch.no_grad():
        dlogits = F.softmax(logits, 1)
        dlogits[range(n), y] -= 1
        dlogits /= n
        dpre = (1 - h**2) * (dlogits @ w2.T)
        dgain, dshift = (raw * dpre).sum(0, keepdim=True), dpre.sum(0, keepdim=True)
        dbefore = gain * inverse / n * (n * dpre - dpre.sum(0) - n / (n - 1) * raw * (dpre * raw).sum(0))
        by_hand = [x.T @ dbefore, h.T @ dlogits, dgain, dshift]
        agree = [torch.allclose(p.grad, d, rtol=1e-3, atol=1e-5) for p, d in zip(parameters, by_hand, strict=True)]
    return loss, agree, [t.grad for t in (before, variance, inverse, logits, counts)], w1.grad


def layers_of_ones_own(torch):
    """Attention with masks of valid lengths, a residual block, batch normalisation from scratch, lazy sizes."""
    nn, F = torch.nn, torch.nn.functional

    def masked_softmax(x, lengths):
        mask = torch.arange(x.size(-1), dtype=torch.float32)[None, :] < lengths.reshape(-1)[:, None]
        rows = x.reshape(-1, x.size(-1)).clone()
        rows[~mask] = -1e6
        return F.softmax(rows.reshape(x.shape), dim=-1)

    class BatchNorm(nn.Module):
        def __init__(self, channels):
            super().__init__()
            self.gamma = nn.Parameter(torch.ones(1, channels, 1, 1))
            self.beta = nn.Parameter(torch.zeros(1, channels, 1, 1))
            self.moving_mean = torch.zeros(1, channels, 1, 1)

        def forward(self, x):
            mean = x.mean(dim=(0, 2, 3), keepdim=True)
            variance = ((x - mean) ** 2).mean(dim=(0, 2, 3), keepdim=True)
            self.moving_mean = 0.9 * self.moving_mean + 0.1 * mean.detach()
            return self.gamma * (x - mean) / torch.sqrt(variance + 1e-5) + self.beta

    class Residual(nn.Module):
        def __init__(self, channels, strides=1):
            super().__init__()
            self.conv1 = nn.LazyConv2d(channels, kernel_size=3, padding=1, stride=strides)
            self.conv2 = nn.LazyConv2d(channels, kernel_size=1, stride=strides)
            self.bn1, self.bn2 = nn.LazyBatchNorm2d(), BatchNorm(channels)

        def forward(self, x):
            y = F.relu(self.bn1(self.conv1(x)))
            y = self.bn2(y)
            y += self.conv2(x)
            return F.relu(y)

    torch.manual_seed(0)
    net = nn.Sequential(Residual(4, 2), nn.AdaptiveAvgPool2d((1, 1)), nn.Flatten(), nn.LazyLinear(3))
    x, y = torch.randn(6, 1, 8, 8), torch.randint(0, 3, (6,))
    shapes = []
    net(x)
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1, weight_decay=1e-3)
    for _ in range(3):
        loss = F.cross_entropy(net(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    for layer in net:
        x = layer(x)
        shapes.append(f"{layer.__class__.__name__} output shape:\t{x.shape}")
    weights = masked_softmax(torch.rand(2, 2, 4), torch.tensor([[1, 3], [2, 4]]))
    return loss, shapes, str(net), weights, net[0].bn2.moving_mean


SCRIPTS = [
    an_autoencoder,
    a_convolutional_gan,
    a_gradient_penalty,
    learning_to_learn,
    a_flow,
    an_agent,
    bigrams,
    derivatives_by_hand,
    layers_of_ones_own,
]


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.__name__)
def test_script(script):
    check(script, torch, rtol=1e-3, atol=1e-4)
