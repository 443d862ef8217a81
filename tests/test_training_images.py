"""Models of images trained step by step beside PyTorch: a classifier, a VAE, a GAN and a Siamese network."""

import numpy as np
import pytest
from beside import beside

import tinygrad_lite as tl

torch = pytest.importorskip("torch", reason="PyTorch, the reference, is not installed")
torch.set_num_threads(1)

BATCH = 8
pytestmark = pytest.mark.parametrize("dtype", ["float32", "float64"])


def images(lib, steps, sizes=(1, 12, 12)):
    """Batches of smooth spots and their classes: the quarter of the image in which a spot lies."""
    random = np.random.default_rng(0)
    rows, columns = np.mgrid[: sizes[1], : sizes[2]]
    for _ in range(steps):
        y, x = random.uniform(2, sizes[1] - 2, (2, BATCH, 1, 1))
        spots = np.exp(-((rows - y) ** 2 + (columns - x) ** 2) / 6) + random.uniform(0, 0.1, (BATCH, *sizes[1:]))
        classes = 2 * (y.ravel() > sizes[1] / 2) + (x.ravel() > sizes[2] / 2)
        x = lib.tensor(np.clip(spots, 0, 1)[:, None], dtype=lib.get_default_dtype())
        yield x, lib.tensor(classes.astype(np.int64))


def classifier(lib):
    """The network of many first programs: convolutions, pooling, both kinds of dropout, log-probabilities."""
    nn, F = lib.nn, lib.nn.functional

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv1 = nn.Conv2d(1, 6, kernel_size=3)
            self.conv2 = nn.Conv2d(6, 8, kernel_size=3, padding=1)
            self.conv2_drop = nn.Dropout2d()
            self.fc1 = nn.Linear(32, 16)
            self.fc2 = nn.Linear(16, 4)

        def forward(self, x):
            x = F.relu(F.max_pool2d(self.conv1(x), 2))
            x = F.relu(F.max_pool2d(self.conv2_drop(self.conv2(x)), 2))
            x = x.view(-1, 32)
            x = F.relu(self.fc1(x))
            x = F.dropout(x, training=self.training)
            return F.log_softmax(self.fc2(x), dim=1)

    return Net()


def scores(lib, model):
    """Loss and number of right answers on new images, in evaluation."""
    model.eval()
    with lib.no_grad():
        for x, y in images(lib, 1):
            output = model(x)
            loss = lib.nn.functional.nll_loss(output, y, reduction="sum").item()
            prediction = output.argmax(dim=1, keepdim=True)
            yield 1 + loss
            yield 1 + prediction.eq(y.view_as(prediction)).sum().item()
    model.train()


@pytest.mark.parametrize(
    ("rule", "options"),
    [("SGD", {"lr": 0.1, "momentum": 0.5}), ("Adadelta", {"lr": 1.0}), ("Adam", {"lr": 3e-3})],
)
def test_classifier(rule, options, dtype):
    def step(lib, model):
        optimizer = getattr(lib.optim, rule)(model.parameters(), **options)
        schedule = lib.optim.lr_scheduler.StepLR(optimizer, step_size=2, gamma=0.7)
        for x, y in images(lib, 6):
            optimizer.zero_grad()
            loss = lib.nn.functional.nll_loss(model(x), y)
            loss.backward()
            optimizer.step()
            schedule.step()
            yield loss.item()
        yield from scores(lib, model)

    beside(classifier, step, (tl, torch), dtype, tolerance=1e-4)


