"""Statistics, numerical mathematics and physics on tensors, as notebooks have them."""

import math

import pytest
from same import check

torch = pytest.importorskip("torch", reason="PyTorch, the reference, is not installed")
torch.set_num_threads(1)


def logistic_regression(torch):
    F = torch.nn.functional
    torch.manual_seed(0)
    x = torch.randn(40, 2)
    y = (x @ torch.tensor([2.0, -1.0]) + 0.3 > 0).float()
    w, b = torch.zeros(2, requires_grad=True), torch.zeros(1, requires_grad=True)
    for _ in range(20):
        p = 1 / (1 + torch.exp(-(x @ w + b)))
        loss = -(y * torch.log(p + 1e-9) + (1 - y) * torch.log(1 - p + 1e-9)).mean()
        loss.backward()
        with torch.no_grad():
            w -= 0.5 * w.grad
            b -= 0.5 * b.grad
            w.grad.zero_()
            b.grad.zero_()

    def penalised(w):
        return F.binary_cross_entropy_with_logits(x @ w, y) + 0.05 * (w**2).sum()

    newton = torch.zeros(2)
    for _ in range(4):
        hessian = torch.autograd.functional.hessian(penalised, newton)
        gradient = torch.autograd.functional.jacobian(penalised, newton)
        newton = newton - torch.linalg.solve(hessian, gradient)
    return loss, w, ((p > 0.5) == y.bool()).float().mean().item(), newton, torch.linalg.eigvalsh(hessian)


def clusters_and_components(torch):
    torch.manual_seed(0)
    x = torch.cat([torch.randn(15, 2) + torch.tensor([c, -c]) for c in (0.0, 4.0, 8.0)])
    centres = x[torch.randperm(45)[:3]]
    for _ in range(5):
        label = torch.cdist(x, centres).argmin(dim=1)
        centres = torch.stack([x[label == k].mean(0) if (label == k).any() else centres[k] for k in range(3)])
    centred = x - x.mean(dim=0, keepdim=True)
    _, s, vh = torch.linalg.svd(centred, full_matrices=False)
    share = (s**2 / (s**2).sum()).cumsum(0)
    values, vectors = torch.linalg.eigh(torch.cov(x.T))
    return (
        centres[centres[:, 0].argsort()],
        torch.bincount(label, minlength=3),
        share,
        (centred @ vh.T[:, :1]).abs().sum(),
        values,
        vectors.abs(),
    )


def a_gaussian_process(torch):
    x = torch.linspace(0, 5, 8).unsqueeze(1)
    y = torch.sin(x).squeeze()
    length, scale, noise = (torch.tensor(v, requires_grad=True) for v in (0.0, 0.0, -2.0))
    optimizer = torch.optim.Adam([length, scale, noise], lr=0.1)

    def kernel(a, b):
        return scale.exp() * torch.exp(-0.5 * torch.cdist(a, b) ** 2 / length.exp() ** 2)

    for _ in range(10):
        covariance = kernel(x, x) + noise.exp() * torch.eye(8)
        factor = torch.linalg.cholesky(covariance)
        alpha = torch.cholesky_solve(y.unsqueeze(1), factor)
        loss = 0.5 * y @ alpha.squeeze() + torch.log(torch.diag(factor)).sum() + 4 * math.log(2 * math.pi)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    new = torch.tensor([[1.3], [2.7]])
    v = torch.linalg.solve_triangular(factor, kernel(x, new), upper=False)
    variance = (kernel(new, new) - v.T @ v).diagonal()
    density = torch.distributions.MultivariateNormal(torch.zeros(8), covariance_matrix=covariance.detach())
    return loss, length, scale, noise, kernel(new, x) @ alpha, variance, density.log_prob(y)


def a_kalman_filter(torch):
    torch.manual_seed(0)
    step, see = torch.tensor([[1.0, 1.0], [0.0, 1.0]]), torch.tensor([[1.0, 0.0]])
    x, p = torch.zeros(2, 1), torch.eye(2)
    for z in torch.arange(10.0) * 0.7 + torch.randn(10) * 0.5:
        x, p = step @ x, step @ p @ step.T + 0.01 * torch.eye(2)
        gain = p @ see.T @ torch.inverse(see @ p @ see.T + 0.5)
        x, p = x + gain @ (z - see @ x), (torch.eye(2) - gain @ see) @ p
    return x, p


