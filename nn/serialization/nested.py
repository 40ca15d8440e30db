"""Nested states as named arrays and a JSON text: dicts, lists, tuples, numbers, strings and None come back as they were.

In the text a list stands for itself, and so do None, bools, strings, ints and finite floats; all else is a dict with one tag:
``{"dict": [[key, value], ...]}``, ``{"tuple": [...]}``, ``{"tensor": name}``, ``{"scalar": name}``, ``{"float": "nan"}``,
``{"complex": [real, imaginary]}``.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any, NoReturn

import numpy as np

import revad
from nn.serialization.header import refuse

MAX_DEPTH = 100
_FIELD = "nested structure"


def flatten(state: Any) -> tuple[dict[str, Any], str | None]:
    """Return the arrays of a state by name, and the text that tells how they are nested; None for a plain dict of arrays.

    Examples
    --------
    >>> flatten({"lr": 0.1, "state": [np.zeros(2), None]})
    ({'state.0': array([0., 0.])}, '{"dict":[["lr",0.1],["state",[{"tensor":"state.0"},null]]]}')
    """
    if isinstance(state, Mapping) and all(type(key) is str and _is_array(value) for key, value in state.items()):
        return {name: _plain(value) for name, value in state.items()}, None
    arrays: dict[str, Any] = {}
    structure = _encode(state, (), arrays)
    return arrays, json.dumps(structure, separators=(",", ":"), allow_nan=False)


def _is_array(value: Any) -> bool:
    return isinstance(value, (np.ndarray, revad.Tensor))


def _plain(value: Any) -> Any:
    return np.asarray(revad.stop_gradient(value))


def _encode(value: Any, path: tuple[Any, ...], arrays: dict[str, Any]) -> Any:
    if len(path) > MAX_DEPTH:
        raise ValueError(f"nn.save: the state is nested more than {MAX_DEPTH} deep; does it contain itself?")
    if _is_array(value) or isinstance(value, np.generic):
        name = _new_name(path, arrays)
        arrays[name] = _plain(value)
        return {"scalar" if isinstance(value, np.generic) else "tensor": name}
    if value is None or type(value) in (bool, str, int):
        return value
    if type(value) is float:
        return value if math.isfinite(value) else {"float": repr(value)}
    if type(value) is complex:
        return {"complex": [_encode(part, path, arrays) for part in (value.real, value.imag)]}
    if isinstance(value, Mapping):
        for key in value:
            if key is not None and type(key) not in (str, int, bool, float):
                _cannot(key, (*path, key), "as a key")
        return {"dict": [[_encode(k, path, arrays), _encode(v, (*path, k), arrays)] for k, v in value.items()]}
    if isinstance(value, (list, tuple)):
        parts = [_encode(item, (*path, i), arrays) for i, item in enumerate(value)]
        return parts if isinstance(value, list) else {"tuple": parts}
    return _cannot(value, path, "here")


def _cannot(value: Any, path: tuple[Any, ...], where: str) -> NoReturn:
    place = "".join(f"[{key!r}]" for key in path)
    raise TypeError(
        f"nn.save: state{place} is a {type(value).__name__}, which a checkpoint cannot hold {where}. It holds arrays, numbers, "
        "strings, None, and lists, tuples and dicts of them; save model.state_dict(), not the model."
    )


def _new_name(path: tuple[Any, ...], arrays: dict[str, Any]) -> str:
    name = ".".join(str(key) for key in path) or "state"
    n = 1
    while name in arrays:  # a key may itself contain dots
        name, n = f"{name.partition('~')[0]}~{n}", n + 1
    return name


def unflatten(text: str, arrays: dict[str, Any], path: Any) -> Any:
    """Return the state that `flatten` took apart.

    Examples
    --------
    >>> unflatten('{"tuple":[1,{"tensor":"a"}]}', {"a": np.zeros(2)}, "file")
    (1, array([0., 0.]))
    """
    try:
        structure = json.loads(text)
    except (ValueError, RecursionError) as error:
        refuse(path, _FIELD, f"it is not valid JSON ({error}).")
    unused = dict(arrays)
    state = _decode(structure, unused, path, 0)
    if unused:
        refuse(path, _FIELD, f"the tensor {next(iter(unused))!r} has no place in it.")
    return state


def _decode(node: Any, arrays: dict[str, Any], path: Any, depth: int) -> Any:
    if depth > MAX_DEPTH + 10:
        refuse(path, _FIELD, f"it is nested more than {MAX_DEPTH} deep.")
    if isinstance(node, list):
        return [_decode(item, arrays, path, depth + 1) for item in node]
    if not isinstance(node, dict):
        return node
    tag, content = next(iter(node.items()), ("", None))
    if len(node) == 1 and tag in ("tensor", "scalar") and isinstance(content, str) and content in arrays:
        array = arrays.pop(content)
        return array if tag == "tensor" else array[()]
    if len(node) == 1 and tag == "float" and content in ("nan", "inf", "-inf"):
        return float(content)
    if len(node) == 1 and tag in ("tuple", "complex", "dict") and isinstance(content, list):
        parts = [_decode(item, arrays, path, depth + 1) for item in content]
        if tag == "tuple":
            return tuple(parts)
        if tag == "complex" and len(parts) == 2 and all(type(part) is float for part in parts):
            return complex(*parts)
        if tag == "dict" and all(isinstance(p, list) and len(p) == 2 and not isinstance(p[0], (list, dict)) for p in parts):
            return dict(parts)
    return refuse(path, _FIELD, f"{str(node)[:80]} has no meaning in it.")
