"""Training steps of networks against PyTorch's eager mode: the same models from the same weights, float32.

The optimisers run with a rate of zero, so that every step computes the same and the losses can be compared.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np

from tests.bench.clock import clock
from tests.bench.engines import Engine
from tests.bench.rows import nothing as derived
from tests.bench.table import Row

ENGINES = ("revad", "torch")
ROUNDS = 5

__all__ = ["ENGINES", "ROUNDS", "derived", "measure"]


class Library:
    """What both engines offer under the same names: layers, losses, optimisers; and how arrays become theirs."""

    def __init__(self, engine: Engine) -> None:
        self.is_torch = engine.name == "torch"
        if self.is_torch:
            self.nn: Any = engine.xp.nn
            self.optim: Any = engine.xp.optim
            self.array: Callable[[Any], Any] = engine.xp.tensor
        else:
            import nn

            self.nn, self.optim, self.array = nn, nn.optim, lambda values: values

    def filled(self, model: Any) -> Any:
        """Give a model weights that do not depend on the engine."""
        draw = np.random.default_rng(0)
        state = {
            name: (draw.standard_normal(tuple(value.shape)) / np.sqrt(np.prod(value.shape[1:]) or 1)).astype(np.float32)
            for name, value in model.state_dict().items()
        }
        model.load_state_dict({name: self.array(value) for name, value in state.items()})
        return model

    def leaf(self, values: Any) -> Any:
        """Return a variable that takes a gradient."""
        if self.is_torch:
            return self.array(values).requires_grad_()
        import revad

        return revad.tensor(values)


def measure(engine: Engine, seconds: float) -> list[Row]:
    """Time each network's step."""
    library = Library(engine)
    plain = engine._replace(prepare=lambda step: step)
    rows: list[Row] = []
    for make, name, unit, per, bound in (
        (perceptron((64, 128, 128, 10), 32), "MLP 64-128-128-10, batch 32, SGD step", "µs", 1e-6, 0.9),
        (perceptron((784, 1024, 1024, 10), 256), "MLP 784-1024-1024-10, batch 256, SGD step", "ms", 1e-3, 1.0),
        (lstm(100, 32, 64, 128), "LSTM 100 steps, batch 32, 64 to 128, forward and backward", "ms", 1e-3, 1.3),
        (lstm(1000, 1, 64, 32), "LSTM 1,000 steps, batch 1, 64 to 32, forward and backward", "ms", 1e-3, None),
        (lenet, "LeNet 28 x 28, batch 64, forward and backward", "ms", 1e-3, 1.6),
        (convolution, "3 x 3 convolution 64 to 64 on 32 x 32, batch 32, with both gradients", "ms", 1e-3, 1.4),
        (digits_epoch, "CNN on digits, an epoch with DataLoader", "ms", 1e-3, 1.5),
    ):
        row = Row(name, unit, {} if bound is None else {"torch": bound}, tolerance=1e-3)
        rows.append(clock(row, plain, make(library), seconds=seconds, per=per))
    if not library.is_torch:
        rows.append(
            clock(Row("the products of that convolution, by BLAS alone", "ms"), plain, bare_products, seconds=seconds, per=1e-3)
        )
    return rows


def perceptron(sizes: tuple[int, ...], batch: int) -> Callable[[Library], Any]:
    """Return what makes a training step: loss, gradients, update."""

    def make(library: Library) -> Any:
        nn = library.nn
        layers: list[Any] = []
        for n, m in pairwise(sizes):
            layers += [nn.Linear(n, m), nn.ReLU()]
        model = library.filled(nn.Sequential(*layers[:-1]))
        return training_step(library, model, (batch, sizes[0]), library.optim.SGD(model.parameters(), lr=0.0))

    return make


