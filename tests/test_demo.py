"""``revad demo``: it runs where its extra is installed, tells the truth, and says what to install where it is not."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import revad
from revad.checking import finite_difference
from revad.cli import main
from revad.demo import fit, require
from revad.errors import ArgumentError, MissingExtraError

ROOT = Path(revad.__file__).parents[1]


@pytest.fixture(scope="module")
def shown() -> str:
    """What the command prints."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "revad", "demo"],
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


@pytest.mark.parametrize(("module", "library"), [("sklearn", "scikit-learn"), ("scipy", "SciPy"), ("tqdm", "tqdm")])
def test_without_its_extra_one_line_says_what_to_install(module: str, library: str) -> None:
    code = f"import sys; sys.modules[{module!r}] = None; from revad.cli import main; sys.exit(main(['demo']))"
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
    assert capsys.readouterr() == ("", "revad demo: there is no demonstration 'nothing'; choose one of: fit.\n")
    with pytest.raises(ArgumentError, match="there is no demonstration 'nothing'; choose one of: fit"):
        revad.demo.run("nothing")
