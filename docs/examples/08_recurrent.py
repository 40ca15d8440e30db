"""Recurrent nets: sunspots a year ahead, by backpropagation through time, and a model of text, a character at a time.

A recurrent net is one small net used again at each step, h(t) = f(x(t), h(t-1)). Unrolled over time it is a deep net whose layers
share their weights, and backpropagation through it (BPTT) is nothing new: each step's share of the gradient is added up.

1. *Sunspots.* 309 yearly numbers since 1700; a simple RNN, an LSTM and a GRU learn to say the next from 1700 to 1920 and are tested
   on what came after. The yardsticks are "the same as this year", which they beat by far, and a linear prediction from the nine
   years before, which they just reach: a short series has little more to tell, and longer training learns its noise by heart.
2. *Truncation.* Gradients need not go back to the year 1700. BPTT(k2; k1) sends the loss of k1 steps back through k2 steps only,
   with the state carried on as a constant: it costs less memory, and allows to change the weights on the way. How much of the
   gradient is lost is measured against the whole one.
3. *Text.* A GRU reads the pages of this documentation and learns to guess the next character: bits per character say how well.
   Then it writes a page itself.
"""

from pathlib import Path

import numpy as np
from _common import BLACK, BLUE, GREEN, ORANGE, PICTURES, RED, figure, run, save

import nn
import revad

YEARS, NUMBERS, _ = nn.data.sunspots()
TRAINED = int(np.sum(YEARS <= 1920))
SCALE = nn.data.Standardize(NUMBERS[:TRAINED, None])
SERIES = SCALE(NUMBERS[:, None])  # shape (time, 1)
CELLS = {"RNN": nn.RNN, "LSTM": nn.LSTM, "GRU": nn.GRU}


class Predictor(nn.Module):
    """A recurrent layer, and a linear one that reads the prediction off its state."""

    def __init__(self, cell, inputs, hidden, outputs):
        super().__init__()
        self.cell, self.readout = cell(inputs, hidden), nn.Linear(hidden, outputs)

    def forward(self, x, state=None):
        h, state = self.cell(x, state)
        return self.readout(h), state


# 1. Sunspots ----------------------------------------------------------------------------------------------------------------


def error(prediction):
    """The mean squared error in the years that were not trained, as a share of the variance in those that were."""
    return float(np.mean((prediction - SERIES[TRAINED:]) ** 2))


def linear_prediction(order=9):
    """Least squares from the values of the nine years before."""
    table = np.lib.stride_tricks.sliding_window_view(SERIES[:, 0], order)
    X = np.column_stack([table[:-1], np.ones(len(table) - 1)])
    w, *_ = np.linalg.lstsq(X[: TRAINED - order], SERIES[order:TRAINED, 0])
    return (X @ w)[TRAINED - order :, None]


def train_on_sunspots(cell, passes, k1=None, k2=None):
    """Train on the years to 1920, a step for every k1 years (all at once by default); return model, prediction and its course."""
    nn.manual_seed(0)
    model = Predictor(cell, 1, 12, 1)
    optimizer = nn.optim.Adam(model.parameters(), lr=0.01)
    x, y, course = SERIES[: TRAINED - 1], SERIES[1:TRAINED], []
    for _ in range(passes):
        for window in nn.tbptt(model, x, k1 or len(x), k2):
            optimizer.zero_grad()
            np.mean((window.output - y[window.steps]) ** 2).backward()
            optimizer.step()
        with revad.no_grad():
            prediction = model(SERIES[:-1])[0][TRAINED - 1 :]  # each from all the years before
        course.append(error(prediction))
    return model, prediction, np.array(course)


# 2. Truncation --------------------------------------------------------------------------------------------------------------


