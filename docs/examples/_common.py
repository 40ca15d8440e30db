"""What all examples share: their two options, and how their pictures look and where they go."""

import argparse
import tempfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from cycler import cycler
from matplotlib.figure import Figure
from PIL import Image  # which matplotlib needs too

PICTURES = Path(tempfile.gettempdir()) / "revad-examples"

# Seven colours that stay apart in print and for colour-blind eyes (M. Okabe and K. Ito, "Color Universal Design", 2008).
BLUE, ORANGE, GREEN, RED, PURPLE, SKY, BLACK = "#0072B2", "#E69F00", "#009E73", "#D55E00", "#CC79A7", "#56B4E9", "#222222"

STYLE: Any = {
    "axes.prop_cycle": cycler(color=[BLUE, ORANGE, GREEN, RED, PURPLE, SKY, BLACK]),
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.titlesize": "medium",
    "grid.color": "#e6e6e6",
    "font.size": 10,
    "font.sans-serif": ["DejaVu Sans", "Verdana", "sans-serif"],
    "legend.frameon": False,
    "lines.linewidth": 1.6,
    "figure.dpi": 100,
    "svg.fonttype": "none",  # text stays text: small files that can be searched
    "svg.hashsalt": "revad",  # the same picture is the same file
}


def run(main: Callable[..., Any], description: str | None) -> None:
    """Read ``--quick`` and ``--out FOLDER`` from the command line and call ``main(quick=..., out=...)``."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="train for a few seconds only")
    parser.add_argument("--out", type=Path, default=PICTURES, metavar="FOLDER", help="for the picture (default: %(default)s)")
    options = parser.parse_args()
    main(quick=options.quick, out=options.out)


def figure(rows: int = 1, columns: int = 1, size: tuple[float, float] = (7.0, 3.2), **keywords: Any) -> tuple[Figure, Any]:
    """Return a figure of ``size`` inches, and its axes as ``matplotlib.pyplot.subplots`` gives them; it needs no screen."""
    mpl.rcParams.update(STYLE)
    picture = Figure(figsize=size, layout="constrained")
    return picture, picture.subplots(rows, columns, **keywords)


def save(picture: Figure, out: Path, name: str) -> Path:
    """Write the picture as ``out/name`` (.svg, or .png where there are many points), say so, and return the path."""
    out.mkdir(parents=True, exist_ok=True)
    path = out / name
    if path.suffix == ".svg":
        picture.savefig(path, metadata={"Date": None})
    else:  # a palette of 256 colours: half the size, and drawings do not suffer
        pixels = BytesIO()
        picture.savefig(pixels)
        Image.open(pixels).convert("RGB").quantize(256, dither=Image.Dither.NONE).save(path, optimize=True)
    print(f"picture: {path}")
    return path


def show_images(axes: Any, images: np.ndarray, columns: int, limit: float | None = None) -> None:
    """Show images (n, height, width) as one table, ``columns`` to a row; with a ``limit``, from -limit (red) to limit (blue)."""
    n, height, width = images.shape
    rows = -(-n // columns)
    blank = np.nan if limit else 0.0
    table = np.full((rows * (height + 1) - 1, columns * (width + 1) - 1), blank)
    for i, image in enumerate(images):
        top, left = i // columns * (height + 1), i % columns * (width + 1)
        table[top : top + height, left : left + width] = image
    if limit:
        axes.imshow(table, cmap="RdBu", vmin=-limit, vmax=limit, interpolation="nearest")
    else:
        axes.imshow(table, cmap="gray_r", interpolation="nearest")
    axes.set_axis_off()
