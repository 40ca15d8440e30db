"""Load a script of ``docs/examples`` as a module, by its number."""

import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "examples"


def example(number: int) -> ModuleType:
    """The module of script ``number``, as ``python docs/examples/NN_*.py`` would see it, but without running it."""
    (path,) = FOLDER.glob(f"{number:02d}_*.py")
    if str(FOLDER) not in sys.path:  # the scripts stand next to each other: `from _common import ...`
        sys.path.append(str(FOLDER))
    spec = spec_from_file_location(f"example_{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def figures(number: int, out: Path, *, quick: bool = True) -> Any:
    """Run an example; return its figures, after a look whether it left a picture."""
    report = example(number).main(quick=quick, out=out)
    (picture,) = out.iterdir()
    assert picture.name.startswith(f"{number:02d}_")
    assert picture.stat().st_size > 5_000
    return report