def test_residual_network(dtype):
    """Blocks with batch normalization whose input is added to their output; label smoothing; OneCycleLR."""

    def make(lib):
        nn = lib.nn

        class Block(nn.Module):
            def __init__(self, before, after, stride=1):
                super().__init__()
                self.main = nn.Sequential(
                    nn.Conv2d(before, after, 3, stride, 1, bias=False),
                    nn.BatchNorm2d(after),
                    nn.ReLU(inplace=True),
                    nn.Conv2d(after, after, 3, 1, 1, bias=False),
                    nn.BatchNorm2d(after),
                )
                self.short = nn.Identity()
                if stride != 1 or before != after:
                    self.short = nn.Sequential(nn.Conv2d(before, after, 1, stride, bias=False), nn.BatchNorm2d(after))

            def forward(self, x):
                y = self.main(x)
                y += self.short(x)
                return y.relu_()

        return nn.Sequential(
            nn.Conv2d(1, 4, 3, padding=1), Block(4, 4), Block(4, 8, 2), nn.AdaptiveAvgPool2d(1), nn.Flatten(),
            nn.Linear(8, 4),
        )  # fmt: skip

    def step(lib, model):
        optimizer = lib.optim.SGD(model.parameters(), lr=0.1, momentum=0.9, weight_decay=5e-4, nesterov=True)
        schedule = lib.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=0.2, total_steps=6)
        criterion = lib.nn.CrossEntropyLoss(label_smoothing=0.1)
        for x, y in images(lib, 5):
            optimizer.zero_grad()
            loss = criterion(model(x), y)
            loss.backward()
            optimizer.step()
            schedule.step()
            yield loss.item()
        yield from scores(lib, model)

    beside(make, step, (tl, torch), dtype, tolerance=1e-4, weights=2e-4)


def test_variational_autoencoder(dtype):
    """Noise by randn_like in the hidden variables; reconstruction by binary cross-entropy, and the KL divergence."""

    def make(lib):
        nn, F = lib.nn, lib.nn.functional

        class VAE(nn.Module):
            def __init__(self):
                super().__init__()
                self.fc1 = nn.Linear(144, 20)
                self.fc21, self.fc22 = nn.Linear(20, 3), nn.Linear(20, 3)
                self.fc3, self.fc4 = nn.Linear(3, 20), nn.Linear(20, 144)

            def encode(self, x):
                h = F.relu(self.fc1(x))
                return self.fc21(h), self.fc22(h)

            def reparameterize(self, mu, logvar):
                std = lib.exp(0.5 * logvar)
                return mu + lib.randn_like(std) * std

            def decode(self, z):
                return lib.sigmoid(self.fc4(F.relu(self.fc3(z))))

            def forward(self, x):
                mu, logvar = self.encode(x.view(-1, 144))
                return self.decode(self.reparameterize(mu, logvar)), mu, logvar

        return VAE()

    def step(lib, model):
        optimizer = lib.optim.Adam(model.parameters(), lr=1e-3)
        for x, _ in images(lib, 6):
            optimizer.zero_grad()
            again, mu, logvar = model(x)
            reconstruction = lib.nn.functional.binary_cross_entropy(again, x.view(-1, 144), reduction="sum")
            divergence = -0.5 * lib.sum(1 + logvar - mu.pow(2) - logvar.exp())
            (reconstruction + divergence).backward()
            optimizer.step()
            yield reconstruction.item()
            yield divergence.item()
        with lib.no_grad():
            yield model.decode(lib.randn(5, 3)).mean().item()

    beside(make, step, (tl, torch), dtype, tolerance=1e-4)


