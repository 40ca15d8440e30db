"""Handwritten digits with one hidden layer: from the first recipe to a good one, an improvement at a time.

1,797 real digits of 8 x 8 pixels; a fifth is held out for the test. All nets are 64-256-10 and learn in batches of 20.

1. *As it began*: logistic neurons, squared error, stochastic gradient descent, initial weights of size 1.
2. *Initialisation*: weights of size 1/sqrt(inputs), so that the neurons begin where they are steep.
3. *Softmax and cross-entropy* for the outputs: an answer that is badly wrong is corrected fast (example 5).
4. *ReLU* for the hidden neurons, which does not saturate, with He's initialisation, and momentum.
5. *Regularisation*: weight decay, noise on the pixels, and a rate that falls to nothing.

What regularisation is against shows best with few examples, some of them wrong: 300 digits, a fifth of which got a random label.
A net left alone learns the wrong labels by heart, to the harm of the right ones.
"""

import numpy as np
from _common import BLACK, BLUE, GREEN, ORANGE, PICTURES, PURPLE, RED, figure, run, save, show_images

import nn

DIGITS = nn.data.digits()
TRAIN, TEST = nn.data.train_test_split(DIGITS, test=0.2, stratify=DIGITS.arrays[1], rng=0)


def squared_error(output, target):
    """Half the squared distance to a vector that is 1 for the right digit and else 0."""
    return 5 * nn.functional.mse_loss(output, np.eye(10, dtype=np.float32)[target])


def of_size_one(weight):
    nn.init.normal_(weight)


def by_inputs(weight):
    nn.init.normal_(weight, std=1 / np.sqrt(weight.shape[1]))


def he(weight):
    nn.init.kaiming_normal_(weight, nonlinearity="relu")


def network(hidden, initialise, *, outputs=nn.Identity, dropout=0.0):
    """A net 64-256-10 that begins the same way every time."""
    nn.manual_seed(0)
    model = nn.Sequential(nn.Linear(64, 256), hidden(), nn.Dropout(dropout), nn.Linear(256, 10), outputs())
    for layer in (model[0], model[3]):
        initialise(layer.weight)
        nn.init.zeros_(layer.bias)
    return model


def noisy(batch, rng):
    """Each time another picture of the same digit."""
    pixels, digit = batch
    return pixels + rng.normal(scale=0.25, size=pixels.shape).astype(np.float32), digit


def train(model, loss, data, epochs, rate, momentum=0.0, decay=0.0, *, cosine=False):
    optimizer = nn.optim.SGD(model.parameters(), lr=rate, momentum=momentum, weight_decay=decay)
    accuracy = [nn.metrics.Accuracy()]
    schedule = nn.schedules.CosineAnnealingLR(optimizer, epochs) if cosine else None
    trainer = nn.Trainer(model, loss, optimizer, metrics=accuracy, schedule=schedule, progress=False)
    trainer.fit(data, TEST, epochs=epochs, batch_size=20, rng=0)
    return trainer


def recipes(epochs):
    """The five recipes and their trained nets, one after the other."""
    cross_entropy = nn.CrossEntropyLoss()
    model = network(nn.Sigmoid, of_size_one, outputs=nn.Sigmoid)
    yield "1 squared error, weights of size 1", train(model, squared_error, TRAIN, epochs, rate=0.5)
    model = network(nn.Sigmoid, by_inputs, outputs=nn.Sigmoid)
    yield "2 initialisation by inputs", train(model, squared_error, TRAIN, epochs, rate=0.5)
    model = network(nn.Sigmoid, by_inputs)  # the softmax is part of the loss
    yield "3 softmax, cross-entropy", train(model, cross_entropy, TRAIN, epochs, rate=0.5)
    model = network(nn.ReLU, he)
    yield "4 ReLU, He, momentum", train(model, cross_entropy, TRAIN, epochs, rate=0.1, momentum=0.9)
    model = network(nn.ReLU, he)
    data = nn.data.DataLoader(TRAIN, 20, shuffle=True, transform=noisy, rng=0)
    yield "5 regularisation", train(model, cross_entropy, data, 30, rate=0.1, momentum=0.9, decay=1e-4, cosine=True)


def by_heart(epochs):
    """Nets that learn from 300 digits of which a fifth has a random label."""
    rng = np.random.default_rng(0)
    pixels, digits = TRAIN[np.arange(300)]
    spoilt = np.where(rng.random(300) < 0.2, rng.integers(0, 10, 300), digits)
    for name, dropout, decay in (("left alone", 0.0, 0.0), ("dropout", 0.5, 0.0), ("weight decay", 0.0, 0.005)):
        model = network(nn.ReLU, he, dropout=dropout)
        yield name, train(model, nn.CrossEntropyLoss(), (pixels, spoilt), epochs, rate=0.02, momentum=0.9, decay=decay)


def main(*, quick=False, out=PICTURES):
    report, courses, spoilt = {}, {}, {}
    for name, trainer in recipes(5 if quick else 30):
        courses[name] = report[name[0]] = trainer.history["val_accuracy"]
        print(f"{name:>34}: {courses[name][0]:.1%} of the test after one epoch, {courses[name][-1]:.1%} at the end")
    for name, course in by_heart(20 if quick else 80):
        spoilt[name] = report[name] = course.history["val_loss"]
        print(f"wrong labels, {name:>12}: test loss {spoilt[name].min():.3f} at best, {spoilt[name][-1]:.3f} at the end")
    draw(out, courses, spoilt, trainer)
    return report


def draw(out, courses, spoilt, trainer):
    """Draw the courses, what the first layer of the last net looks for, and what that net gets wrong."""
    picture, axes = figure(2, 2, size=(9.5, 6.2), height_ratios=[1, 1.1])
    for (name, accuracy), colour in zip(courses.items(), (BLACK, ORANGE, GREEN, BLUE, RED), strict=True):
        axes[0, 0].semilogy(np.arange(1, len(accuracy) + 1), 100 * (1 - accuracy), color=colour, label=name)
    axes[0, 0].set(xlabel="epoch", ylabel="% of the test wrong", ylim=(1, 400), title="Five recipes")
    axes[0, 0].legend(fontsize=7, ncols=2)
    for (name, loss), colour in zip(spoilt.items(), (BLACK, RED, PURPLE), strict=True):
        axes[0, 1].plot(np.arange(1, len(loss) + 1), loss, color=colour, label=name)
    axes[0, 1].set(xlabel="epoch", ylabel="test loss", ylim=(0.3, 1), title="300 digits, a fifth with a random label")
    axes[0, 1].legend(fontsize=8)
    weights = trainer.model[0].weight.data.reshape(-1, 8, 8)
    strongest = weights[np.argsort(-np.linalg.norm(weights, axis=(1, 2)))[:32]]
    show_images(axes[1, 0], strongest, columns=8, limit=float(np.abs(strongest).max()))
    axes[1, 0].set(title="What hidden neurons look for (blue: ink, red: paper)")
    pixels, digits = TEST[np.arange(len(TEST))]
    answers = trainer.predict(pixels).argmax(axis=1)
    wrong = np.flatnonzero(answers != digits)
    show_images(axes[1, 1], pixels[wrong[:8]].reshape(-1, 8, 8), columns=4)
    said = ", ".join(f"{digits[i]} as {answers[i]}" for i in wrong[:4])
    axes[1, 1].set_title(f"{len(wrong)} of {len(TEST)} are misread: {said} …")
    save(picture, out, "06_digits.png")


if __name__ == "__main__":
    run(main, __doc__)