def training_step(library: Library, model: Any, shape: tuple[int, ...], optimizer: Any) -> Any:
    """Return a step of classification on random data."""
    draw = np.random.default_rng(1)
    inputs = library.array(draw.standard_normal(shape).astype(np.float32))
    labels = library.array(draw.integers(0, 10, shape[0]))
    loss_of = library.nn.CrossEntropyLoss()

    def step() -> Any:
        optimizer.zero_grad()
        loss = loss_of(model(inputs), labels)
        loss.backward()
        optimizer.step()
        return loss.detach(), []

    return step


def lstm(steps: int, batch: int, inputs: int, hidden: int) -> Callable[[Library], Any]:
    """Return what makes a pass through time and back."""

    def make(library: Library) -> Any:
        model = library.filled(library.nn.LSTM(inputs, hidden))
        x = library.array(np.random.default_rng(1).standard_normal((steps, batch, inputs)).astype(np.float32))

        def step() -> Any:
            model.zero_grad()
            output, _ = model(x)
            loss = (output * output).sum()
            loss.backward()
            return loss.detach(), []

        return step

    return make


def lenet(library: Library) -> Any:
    """Return a step of LeNet-5 with ReLU and max pooling."""
    nn = library.nn
    features = [nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2)]
    classifier = [nn.Flatten(), nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10)]
    model = library.filled(nn.Sequential(*features, *classifier))
    return training_step(library, model, (64, 1, 28, 28), library.optim.SGD(model.parameters(), lr=0.0))


def convolution(library: Library) -> Any:
    """Return one convolution and its gradients in input and weights."""
    draw = np.random.default_rng(1)
    x = library.leaf(draw.standard_normal((32, 64, 32, 32)).astype(np.float32))
    weight = library.leaf((draw.standard_normal((64, 64, 3, 3)) / 24).astype(np.float32))
    cotangent = library.array(draw.standard_normal((32, 64, 32, 32)).astype(np.float32))
    convolve = library.nn.functional.conv2d

    def step() -> Any:
        x.grad = weight.grad = None
        convolve(x, weight, padding=1).backward(cotangent)
        return float(weight.grad[0, 0, 0, 0]), []

    return step


def bare_products() -> Any:
    """Multiply the matrices of that convolution, sample by sample: forward and both gradients."""
    n, channels, kernel, outputs = 32, 64, 576, 1024
    matrices = bare_products.__dict__.setdefault(
        "matrices", [np.ones(s, np.float32) for s in ((channels, kernel), (kernel, outputs), (channels, outputs))]
    )
    weight, columns, g = matrices
    for _ in range(n):
        np.matmul(weight, columns)
        np.matmul(weight.T, g)
        np.matmul(g, columns.T)
    return 0.0, []


def digits_epoch(library: Library) -> Any:
    """Return a whole epoch: the loader's batches, step by step, with the loss summed up."""
    from sklearn.datasets import load_digits

    data: Any = load_digits()
    images, labels = (data.images[:, None] / 16).astype(np.float32), data.target.astype(np.int64)
    nn = library.nn
    features = [nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(16, 32, 3, padding=1), nn.ReLU()]
    model = library.filled(
        nn.Sequential(*features, nn.MaxPool2d(2), nn.Flatten(), nn.Linear(128, 64), nn.ReLU(), nn.Linear(64, 10))
    )
    optimizer, loss_of = library.optim.SGD(model.parameters(), lr=0.0), nn.CrossEntropyLoss(reduction="sum")
    if library.is_torch:
        from torch.utils.data import DataLoader, TensorDataset

        loader: Any = DataLoader(TensorDataset(library.array(images), library.array(labels)), batch_size=64, shuffle=True)
    else:
        loader = nn.data.DataLoader(nn.data.ArrayDataset(images, labels), batch_size=64, shuffle=True, rng=0)

    def epoch() -> Any:
        total = 0.0
        for x, y in loader:
            optimizer.zero_grad()
            loss = loss_of(model(x), y)
            loss.backward()
            optimizer.step()
            total += float(loss.detach())
        return total, []

    return epoch
