"""A small transformer sorts: ten digits in, the same digits in order out.

Each place of the sequence is a vector: one for the digit, plus one for the place. In a transformer (Vaswani et al., 2017) places learn from
each other by *attention*: each sends out a query, compares it with the keys of all, and takes the mean of their values, weighted by
how well query and key fit. Then a small net works on each place by itself. Two such layers are enough here.

There are ten thousand million sequences of ten digits, and it sees some ten thousand: what it does on new ones, it has understood.
Without attention no place knows of the others, and without vectors for the places all places are the same: both are tried.
"""

import numpy as np
from _common import BLACK, BLUE, ORANGE, PICTURES, RED, figure, run, save

import nn

LENGTH, DIGITS, WIDTH = 10, 10, 32


class Sorter(nn.Module):
    """Digits and places become vectors, two layers of attention work on them, and each place says its digit."""

    def __init__(self, *, places=True):
        super().__init__()
        self.digit, self.place = nn.Embedding(DIGITS, WIDTH), nn.Embedding(LENGTH, WIDTH) if places else None
        layer = nn.TransformerEncoderLayer(WIDTH, nhead=4, dim_feedforward=64, dropout=0.0, batch_first=True, norm_first=True)
        self.layers = nn.TransformerEncoder(layer, num_layers=2)
        self.answer = nn.Linear(WIDTH, DIGITS)

    def vectors(self, sequence):
        at = self.place(np.arange(LENGTH)) if self.place is not None else 0
        return self.digit(sequence) + at

    def forward(self, sequence):
        return np.swapaxes(self.answer(self.layers(self.vectors(sequence))), 1, 2)  # classes before places, for the loss


class Alone(nn.Module):
    """The same without attention: each place is left to itself."""

    def __init__(self):
        super().__init__()
        self.digit, self.place = nn.Embedding(DIGITS, WIDTH), nn.Embedding(LENGTH, WIDTH)
        self.answer = nn.Sequential(nn.Linear(WIDTH, 64), nn.ReLU(), nn.Linear(64, DIGITS))

    def forward(self, sequence):
        return np.swapaxes(self.answer(self.digit(sequence) + self.place(np.arange(LENGTH))), 1, 2)


def sequences(n, rng):
    digits = rng.integers(0, DIGITS, (n, LENGTH))
    return digits, np.sort(digits, axis=1)


def train(make, epochs):
    """Train a model; return it, its history, and how many new sequences it sorts without a mistake."""
    nn.manual_seed(0)
    model, rng = make(), np.random.default_rng(0)
    optimizer = nn.optim.Adam(model.parameters(), lr=0.003)
    schedule = nn.schedules.CosineAnnealingLR(optimizer, epochs)
    options = {"schedule": schedule, "clip_norm": 1.0, "progress": False}
    trainer = nn.Trainer(model, nn.CrossEntropyLoss(), optimizer, **options)
    data, (new, ordered) = sequences(8000, rng), sequences(1000, rng)
    history = trainer.fit(data, (new, ordered), epochs=epochs, batch_size=64, rng=0)
    said = trainer.predict(new).argmax(axis=1)
    return model.eval(), history, (np.mean(said == ordered), np.mean(np.all(said == ordered, axis=1)))


def attention(model, sequence):
    """What each place attends to in the first and in the last layer, by head: shape (layers, heads, place, place)."""
    seen, x = [], model.vectors(sequence[None])
    for layer in model.layers.layers:
        calm = layer.norm1(x)
        _, weights = layer.self_attn(calm, calm, calm, need_weights=True, average_attn_weights=False)
        seen.append(weights.value[0])
        x = layer(x)
    return np.array(seen)


def main(quick=False, out=PICTURES):
    report, histories, models = {}, {}, {}
    epochs = 2 if quick else 15
    for name, make in (
        ("transformer", Sorter),
        ("without places", lambda: Sorter(places=False)),
        ("without attention", Alone),
    ):
        models[name], histories[name], report[name] = train(make, epochs)
        print(f"{name:>18}: {report[name][0]:.1%} of digits, {report[name][1]:.1%} of new sequences sorted without a mistake")
    sorter, sequence = models["transformer"], np.array([3, 1, 4, 1, 5, 9, 2, 6, 5, 8])
    said = sorter(sequence[None]).value[0].argmax(axis=0)
    print(f"{sequence} sorted: {said}")
    report["weights"] = attention(sorter, sequence)
    draw(out, histories, sequence, said, report["weights"])
    return report


def draw(out, histories, sequence, said, weights):
    """Draw the losses, and the attention in the first layer and in the second, strongest head each."""
    picture, axes = figure(1, 3, size=(11, 3.6))
    for (name, history), colour in zip(histories.items(), (BLUE, ORANGE, RED), strict=True):
        axes[0].semilogy(np.arange(1, len(history) + 1), history["val_loss"], color=colour, label=name)
    axes[0].set(xlabel="epoch", ylabel="loss on new sequences", title="Learning to sort")
    axes[0].legend(fontsize=8)
    for panel, heads, name in zip(axes[1:], weights, ("first", "second"), strict=True):
        sharpest = heads[np.argmax(heads.max(axis=-1).mean(axis=-1))]
        panel.imshow(sharpest, cmap="Blues", vmin=0, vmax=1)
        panel.set(xticks=range(LENGTH), yticks=range(LENGTH), xticklabels=sequence, yticklabels=said)
        panel.set(xlabel="attends to the digit", ylabel="the place that will say", title=f"Attention, {name} layer")
        panel.grid(visible=False)
        panel.tick_params(colors=BLACK, length=0)
    save(picture, out, "16_transformer.png")


if __name__ == "__main__":
    run(main, __doc__)