def gradient(model, k1, k2):
    """The gradient of the whole loss, from windows whose gradients are added up; k2 = all steps truncates nothing."""
    x, y = SERIES[: TRAINED - 1], SERIES[1:TRAINED]
    for parameter in model.parameters():
        parameter.grad = None
    for window in nn.tbptt(model, x, k1, k2):
        (np.sum((window.output - y[window.steps]) ** 2) / len(x)).backward()
    return np.concatenate([np.ravel(parameter.grad) for parameter in model.parameters()])


def lost(model, k2s):
    """How far the truncated gradient is from the whole one, as a share of its length."""
    whole = gradient(model, TRAINED - 1, None)
    return np.array([np.linalg.norm(gradient(model, 1, k2) - whole) / np.linalg.norm(whole) for k2 in k2s])


# 3. Text --------------------------------------------------------------------------------------------------------------------


def repository_text():
    """The pages of the documentation, one after the other, without the long tables."""
    pages = sorted(Path(__file__).resolve().parents[1].glob("*.md"))
    texts = [page.read_text(encoding="utf-8") for page in pages]
    return "\n".join(text for text in texts if len(text) < 30_000)


class Characters(nn.Module):
    """Embedding, GRU and readout: from the numbers of characters to the logits of the next one."""

    def __init__(self, count, hidden):
        super().__init__()
        self.embedding, self.predictor = nn.Embedding(count, 32), Predictor(nn.GRU, 32, hidden, count)

    def forward(self, numbers, state=None):
        return self.predictor(self.embedding(numbers), state)


