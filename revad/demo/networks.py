"""``revad demo networks``: a feedforward, a convolutional and a recurrent net learn from real data; a report shows how."""

from __future__ import annotations

import inspect
import textwrap
import time
from importlib import import_module
from typing import Any, NamedTuple

import numpy as np

from revad.demo import Options, drawings
from revad.reports import documents as report
from revad.reports.table import table

LIBRARIES = {"sklearn": "scikit-learn", "statsmodels": "statsmodels", "matplotlib": "matplotlib", "tqdm": "tqdm"}
EPOCHS = {"feedforward": 40, "convolutional": 25, "recurrent": 60}
QUICK = 4  # epochs
LAGS = 9  # of the linear forecast that the recurrent net is compared with
WINDOW = 44  # years, about four cycles of the sun
FIRST_TEST_YEAR = 1930


class Trained(NamedTuple):
    """A net that has learned: what came of it, and its part of the report."""

    kind: str
    size: int
    epochs: int
    seconds: float
    result: str
    section: report.Section

    @property
    def row(self) -> tuple[str, ...]:
        """What the table says about it."""
        return f"{self.kind} net", f"{self.size:,}", str(self.epochs), f"{self.seconds:.1f}", self.result


def feedforward(nn: Any) -> Any:
    """64 pixels in, 10 classes out."""
    return nn.Sequential(nn.Flatten(), nn.Linear(64, 128), nn.ReLU(), nn.Dropout(0.3), nn.Linear(128, 10))


