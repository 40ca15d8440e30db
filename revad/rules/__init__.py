"""The derivative rules: formulas only, one family per file. Importing this package registers all of them, as rules of ours."""

from importlib import import_module
from pkgutil import iter_modules

from revad.operations import registry


def _register() -> None:
    for module in iter_modules(__path__):
        import_module(f"{__name__}.{module.name}")


if registry._Loading.running:  # pyright: ignore[reportPrivateUsage]  # the registry asked for them
    _register()
else:  # somebody imports a rule by name
    registry._run([_register])  # pyright: ignore[reportPrivateUsage]