def mixtures(torch):
    D = torch.distributions
    torch.manual_seed(0)
    x = torch.cat([torch.randn(30) - 2, torch.randn(30) * 0.5 + 2])
    weight, mean, sigma = torch.ones(2) / 2, torch.tensor([-1.0, 1.0]), torch.ones(2)
    for _ in range(10):
        joint = D.Normal(mean, sigma).log_prob(x[:, None]) + weight.log()
        share = (joint - torch.logsumexp(joint, 1, keepdim=True)).exp()
        n = share.sum(0)
        weight, mean = n / 60, (share * x[:, None]).sum(0) / n
        sigma = torch.sqrt((share * (x[:, None] - mean) ** 2).sum(0) / n)
    logits = torch.zeros(2, requires_grad=True)
    place = torch.tensor([-1.0, 1.0], requires_grad=True)
    optimizer = torch.optim.Adam([logits, place], lr=0.1)
    for _ in range(10):
        mixture = D.MixtureSameFamily(D.Categorical(logits=logits), D.Normal(place, torch.ones(2)))
        loss = -mixture.log_prob(x).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return weight, mean, sigma, loss, place, mixture.sample((3,))


def a_bayesian_regression(torch):
    D, F = torch.distributions, torch.nn.functional
    torch.manual_seed(0)
    x = torch.stack([torch.ones(20), torch.linspace(-1, 1, 20)], 1)
    y = x @ torch.tensor([0.5, -1.0]) + 0.1 * torch.randn(20)
    precision = torch.eye(2) + x.T @ x / 0.01
    exact = torch.linalg.inv(precision) @ x.T @ y / 0.01
    mean = torch.zeros(2, requires_grad=True)
    spread = torch.full((2,), -2.0, requires_grad=True)
    optimizer = torch.optim.Adam([mean, spread], lr=0.05)
    for _ in range(20):
        posterior = D.Normal(mean, F.softplus(spread))
        w = posterior.rsample((8,))
        likelihood = D.Normal(w @ x.T, 0.1).log_prob(y).sum(-1).mean()
        loss = D.kl_divergence(posterior, D.Normal(0.0, 1.0)).sum() - likelihood
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    position, chain = torch.tensor(0.0), []
    target = D.Normal(1.0, 0.5)
    for _ in range(30):
        proposal = position + torch.randn(()) * 0.8
        if torch.rand(1) < torch.exp(target.log_prob(proposal) - target.log_prob(position)):
            position = proposal
        chain.append(position)
    least_squares = torch.linalg.lstsq(x, y.unsqueeze(1)).solution
    return exact, least_squares, loss, mean, F.softplus(spread), torch.stack(chain)


def iterations(torch):
    """Conjugate gradients, power iteration, and what a matrix is asked."""
    torch.manual_seed(0)
    a = torch.randn(4, 4, dtype=torch.float64)
    a = a @ a.t() + torch.eye(4, dtype=torch.float64)
    v = torch.ones(4, dtype=torch.float64)
    for _ in range(30):
        v = a @ v
        v = v / v.norm()
    b, x = torch.ones(4, dtype=torch.float64), torch.zeros(4, dtype=torch.float64)
    r = b - a @ x
    p = r.clone()
    for _ in range(4):
        alpha = (r @ r) / (p @ a @ p)
        x += alpha * p
        rest = r - alpha * a @ p
        p = rest + (rest @ rest) / (r @ r) * p
        r = rest
    questions = (
        torch.trace(a),
        torch.logdet(a),
        torch.linalg.cond(a),
        torch.linalg.norm(a, 2),
        torch.matrix_exp(a * 0.1),
    )
    return v @ a @ v, x, torch.linalg.solve(a, b), torch.linalg.matrix_rank(a), questions