def learn_to_write(text, hidden, epochs):
    """Train on nine tenths of the text, in streams whose state is carried on; return the model and bits per character."""
    nn.manual_seed(0)
    alphabet = sorted(set(text))
    number = {character: i for i, character in enumerate(alphabet)}
    numbers = np.array([number[c] for c in text])
    train, held_out = np.split(numbers, [len(numbers) * 9 // 10])
    model = Characters(len(alphabet), hidden)
    optimizer = nn.optim.Adam(model.parameters(), lr=0.004)
    pieces = nn.data.streams(train, batch_size=16, length=50)
    course = []
    for _ in range(epochs):
        state = None
        for x, y in pieces:  # x and y: 16 streams of 50 characters
            optimizer.zero_grad()
            logits, state = model(x.T, state)
            loss = nn.functional.cross_entropy(logits.reshape(-1, len(alphabet)), y.T.ravel())
            loss.backward()
            nn.optim.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            state = revad.stop_gradient(state)  # the next piece goes on from here, but sends no gradient back
        course.append(bits(model, held_out))
    return model, alphabet, np.array(course)


def bits(model, numbers):
    """The mean number of bits that the next character is worth to the model."""
    with revad.no_grad():
        logits, _ = model(numbers[:-1, None])
        return float(nn.functional.cross_entropy(logits[:, 0], numbers[1:])) / np.log(2)


def write(model, alphabet, start, length, rng, temperature=0.6):
    """Let the model go on from a start, each character drawn from what it expects."""
    written, state, x = start, None, np.array([alphabet.index(c) for c in start])
    for _ in range(length):
        with revad.no_grad():
            logits, state = model(x[:, None], state)
        p = np.exp((logits[-1, 0] - logits[-1, 0].max()).astype(np.float64) / temperature)
        x = np.array([rng.choice(len(alphabet), p=p / p.sum())])
        written += alphabet[x[0]]
    return written


def sunspots(quick):
    """Compare three cells, then three truncations for the last of them."""
    predictions = {"same as this year": SERIES[TRAINED - 1 : -1], "linear, nine years": linear_prediction()}
    courses = {}
    for name, cell in CELLS.items():
        model, predictions[name], courses[name] = train_on_sunspots(cell, 60 if quick else 100)
    for name, prediction in predictions.items():
        print(f"sunspots, {name:>18}: mean squared error {error(prediction):.3f} after 1920")
    truncated = {}
    for k1, k2 in ((10, 10), (10, 30), (50, 50)):
        _, prediction, _ = train_on_sunspots(CELLS["GRU"], 5 if quick else 15, k1, k2)
        truncated[k1, k2] = error(prediction)
        print(f"sunspots, GRU, BPTT({k2}; {k1}): {truncated[k1, k2]:.3f} after {5 if quick else 15} passes")
    k2s = np.array([1, 2, 5, 10, 20, 40, 80, TRAINED - 1])
    shares = lost(model, k2s)
    print("share of the gradient lost: " + ", ".join(f"{share:.0e} (k2 = {k2})" for k2, share in zip(k2s, shares, strict=True)))
    return predictions, courses, truncated, (k2s, shares)


def main(*, quick=False, out=PICTURES):
    predictions, courses, truncated, (k2s, shares) = sunspots(quick)
    text = repository_text()[: 12_000 if quick else None]
    _, counts = np.unique(list(text), return_counts=True)
    frequency = counts / counts.sum()
    chance = -np.sum(frequency * np.log2(frequency))  # for a guess from the frequencies of the characters alone
    model, alphabet, bits_by_epoch = learn_to_write(text, hidden=48 if quick else 128, epochs=4 if quick else 15)
    print(
        f"text: {len(text):,} characters, {bits_by_epoch[-1]:.2f} bits per character; from their frequencies alone {chance:.2f}"
    )
    written = write(model, alphabet, "## ", 60 if quick else 300, np.random.default_rng(0))
    print("\n".join(f"    {line}" for line in written.splitlines()))
    draw(out, predictions, courses, (k2s, shares), (bits_by_epoch, chance))
    return {
        "errors": {name: error(prediction) for name, prediction in predictions.items()},
        "truncated": truncated,
        "lost": dict(zip(k2s.tolist(), shares.tolist(), strict=True)),
        "bits": bits_by_epoch[-1],
        "chance": chance,
        "written": written,
    }


def draw(out, predictions, courses, truncation, text):
    """Draw the prediction, the courses of the three cells, what truncation costs, and the bits per character."""
    picture, axes = figure(2, 2, size=(10, 5.6))
    place, course, lost_share, characters = axes.ravel()
    years = YEARS[TRAINED:]
    place.plot(YEARS[TRAINED - 60 :], NUMBERS[TRAINED - 60 :], color=BLACK, linewidth=1, label="measured")
    place.plot(years, SCALE.inverse(predictions["GRU"])[:, 0], color=RED, linewidth=1, label="GRU, a year ahead")
    place.axvline(1920.5, color="#999999", linewidth=1, linestyle="--")
    place.set(xlabel="year", ylabel="sunspots", title="Trained to 1920, tested after")
    place.legend(fontsize=8, loc="upper left")
    for (name, values), colour in zip(courses.items(), (BLUE, ORANGE, GREEN), strict=True):
        course.semilogy(np.arange(1, len(values) + 1), values, color=colour, label=name)
    for name, style in (("same as this year", ":"), ("linear, nine years", "--")):
        course.axhline(error(predictions[name]), color=BLACK, linewidth=1, linestyle=style, label=name)
    course.set(xlabel="pass", ylabel="squared error after 1920", title="Whole sequences, by full BPTT")
    course.legend(fontsize=8)
    k2s, shares = truncation
    lost_share.loglog(k2s[:-1], shares[:-1], "o-", color=BLUE)
    lost_share.set(
        xlabel="$k_2$: steps that the gradient goes back", ylabel="share of the gradient lost", title="What truncation costs"
    )
    bits_by_epoch, chance = text
    characters.plot(np.arange(1, len(bits_by_epoch) + 1), bits_by_epoch, color=GREEN, label="GRU, text it has not seen")
    characters.axhline(chance, color=BLACK, linewidth=1, linestyle="--", label="from the characters' frequencies")
    characters.set(xlabel="epoch", ylabel="bits per character", ylim=(0, None), title="The next character of these pages")
    characters.legend(fontsize=8, loc="lower left")
    save(picture, out, "08_recurrent.png")


if __name__ == "__main__":
    run(main, __doc__)
