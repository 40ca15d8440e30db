"""An autoencoder: a net that learns to say what it was told, through a bottleneck, and so finds what matters.

64 pixels are squeezed into two numbers and unfolded again; the cost is what got lost, and nobody needs to name the digits.

A *linear* autoencoder can do no better than principal components: its best bottleneck spans the same plane (Baldi and Hornik, 1989),
and training finds it. With curved layers before and after the bottleneck (Hinton and Salakhutdinov, 2006) the two numbers
say more, and digits of one kind come to lie together, though the net was never told their names.
"""

import numpy as np
from _common import PICTURES, figure, run, save, show_images

import nn

IMAGES, DIGITS = nn.data.digits().arrays
TRAIN, TEST = slice(0, 1500), slice(1500, None)
MEAN = IMAGES[TRAIN].mean(axis=0)


def train(model, optimizer, epochs, batch):
    schedule = nn.schedules.CosineAnnealingLR(optimizer, epochs)
    x = IMAGES[TRAIN] - MEAN
    nn.fit(model, nn.MSELoss(), optimizer, (x, x), epochs=epochs, batch_size=batch, rng=0, schedule=schedule, progress=False)
    return model.eval()


def train_linear(epochs):
    """All images at once, with curvature: the last differences between directions of nearly equal weight are small."""
    model = nn.Sequential(nn.Linear(64, 2), nn.Linear(2, 64))
    return train(model, nn.optim.LBFGS(model.parameters(), max_iter=20, line_search_fn="strong_wolfe"), epochs, batch=1500)


def train_curved(epochs):
    encoder = nn.Sequential(nn.Linear(64, 128), nn.ReLU(), nn.Linear(128, 64), nn.ReLU(), nn.Linear(64, 2))
    decoder = nn.Sequential(nn.Linear(2, 64), nn.ReLU(), nn.Linear(64, 128), nn.ReLU(), nn.Linear(128, 64))
    model = nn.Sequential(encoder, decoder)
    return train(model, nn.optim.Adam(model.parameters(), lr=0.003), epochs, batch=32)


def unfolded(model):
    """All images after the bottleneck."""
    return model(IMAGES - MEAN).value + MEAN


def lost(images):
    """The mean squared error per pixel, on images that the net has not seen."""
    return float(np.mean((images - IMAGES)[TEST] ** 2))


def of_one_kind(codes):
    """The share of unseen digits whose nearest neighbour by code, among those seen, is the same digit."""
    distances = np.linalg.norm(codes[TEST][:, None] - codes[TRAIN], axis=-1)
    return float(np.mean(DIGITS[TRAIN][distances.argmin(axis=1)] == DIGITS[TEST]))


def main(quick=False, out=PICTURES):
    report, codes, pictures = {}, {}, {"as told": IMAGES}
    epochs = 25 if quick else 100
    axes = np.linalg.svd(IMAGES[TRAIN] - MEAN)[2][:2]
    codes["principal components"] = (IMAGES - MEAN) @ axes.T
    pictures["principal components"] = codes["principal components"] @ axes + MEAN
    for name, trained in (("linear autoencoder", train_linear), ("curved autoencoder", train_curved)):
        nn.manual_seed(0)
        model = trained(epochs)
        codes[name], pictures[name] = model[0](IMAGES - MEAN).value, unfolded(model)
        if trained is train_linear:  # the cosines of the angles between both planes
            plane = np.linalg.qr(model[1].weight.data)[0]
            report["cosines"] = np.linalg.svd(axes @ plane, compute_uv=False)
            print(f"angles between the linear net's plane and that of principal components: cosines {report['cosines']}")
    for name, code in codes.items():
        report[name] = lost(pictures[name]), of_one_kind(code)
        print(f"{name:>22}: {report[name][0]:.4f} lost, {report[name][1]:.0%} of nearest neighbours are the same digit")
    draw(out, codes, pictures)
    return report


def draw(out, codes, pictures):
    """Draw the two numbers of each digit, for two ways to them, and what is left of some unseen digits."""
    picture, axes = figure(1, 3, size=(11, 3.8), width_ratios=[1, 1, 0.95])
    for panel, name in zip(axes, ("principal components", "curved autoencoder"), strict=False):
        panel.scatter(*codes[name][TEST].T, c=DIGITS[TEST], cmap="tab10", s=3)
        for digit in range(10):
            middle = np.median(codes[name][TEST][DIGITS[TEST] == digit], axis=0)
            panel.text(*middle, str(digit), fontsize=13, fontweight="bold", ha="center", va="center")
        panel.set(title=f"Two numbers by {name}", xticks=[], yticks=[])
    some = [TEST.start + int(np.argmax(DIGITS[TEST] == digit)) for digit in range(10)]
    show_images(
        axes[2], np.concatenate([images[some] for images in pictures.values()]).reshape(-1, 8, 8).clip(0, 1), columns=10
    )
    axes[2].set(title="As told,\nby principal components, linear net, curved net:")
    save(picture, out, "12_autoencoder.png")


if __name__ == "__main__":
    run(main, __doc__)
