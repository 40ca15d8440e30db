"""Find a user's function in a file, and values for its parameters: from ``--at``, an .npz archive, or the file's own example."""

from __future__ import annotations

import ast
import importlib.util
import inspect
import sys
import traceback
import zipfile
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import numpy as np

from revad.base.arrays import is_inexact
from revad.base.trees import flatten


class CannotError(Exception):
    """A command cannot do what it was asked for; the message is one line for the user."""


class Call(NamedTuple):
    """A function of positional values, under the parameters' own names, and the values."""

    name: str
    function: Callable[..., Any]
    values: dict[str, Any]
    hint: str  # for the case that the call fails


@contextmanager
def function_in_file(target: str) -> Generator[tuple[ModuleType, Callable[..., Any], str], None, None]:
    """Import ``FILE.py:FUNCTION`` and yield module, function and name; the file's folder is importable meanwhile."""
    path_text, colon, name = target.rpartition(":")
    if not colon or not path_text or not name:
        raise CannotError(f"{target!r} does not name a function; write FILE.py:FUNCTION, as in model.py:loss.")
    path = Path(path_text)
    if not path.is_file():
        raise CannotError(f"there is no file {path_text}.")
    module_name = f"_revad_check_{path.stem}"
    spec = importlib.util.spec_from_file_location(module_name, path)
    if spec is None or spec.loader is None:
        raise CannotError(f"{path_text} is not a Python file (its name should end in .py).")
    module = importlib.util.module_from_spec(spec)
    folder = str(path.resolve().parent)
    sys.path.insert(0, folder)
    sys.modules[module_name] = module
    try:
        try:
            spec.loader.exec_module(module)
        except (Exception, SystemExit) as error:
            raise CannotError(f"{path_text} cannot be imported: {one_line(error)}{line_in(module, error)}") from error
        yield module, _attribute(module, name, path_text), name
    finally:
        sys.modules.pop(module_name, None)
        with suppress(ValueError):  # the file may have changed the path itself
            sys.path.remove(folder)


def _attribute(module: ModuleType, name: str, path: str) -> Callable[..., Any]:
    found: Any = module
    for part in name.split("."):
        found = getattr(found, part, None)
    if not callable(found):
        functions = {key: value for key, value in vars(module).items() if inspect.isfunction(value) and not key.startswith("_")}
        own = [key for key, value in functions.items() if value.__module__ == module.__name__]
        what = f"{name} in {path} is not a function" if found is not None else f"there is no {name} in {path}"
        raise CannotError(f"{what}; its functions are: {', '.join(own) or 'none'}.")
    return found


def one_line(error: BaseException) -> str:
    """Return an error's type and message, without line breaks."""
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def line_in(module: ModuleType, error: BaseException) -> str:
    """Return `` (model.py, line 6)``, the innermost line of a user's file on the way to an error, or nothing."""
    file = module.__file__ or ""
    lines = [line for frame, line in traceback.walk_tb(error.__traceback__) if frame.f_code.co_filename == file]
    return f" ({Path(file).name}, line {lines[-1]})" if lines else ""


def bind(name: str, function: Callable[..., Any], module: ModuleType, at: list[str]) -> Call:
    """Return a function with values for all its required parameters.

    Parameters
    ----------
    name : str
        For messages.
    function : callable
        The user's function.
    module : module
        Where ``example_inputs`` may be: a tuple, a dict, or a function that returns one.
    at : list of str
        What was given by ``--at``: ``name=literal``, or an .npz archive. These come before the example.

    Raises
    ------
    CannotError
        A value cannot be read, belongs to no parameter, or is missing.
    """
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):
        raise CannotError(f"{name} does not tell its parameters; wrap it in a function.") from None
    allowed = {key: p for key, p in signature.parameters.items() if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)}
    given: dict[str, Any] = {}
    for text in at:
        given |= _archive(text, name, allowed) if text.endswith(".npz") else _assignment(text, name, allowed)
    required = [key for key, p in allowed.items() if p.default is p.empty]
    if not given or any(key not in given for key in required):
        given = _example(module, name, list(allowed)) | given
    missing = [key for key in required if key not in given]
    if missing:
        raise CannotError(
            f"{name} needs values for {', '.join(missing)}: give --at {missing[0]}=1.5, --at values.npz, or set example_inputs in its file."
        )
    values = {key: given[key] for key in allowed if key in given}
    whole = [key for key, value in values.items() if type(value) is int]
    hint = ""
    if whole and not any(is_inexact(leaf) for value in values.values() for leaf in flatten(value)[0]):
        values |= {key: float(values[key]) for key in whole}
        if len(whole) > 1:
            hint = f" (All of {', '.join(whole)} were taken as floats; write {whole[0]}={values[whole[0]]} to differentiate that alone.)"

    def call(*positional: Any) -> Any:
        bound = signature.bind_partial()
        bound.arguments.update(zip(values, positional, strict=True))
        bound.apply_defaults()  # also puts the arguments in order
        return function(*bound.args, **bound.kwargs)

    positional = [p.replace(kind=p.POSITIONAL_OR_KEYWORD, default=p.empty) for key, p in allowed.items() if key in values]
    call.__name__ = name
    call.__signature__ = inspect.Signature(positional)  # pyright: ignore[reportFunctionMemberAccess]
    return Call(name, call, values, hint)