def a_conditional_random_field(torch):
    torch.manual_seed(0)
    emission = torch.randn(5, 3, requires_grad=True)
    transition = torch.randn(3, 3, requires_grad=True)
    alpha = emission[0]
    for t in range(1, 5):
        alpha = torch.logsumexp(alpha.unsqueeze(1) + transition + emission[t].unsqueeze(0), dim=0)
    tags = torch.tensor([0, 1, 2, 1, 0])
    score = emission[torch.arange(5), tags].sum() + transition[tags[:-1], tags[1:]].sum()
    (torch.logsumexp(alpha, 0) - score).backward()
    best, back = emission[0].detach(), []
    for t in range(1, 5):
        value, index = (best.unsqueeze(1) + transition.detach()).max(0)
        best = value + emission[t].detach()
        back.append(index)
    path = [best.argmax().item()]
    for index in reversed(back):
        path.insert(0, index[path[0]].item())
    return score, emission.grad, transition.grad, path, best.max()


def a_factorised_table(torch):
    nn = torch.nn
    torch.manual_seed(0)
    table, known = torch.randint(1, 6, (8, 6)).float(), torch.rand(8, 6) > 0.3
    users, items, bias = nn.Embedding(8, 3), nn.Embedding(6, 3), nn.Parameter(torch.zeros(8))
    optimizer = torch.optim.Adam([*users.parameters(), *items.parameters(), bias], lr=0.05, weight_decay=1e-3)
    index = known.nonzero(as_tuple=False)
    for _ in range(15):
        prediction = (users(index[:, 0]) * items(index[:, 1])).sum(1) + bias[index[:, 0]] + 3
        loss = nn.functional.mse_loss(prediction, table[known])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return loss, (users.weight @ items.weight.T + bias[:, None] + 3)[0], known.sum()


def an_equation_of_physics(torch):
    """A network that satisfies u'' = −sin x: derivatives of derivatives in the loss, and a quasi-Newton method."""
    nn, grad = torch.nn, torch.autograd.grad
    torch.manual_seed(0)
    net = nn.Sequential(nn.Linear(1, 12), nn.Tanh(), nn.Linear(12, 12), nn.Tanh(), nn.Linear(12, 1))
    x = torch.linspace(0, math.pi, 15).view(-1, 1).requires_grad_(True)
    ends = torch.tensor([[0.0], [math.pi]])

    def residual():
        u = net(x)
        first = grad(u, x, grad_outputs=torch.ones_like(u), create_graph=True, retain_graph=True)[0]
        second = grad(first, x, torch.ones_like(first), create_graph=True)[0]
        return ((second + torch.sin(x)) ** 2).mean() + net(ends).pow(2).mean()

    optimizer = torch.optim.Adam(net.parameters(), lr=1e-2)
    losses = []
    for _ in range(8):
        loss = residual()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    newton = torch.optim.LBFGS(net.parameters(), max_iter=3, line_search_fn="strong_wolfe")

    def closure():
        newton.zero_grad()
        loss = residual()
        loss.backward()
        return loss

    return losses, newton.step(closure).item(), residual().item()


def an_ordinary_differential_equation(torch):
    nn = torch.nn
    torch.manual_seed(0)
    field = nn.Sequential(nn.Linear(2, 8), nn.Tanh(), nn.Linear(8, 2))
    times = torch.linspace(0.0, 1.0, 6)
    truth = torch.stack([torch.tensor([[2 * math.cos(t), 2 * math.sin(t)]]) for t in times.tolist()])
    optimizer = torch.optim.RMSprop(field.parameters(), lr=1e-2)
    for _ in range(4):
        y = torch.tensor([[2.0, 0.0]])
        path = [y]
        for h in times[1:] - times[:-1]:
            k1 = field(y**3)
            k2 = field((y + h * k1 / 2) ** 3)
            k3 = field((y + h * k2 / 2) ** 3)
            k4 = field((y + h * k3) ** 3)
            y = y + h * (k1 + 2 * k2 + 2 * k3 + k4) / 6
            path.append(y)
        loss = torch.mean(torch.abs(torch.stack(path) - truth))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return loss, y


SCRIPTS = [
    logistic_regression,
    clusters_and_components,
    a_gaussian_process,
    a_kalman_filter,
    mixtures,
    a_bayesian_regression,
    iterations,
    a_conditional_random_field,
    a_factorised_table,
    an_equation_of_physics,
    an_ordinary_differential_equation,
]


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.__name__)
def test_script(script):
    check(script, torch, rtol=2e-3, atol=2e-4)