def convolutional(nn: Any) -> Any:
    """The same digits as images: small filters that slide over them."""
    return nn.Sequential(
        nn.Conv2d(1, 16, 3, padding=1),
        nn.ReLU(),
        nn.Conv2d(16, 32, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Dropout(0.25),
        nn.Flatten(),
        nn.Linear(512, 64),
        nn.ReLU(),
        nn.Linear(64, 10),
    )


def recurrent(nn: Any) -> Any:
    """A memory that reads a year after the other, and says by how much the next one will differ."""

    class Forecaster(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.memory, self.change = nn.GRU(1, 8, batch_first=True), nn.Linear(8, 1)

        def forward(self, years: Any) -> Any:
            states, _ = self.memory(years)
            return years + self.change(states)

    return Forecaster()


def main(options: Options) -> int:
    """Run the demonstration; print what is done and what comes out."""
    nn: Any = import_module("nn")  # revad does not know nn, only this demonstration does
    title = "Three neural nets, trained by reverse-mode differentiation of NumPy"
    head = ("net", "weights", "epochs", "seconds", "on data it has not seen")
    report.write(options.report, title, "The nets are learning.", [head], [])  # fails now, not after the work
    print("Three neural nets learn from real data (`nn`, on the derivatives of revad).\n", flush=True)
    nets: list[Trained] = []
    for kind, learn in (("feedforward", digits_feedforward), ("convolutional", digits_convolutional), ("recurrent", sunspots)):
        nets.append(learn(nn, QUICK if options.quick else EPOCHS[kind]))
        print(f"   {nets[-1].kind} net: {nets[-1].result}, after {nets[-1].seconds:.1f} s", flush=True)
    print()
    print(table(head, [net.row for net in nets], indent="   "))
    text = (
        "Every line of these nets is NumPy. The derivative of the loss by each weight comes from revad, which watches NumPy compute "
        "the loss, and goes back through what it has seen. 1,797 handwritten digits, of which a fifth is held out; 309 years of "
        f"sunspots, of which those from {FIRST_TEST_YEAR} on are held out."
    )
    if options.quick:
        text += f" This was a quick run of {QUICK} epochs each: the results can be much better."
    report.write(options.report, title, text, [head, *(net.row for net in nets)], [net.section for net in nets])
    print(f"\nThe report, with curves and pictures: {options.report.resolve().as_uri()}")
    return 0


def digits_feedforward(nn: Any, epochs: int) -> Trained:
    """Train the feedforward net on the digits."""
    return _digits(nn, "feedforward", feedforward, epochs, lambda data: data)


def digits_convolutional(nn: Any, epochs: int) -> Trained:
    """Train the convolutional net on the digits, each of which it meets in another place each time."""
    return _digits(
        nn,
        "convolutional",
        convolutional,
        epochs,
        lambda data: nn.data.DataLoader(data, 32, shuffle=True, transform=moved, rng=0),
    )


def moved(batch: Any, rng: np.random.Generator) -> Any:
    """Move each image by up to one pixel along both axes."""
    images, classes = batch
    n, _, height, width = images.shape
    padded = np.pad(images[:, 0], ((0, 0), (1, 1), (1, 1)))
    top, left = rng.integers(0, 3, (2, n, 1, 1))
    rows, columns = top + np.arange(height)[:, None], left + np.arange(width)
    return padded[np.arange(n)[:, None, None], rows, columns][:, None], classes


def _digits(nn: Any, kind: str, make: Any, epochs: int, prepare: Any) -> Trained:
    digits = nn.data.digits(images=True)
    train, test = nn.data.train_test_split(digits, test=0.2, stratify=digits.arrays[1], rng=0)
    nn.manual_seed(0)
    model = make(nn)
    optimizer = nn.optim.Adam(model.parameters())
    steps = epochs * -(-len(train) // 32)
    trainer, seconds = _fit(
        nn,
        kind,
        nn.Trainer(
            model,
            nn.CrossEntropyLoss(),
            optimizer,
            metrics=[nn.metrics.Accuracy()],
            schedule=nn.schedules.OneCycleLR(optimizer, 0.006, total_steps=steps),
            schedule_every="step",
            progress=False,
        ),
        (prepare(train), test, epochs),
    )
    accuracy = trainer.history["val_accuracy"][-1]
    images, classes = test[np.arange(len(test))]
    answers = trainer.predict(images).argmax(axis=1)
    wrong = int(np.sum(answers != classes))
    pictures = [
        drawings.learning(trainer.history, accuracy=True),
        drawings.misread(images[:, 0], classes, answers),
    ]
    if kind == "convolutional":
        pictures.append(drawings.filters(model[0].weight.data[:, 0], images[0, 0], _seen(model, images[:1])))
    text = f"It reads {len(test) - wrong} of {len(test)} digits that it has not seen ({accuracy:.1%})."
    return Trained(
        kind,
        nn.summary(model, (1, 1, 8, 8)).parameters,
        epochs,
        seconds,
        f"{accuracy:.1%} of {len(test)} digits right",
        report.Section(f"A {kind} net reads digits", text, _source(make), pictures),
    )


def _seen(model: Any, images: np.ndarray) -> np.ndarray:
    """What the first filters make of an image."""
    return np.asarray(model[1](model[0](images)).value[0])


def sunspots(nn: Any, epochs: int) -> Trained:
    """Train the recurrent net to say next year's sunspots, by backpropagation through 44 years."""
    years, counts, _ = nn.data.sunspots()
    series = counts / np.float32(100)
    inputs, targets = nn.data.windows(series, WINDOW).arrays
    n = int(np.searchsorted(years, FIRST_TEST_YEAR)) - WINDOW
    nn.manual_seed(0)
    model = recurrent(nn)
    optimizer = nn.optim.Adam(model.parameters(), lr=0.01)
    schedule = nn.schedules.CosineAnnealingLR(optimizer, epochs)
    trainer = nn.Trainer(model, nn.MSELoss(), optimizer, schedule=schedule, clip_norm=1.0, progress=False)
    trainer, seconds = _fit(nn, "recurrent", trainer, ((inputs[:n], targets[:n]), (inputs[n:], targets[n:]), epochs))
    forecast, truth = 100 * trainer.predict(inputs[n:])[:, -1, 0], 100 * targets[n:, -1, 0]
    error = _rms(forecast - truth)
    as_before, by_line = _rms(100 * inputs[n:, -1, 0] - truth), _rms(_linear(series, len(truth)) * 100 - truth)
    text = (
        f"It forecasts the next year from {WINDOW} years, and is off by {error:.1f} sunspots (root mean square, {FIRST_TEST_YEAR} to "
        f"{years[-1]}). The same number as the year before would be off by {as_before:.1f}, the best linear forecast from {LAGS} years "
        f"by {by_line:.1f}."
    )
    future = _continued(trainer, series, 22) * 100
    pictures = [drawings.learning(trainer.history), drawings.forecast(years, counts, forecast, future)]
    return Trained(
        "recurrent",
        nn.summary(model, (1, WINDOW, 1)).parameters,
        epochs,
        seconds,
        f"off by {error:.1f} sunspots a year ({as_before:.1f}: as the year before; {by_line:.1f}: linear)",
        report.Section("A recurrent net forecasts sunspots", text, _source(recurrent), pictures),
    )


def _linear(series: np.ndarray, last: int) -> np.ndarray:
    """The linear forecast of the last values, fitted to those before."""
    lags = np.lib.stride_tricks.sliding_window_view(series, LAGS)[:-1]
    lags, target = np.column_stack([lags, np.ones(len(lags))]), series[LAGS:]
    weights = np.linalg.lstsq(lags[:-last], target[:-last], rcond=None)[0]
    return lags[-last:] @ weights


def _continued(trainer: Any, series: np.ndarray, steps: int) -> np.ndarray:
    """Let the net go on by itself: each forecast is the next input."""
    for _ in range(steps):
        series = np.append(series, trainer.predict(series[None, -WINDOW:, None])[0, -1, 0])
    return series[-steps:]


def _rms(differences: np.ndarray) -> float:
    return float(np.sqrt(np.mean(differences**2)))


def _fit(nn: Any, kind: str, trainer: Any, task: tuple[Any, Any, int]) -> tuple[Any, float]:
    """Train, with a bar on a terminal; return the trainer and the seconds."""
    from tqdm import tqdm

    train, test, epochs = task
    start = time.perf_counter()
    with tqdm(total=epochs, desc=f"   {kind} net", unit=" epochs", leave=False, disable=None) as bar:

        class Show(nn.training.Callback):
            def on_epoch_end(self, trainer: Any) -> None:
                measures = trainer.history.last()
                bar.set_postfix({name: f"{value:.3f}" for name, value in measures.items() if name != "lr"}, refresh=False)
                bar.update()

        trainer.callbacks.append(Show())
        trainer.fit(train, test, epochs=epochs, batch_size=16 if kind == "recurrent" else 32, rng=0)
    return trainer, time.perf_counter() - start


def _source(make: Any) -> str:
    return (
        textwrap.dedent(inspect.getsource(make))
        .replace("nn: Any", "nn")
        .replace(": Any", "")
        .replace(" -> Any", "")
        .replace(" -> None", "")
    )