def test_adversarial_networks(dtype):
    """DCGAN: the discriminator learns from real and made images, detached, then the generator from its judgement."""

    def make(lib):
        nn = lib.nn
        generator = nn.Sequential(
            nn.ConvTranspose2d(5, 8, 3, 1, 0, bias=False),
            nn.BatchNorm2d(8),
            nn.ReLU(True),
            nn.ConvTranspose2d(8, 4, 4, 2, 1, bias=False),
            nn.BatchNorm2d(4),
            nn.ReLU(True),
            nn.ConvTranspose2d(4, 1, 4, 2, 1, bias=False),
            nn.Tanh(),
        )
        discriminator = nn.Sequential(
            nn.Conv2d(1, 4, 4, 2, 1, bias=False),
            nn.LeakyReLU(0.2, inplace=True),
            nn.Conv2d(4, 8, 4, 2, 1, bias=False),
            nn.BatchNorm2d(8),
            nn.LeakyReLU(0.2, inplace=True),
            nn.Conv2d(8, 1, 3, 1, 0, bias=False),
            nn.Sigmoid(),
        )

        def start(module):
            name = type(module).__name__
            if name.find("Conv") != -1:
                nn.init.normal_(module.weight.data, 0.0, 0.02)
            elif name.find("BatchNorm") != -1:
                nn.init.normal_(module.weight.data, 1.0, 0.02)
                nn.init.constant_(module.bias.data, 0)

        return nn.ModuleList([generator.apply(start), discriminator.apply(start)])

    def step(lib, model):
        generator, discriminator = model
        judge = lib.nn.BCELoss()
        ours = [lib.optim.Adam(net.parameters(), lr=2e-3, betas=(0.5, 0.999)) for net in model]
        for real, _ in images(lib, 5):
            discriminator.zero_grad()
            label = lib.full((BATCH,), 1.0)
            right = judge(discriminator(real).view(-1), label)
            right.backward()
            made = generator(lib.randn(BATCH, 5, 1, 1))
            label.fill_(0.0)
            wrong = judge(discriminator(made.detach()).view(-1), label)
            wrong.backward()
            ours[1].step()
            generator.zero_grad()
            label.fill_(1.0)
            deceived = judge(discriminator(made).view(-1), label)
            deceived.backward()
            ours[0].step()
            yield from (right.item(), wrong.item(), deceived.item(), 2 + made.mean().item())

    beside(make, step, (tl, torch), dtype, tolerance=2e-4, weights=5e-4)


def tower(nn):
    return nn.Sequential(
        nn.Conv2d(1, 4, 5), nn.ReLU(inplace=True), nn.MaxPool2d(2, stride=2), nn.Flatten(), nn.Linear(64, 6)
    )


def pairs(lib, steps):
    """Two batches of images, and 1 where their classes are the same."""
    batches = list(images(lib, 2 * steps))
    for (x, a), (y, b) in zip(batches[::2], batches[1::2], strict=True):
        yield x, y, (a == b).to(x.dtype)


def test_siamese_network_with_contrastive_loss(dtype):
    """One tower sees both images: the derivative of its weights is the sum of two.

    Biases move both outputs alike, so that their derivatives nearly vanish: a rule that divides by their size would
    step along the rounding of float32.
    """
    rule, options = ("RMSprop", {"lr": 1e-3, "alpha": 0.99}) if dtype == "float64" else ("SGD", {"lr": 0.05})

    def step(lib, model):
        optimizer = getattr(lib.optim, rule)(model.parameters(), **options)
        for x, y, same in pairs(lib, 5):
            distance = lib.nn.functional.pairwise_distance(model(x), model(y), keepdim=True).squeeze(1)
            loss = lib.mean(same * distance.pow(2) + (1 - same) * lib.clamp(1.0 - distance, min=0.0).pow(2))
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            yield loss.item()

    beside(lambda lib: tower(lib.nn), step, (tl, torch), dtype, tolerance=2e-5)


def test_siamese_network_with_cross_entropy(dtype):
    """The features of both images side by side, and a judgement of the pair."""

    def make(lib):
        nn = lib.nn

        class Siamese(nn.Module):
            def __init__(self):
                super().__init__()
                self.tower = tower(nn)
                self.head = nn.Sequential(nn.Linear(12, 8), nn.ReLU(inplace=True), nn.Linear(8, 1), nn.Sigmoid())
                self.apply(self.start)

            def start(self, module):
                if isinstance(module, nn.Linear):
                    nn.init.xavier_uniform_(module.weight)
                    module.bias.data.fill_(0.01)

            def forward(self, x, y):
                return self.head(lib.cat((self.tower(x), self.tower(y)), 1))

        return Siamese()

    def step(lib, model):
        optimizer = lib.optim.Adadelta(model.parameters(), lr=1.0)
        criterion = lib.nn.BCELoss()
        for x, y, same in pairs(lib, 5):
            optimizer.zero_grad()
            loss = criterion(model(x, y).squeeze(), same)
            loss.backward()
            optimizer.step()
            yield loss.item()
        with lib.no_grad():
            for x, y, same in pairs(lib, 1):
                answers = lib.where(model(x, y).squeeze() > 0.5, 1, 0)
                yield 1 + answers.eq(same.view_as(answers)).sum().item()

    beside(make, step, (tl, torch), dtype, tolerance=1e-4)