def positions(call: Call, wrt: str | None) -> tuple[int, ...] | None:
    """Return the positions of the values that ``--wrt`` names; None for all."""
    if wrt is None:
        return None
    names = [name.strip() for name in wrt.split(",")]
    unknown = [name for name in names if name not in call.values]
    if unknown:
        raise CannotError(f"--wrt {wrt}: {call.name} has no value for {', '.join(unknown)}; it has {', '.join(call.values)}.")
    return tuple(list(call.values).index(name) for name in names)


def _assignment(text: str, name: str, allowed: Any) -> dict[str, Any]:
    key, equals, value = text.partition("=")
    key = key.strip()
    if not equals or not key.isidentifier():
        raise CannotError(f"--at {text}: write a parameter and its value, as in --at x=1.5, or an .npz file.")
    if key not in allowed:
        raise CannotError(f"--at {text}: {name} has no parameter {key}; it takes {', '.join(allowed) or 'none'}.")
    try:
        return {key: _arrays(ast.literal_eval(value.strip()))}
    except (ValueError, SyntaxError, TypeError):
        raise CannotError(f"--at {text}: {value} is not a number, list, tuple, dict or string of Python.") from None


def _arrays(value: Any) -> Any:
    """Turn lists of numbers into arrays of floats, also inside dicts and tuples of such."""
    if isinstance(value, dict):
        return {key: _arrays(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        try:
            array = np.array(value)
        except ValueError:  # not rectangular
            array = None
        if array is not None and array.dtype.kind in "iufc":
            return array if array.dtype.kind == "c" else array.astype(float)
        return type(value)([_arrays(item) for item in value])
    return value


def _archive(text: str, name: str, allowed: Any) -> dict[str, Any]:
    try:
        with Path(text).open("rb") as file, np.load(file, allow_pickle=False) as archive:
            arrays = {key: archive[key] for key in archive.files}
    except FileNotFoundError:
        raise CannotError(f"--at {text}: there is no such file.") from None
    except OSError as error:
        raise CannotError(f"--at {text} cannot be read: {one_line(error)}") from error
    except (ValueError, TypeError, EOFError, zipfile.BadZipFile) as error:  # objects; one array alone; nothing; anything else
        raise CannotError(f"--at {text} is not an archive of arrays of numbers, as np.savez writes it.") from error
    found = {key: array[()] for key, array in arrays.items() if key in allowed}
    if not found:
        raise CannotError(
            f"--at {text} holds {', '.join(arrays) or 'nothing'}, and none of it is a parameter of {name}, which takes {', '.join(allowed)}."
        )
    return found


def _example(module: ModuleType, name: str, allowed: list[str]) -> dict[str, Any]:
    example = getattr(module, "example_inputs", None)
    if callable(example):
        try:
            example = example()
        except Exception as error:
            raise CannotError(f"the call of example_inputs raised {one_line(error)}{line_in(module, error)}") from error
    if example is None:
        return {}
    if isinstance(example, dict):
        return {key: value for key, value in example.items() if key in allowed}
    if isinstance(example, (tuple, list)):
        if len(example) > len(allowed):
            raise CannotError(f"example_inputs has too many values: {len(example)}, and {name} takes {len(allowed)}.")
        return dict(zip(allowed, example, strict=False))
    raise CannotError(
        f"example_inputs is a {type(example).__name__}; make it a tuple, a dict by parameter name, or a function."
    )
