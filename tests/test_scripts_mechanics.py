"""Recording, hooks, optimizers and saved states as tutorials show them: the same numbers, the same text."""

import io

import pytest
from same import check

torch = pytest.importorskip("torch", reason="PyTorch, the reference, is not installed")
torch.set_num_threads(1)


def recording(torch):
    """What a tutorial on automatic differentiation shows, errors included."""
    x = torch.ones(2, 2, requires_grad=True)
    y = x + 2
    out = (y * y * 3).mean()
    out.backward()
    seen = [str(y), str(out), x.grad, y.requires_grad, y.is_leaf, x.grad_fn]

    inp = torch.eye(2, 3, requires_grad=True)
    result = (inp + 1).pow(2).t()
    for _ in range(2):
        result.backward(torch.ones_like(result), retain_graph=True)
    seen.append(inp.grad.clone())
    inp.grad.zero_()
    result.backward(torch.ones_like(result))
    seen.append(inp.grad)

    a = torch.tensor([1.0, 2.0], requires_grad=True)
    b = a * 3
    b.retain_grad()
    b.register_hook(lambda grad: grad * 2)
    (b**2).sum().backward()
    seen += [a.grad, b.grad]

    def message(action, *words):
        with pytest.raises(RuntimeError) as info:
            action()
        assert all(word in str(info.value) for word in words)

    message(lambda: (torch.ones(2, requires_grad=True) * 2).backward(), "scalar outputs")
    message(lambda: torch.ones(2).sum().backward(), "does not require grad")
    message(lambda: torch.ones(2, requires_grad=True).add_(1), "leaf Variable")
    message(lambda: torch.ones(2, requires_grad=True).numpy(), "detach().numpy()")
    e = torch.ones(2, requires_grad=True).exp()
    e.add_(1)
    message(lambda: e.sum().backward(), "modified by an inplace operation")
    s = (a * a).sum()
    s.backward()
    message(lambda: s.backward(), "second time")
    with torch.no_grad():
        seen.append((a * 2).requires_grad)
    seen.append(torch.autograd.functional.jacobian(lambda v: v.exp().sum(dim=1), torch.ones(2, 2)))
    seen.append(torch.autograd.functional.hessian(lambda v: (v**3).sum(), torch.ones(2)))
    return seen


def a_layer_with_hooks(torch):
    layer = torch.nn.Linear(2, 2)
    torch.nn.init.constant_(layer.weight, 0.5)
    torch.nn.init.zeros_(layer.bias)
    seen = []
    handles = [
        layer.register_forward_pre_hook(lambda module, inputs: (inputs[0] + 1,)),
        layer.register_forward_hook(lambda module, inputs, output: seen.append((str(module), output.detach()))),
        layer.register_full_backward_hook(lambda module, gin, gout: seen.append((gin[0], gout[0]))),
    ]
    layer(torch.ones(3, 2, requires_grad=True)).sum().backward()
    for handle in handles:
        handle.remove()
    layer(torch.ones(1, 2)).sum().backward()
    return seen, layer.weight.grad


def an_optimizer_of_ones_own(torch):
    class Signs(torch.optim.Optimizer):
        def __init__(self, params, lr=1e-2, momentum=0.9):
            if lr < 0.0:
                raise ValueError(f"Invalid learning rate: {lr}")
            super().__init__(params, {"lr": lr, "momentum": momentum})

        @torch.no_grad()
        def step(self, closure=None):
            loss = None
            if closure is not None:
                with torch.enable_grad():
                    loss = closure()
            for group in self.param_groups:
                for p in group["params"]:
                    if p.grad is None:
                        continue
                    state = self.state[p]
                    if len(state) == 0:
                        state["step"] = 0
                        state["mean"] = torch.zeros_like(p, memory_format=torch.preserve_format)
                    state["step"] += 1
                    state["mean"].mul_(group["momentum"]).add_(p.grad, alpha=1 - group["momentum"])
                    p.add_(torch.sign(state["mean"]), alpha=-group["lr"])
            return loss

    torch.manual_seed(0)
    model = torch.nn.Linear(3, 1)
    x = torch.randn(20, 3)
    y = x @ torch.tensor([[1.0], [-2.0], [0.5]])
    optimizer = Signs(model.parameters(), lr=0.05)
    scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, lr_lambda=lambda epoch: 0.9**epoch)

    def closure():
        optimizer.zero_grad()
        loss = ((model(x) - y) ** 2).mean()
        loss.backward()
        return loss

    losses = []
    for _ in range(10):
        losses.append(optimizer.step(closure).item())
        scheduler.step()
    return losses, scheduler.get_last_lr(), optimizer.state_dict()["param_groups"], repr(optimizer)


def saved_and_loaded(torch):
    def made():
        model = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.BatchNorm1d(4), torch.nn.Linear(4, 1))
        return model, torch.optim.Adam(model.parameters(), lr=0.1)

    def train(model, optimizer, steps):
        for _ in range(steps):
            optimizer.zero_grad()
            loss = (model(x) ** 2).mean()
            loss.backward()
            optimizer.step()
        return loss.item()

    torch.manual_seed(0)
    x = torch.randn(10, 3)
    model, optimizer = made()
    loss = train(model, optimizer, 3)
    file = io.BytesIO()
    torch.save({"epoch": 3, "model": model.state_dict(), "optimizer": optimizer.state_dict(), "loss": loss}, file)
    file.seek(0)
    checkpoint = torch.load(file)
    again, other = made()
    result = repr(again.load_state_dict(checkpoint["model"]))
    other.load_state_dict(checkpoint["optimizer"])
    return checkpoint["epoch"], result, train(model, optimizer, 3), train(again, other, 3), list(model.state_dict())


SCRIPTS = [recording, a_layer_with_hooks, an_optimizer_of_ones_own, saved_and_loaded]


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.__name__)
def test_script(script):
    check(script, torch)
