"""``revad demo``: it runs where its extra is installed, tells the truth, and says what to install where it is not."""

from __future__ import annotations

import base64
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import pytest

import revad
from revad.checking import finite_difference
from revad.commands.main import main
from revad.demo import fit, networks, require
from revad.errors import ArgumentError, MissingExtraError
from revad.reports import documents as report

ROOT = Path(revad.__file__).parents[1]


@pytest.fixture(scope="module")
def shown() -> str:
    """What the command prints."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "revad", "demo", "fit"],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        timeout=120,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_the_model_it_shows_is_plain_numpy(shown: str) -> None:
    assert "def loss(theta, X, y):" in shown
    assert "np.logaddexp" in shown
    assert "pyright" not in shown


def test_its_gradient_agrees_with_finite_differences(shown: str) -> None:
    assert "attainable error" in shown
    assert "They agree" in shown
    assert "disagrees" not in shown


def test_all_methods_find_the_same_minimum(shown: str) -> None:
    methods = ("scipy.optimize.minimize(jac=True)", "gradient descent ", "scikit-learn, for comparison")
    rows = [line for line in shown.splitlines() if line.strip().startswith(methods)]
    cells = [line.split()[-5:] for line in rows]  # steps, loss, largest gradient entry, accuracy, seconds
    losses = [float(row[1]) for row in cells]
    assert len(losses) == 3
    assert max(losses) - min(losses) < 1e-6
    assert all(float(row[3].rstrip("%")) > 95 for row in cells)


def test_the_next_step_that_it_names_exists(shown: str) -> None:
    assert "docs/quickstart.md" in shown
    assert (ROOT / "docs" / "quickstart.md").is_file()


def test_the_gradient_of_the_demonstrated_loss() -> None:
    generator = np.random.default_rng(0)
    theta, X = generator.normal(size=4), generator.normal(size=(20, 3))
    y = np.where(generator.random(20) < 0.5, 1.0, 0.0)
    expected, error = finite_difference(fit.loss, theta, X, y)
    assert np.all(np.abs(revad.grad(fit.loss)(theta, X, y) - expected) <= error + 1e-14)


def test_what_is_kept_for_the_test_has_no_part_in_the_standardisation() -> None:
    data = fit.load()
    np.testing.assert_allclose(data.X.mean(axis=0), 0.0, atol=1e-12)
    np.testing.assert_allclose(data.X.std(axis=0), 1.0, atol=1e-12)
    assert len(data.y) + len(data.y_test) == 569


@pytest.mark.parametrize(
    ("module", "library"),
    [
        ("sklearn", "scikit-learn"),
        ("scipy", "SciPy"),
        ("tqdm", "tqdm"),
        ("statsmodels", "statsmodels"),
        ("matplotlib", "matplotlib"),
    ],
)
def test_without_its_extra_one_line_says_what_to_install(module: str, library: str) -> None:
    code = f"import sys; sys.modules[{module!r}] = None; from revad.commands.main import main; sys.exit(main(['demo']))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=ROOT, timeout=120)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("revad demo: ")
    assert done.stderr.count("\n") == 1
    assert library in done.stderr
    assert 'pip install "revad[demo]"' in done.stderr


def test_require_names_the_extra() -> None:
    with pytest.raises(MissingExtraError, match=r'needs the missing library, which .* pip install "revad\[demo\]"'):
        require(no_such_module="the missing library")


def test_an_unknown_demonstration(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["demo", "nothing"]) == 2
    assert capsys.readouterr() == ("", "revad demo: there is no demonstration 'nothing'; choose one of: fit, networks.\n")
    with pytest.raises(ArgumentError, match="there is no demonstration 'nothing'; choose one of: fit, networks"):
        revad.demo.run("nothing")


def test_the_list_of_demonstrations(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["demo", "--list"]) == 0
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == ["fit", "networks"]


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """What a quick run of the nets prints, and the page that it writes."""
    path = tmp_path_factory.mktemp("demo") / "a folder" / "report.html"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "revad", "demo", "networks", "--quick", "--report", str(path)],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        timeout=120,
    )
    assert (done.returncode, done.stderr) == (0, "")  # no bar where there is no terminal
    assert done.stdout.rstrip().endswith(path.as_uri())
    return done.stdout, path.read_text(encoding="utf-8")


def test_three_nets_learn_from_real_data(trained: tuple[str, str]) -> None:
    shown, _ = trained
    right = [float(number) for number in re.findall(r"net: ([0-9.]+)% of 359 digits right", shown)]
    assert len(right) == 2
    assert min(right) > 90
    ((error, as_before, by_line),) = re.findall(
        r"net: off by ([0-9.]+) sunspots a year \(([0-9.]+): .* ([0-9.]+): linear\)", shown
    )
    assert float(error) < float(as_before)
    assert float(by_line) < 20


def test_the_report_is_one_file_with_pictures_and_no_network(trained: tuple[str, str]) -> None:
    _, page = trained
    assert page.count("<h2>") == 3
    pictures = re.findall(r'<img alt="[^"]+" src="data:image/svg\+xml;base64,([^"]+)"', page)
    assert len(pictures) == page.count("<img") == 7
    for picture in pictures:
        assert ET.fromstring(base64.b64decode(picture)).tag.endswith("svg")
    assert not re.search(r"<script|<link|@import|url\(|src=\"(?!data:)|href=", page)
    for kind in ("feedforward", "convolutional", "recurrent"):
        assert f"def {kind}(nn):" in page
    assert "Any" not in page
    assert "This was a quick run" in page


def test_a_report_that_cannot_be_written_is_known_before_the_work(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    occupied = tmp_path / "file"
    occupied.touch()
    assert main(["demo", "networks", "--report", str(occupied / "report.html")]) == 2
    assert "the report cannot be written to" in capsys.readouterr().err
    with pytest.raises(ArgumentError, match=r"the report cannot be written to .* choose a place with --report FILE"):
        report.write(tmp_path, "title", "text", [], [])


def test_what_is_written_into_a_report_is_text() -> None:
    assert report._table([["a"], ["<b>"]]).count("<b>") == 0


def test_moved_images_keep_their_size_and_most_of_their_ink() -> None:
    images = np.zeros((50, 1, 8, 8), np.float32)
    images[:, :, 3:5, 3:5] = 1.0
    moved, classes = networks.moved((images, np.arange(50)), np.random.default_rng(0))
    assert moved.shape == images.shape
    assert moved.dtype == np.float32
    np.testing.assert_array_equal(moved.sum(axis=(1, 2, 3)), 4.0)
    np.testing.assert_array_equal(classes, np.arange(50))
    assert len(np.unique(moved, axis=0)) == 9
