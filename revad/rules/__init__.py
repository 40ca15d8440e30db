"""The derivative rules: formulas only, one family per file. Importing this package registers all of them, as rules of ours."""

from importlib import import_module
from pkgutil import iter_modules

from revad.operations.registry import load_now


def _register() -> None:
    for module in iter_modules(__path__):
        import_module(f"{__name__}.{module.name}")


load_now(_register)
