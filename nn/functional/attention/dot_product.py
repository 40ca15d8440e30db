"""Attention: each query takes the mean of the values, weighted by how well its key fits. The softmax is taken in place."""

from __future__ import annotations

from math import sqrt
from typing import Any

import numpy as np

import revad
from nn.functional.dropping import dropout
from revad.extend import vjp, vjp_joint
from revad.typing import Array


@revad.primitive
def attention_weights(query: Array, key: Any, mask: Array = None) -> Array:
    """Return softmax(Q Kᵀ + mask) along the last axis.

    Parameters
    ----------
    query : array_like, shape (..., L, E)
        Already scaled.
    key : array_like, shape (..., S, E)
        What queries are compared with.
    mask : array_like, broadcastable to (..., L, S), optional
        Booleans, True where attention is allowed, or numbers to be added.

    Returns
    -------
    array, shape (..., L, S)
        Rows that sum to 1; rows of zeros where nothing is allowed.

    Notes
    -----
    With W the output, ``S̄ = W(W̄ − Σ W̄W)``, ``Q̄ = S̄ K``, ``K̄ = S̄ᵀ Q``, ``mask̄ = S̄``; keeps Q, K and W.

    Examples
    --------
    >>> import numpy as np
    >>> attention_weights(np.zeros((1, 2)), np.ones((3, 2)), np.array([True, True, False]))
    array([[0.5, 0.5, 0. ]])
    """
    scores = np.matmul(query, np.swapaxes(key, -1, -2))
    if mask is not None:
        shape = np.broadcast_shapes(scores.shape, np.shape(mask))
        if scores.shape != shape:
            scores = np.broadcast_to(scores, shape).copy()
        if mask.dtype == bool:
            np.copyto(scores, -np.inf, where=~mask)
        else:
            np.add(scores, mask, out=scores, casting="same_kind")
    top = np.maximum.reduce(scores, axis=-1, keepdims=True, initial=-np.inf)
    if mask is not None:
        top[top == -np.inf] = 0
    scores -= top
    np.exp(scores, out=scores)
    total = np.add.reduce(scores, axis=-1, keepdims=True)
    if mask is not None:
        total[total == 0] = 1
    scores /= total
    return scores


@revad.primitive
def softmax_pullback(cotangent: Array, weights: Array) -> Array:
    """Return w(ḡ − Σ ḡw) along the last axis: the pull-back of a softmax whose output was w.

    Examples
    --------
    >>> import numpy as np
    >>> softmax_pullback(np.array([1.0, 0.0]), np.array([0.5, 0.5]))
    array([ 0.25, -0.25])
    """
    result = cotangent - np.einsum("...i,...i->...", cotangent, weights)[..., None]
    result *= weights
    return result


def _softmax_pullback_cotangent(g: Array, weights: Array) -> Array:
    """It is its own adjoint."""
    return softmax_pullback(g, weights)


def _softmax_pullback_weights(g: Array, cotangent: Array, weights: Array) -> Array:
    """w̄ = ȳ(ḡ − Σ ḡw) − ḡ Σ ȳw."""
    mean = np.sum(cotangent * weights, axis=-1, keepdims=True)
    return g * (cotangent - mean) - cotangent * np.sum(g * weights, axis=-1, keepdims=True)


vjp(softmax_pullback, cotangent=_softmax_pullback_cotangent, weights=_softmax_pullback_weights)


@vjp_joint(attention_weights, "query", "key", "mask")
def _attention_weights(g: Array, needs: tuple[bool, ...], ans: Array, query: Array, key: Any) -> tuple[Any, Any, Any]:
    """Q̄ = S̄ K, K̄ = S̄ᵀ Q, mask̄ = S̄."""
    scores = softmax_pullback(g, ans)
    return (
        np.matmul(scores, key) if needs[0] else None,
        np.matmul(np.swapaxes(scores, -1, -2), query) if needs[1] else None,
        scores,
    )


def causal_mask(length: int, source: int) -> np.ndarray[Any, Any]:
    """Return which of the keys 0 … S − 1 each of the queries 0 … L − 1 may attend to: those not in its future.

    Examples
    --------
    >>> causal_mask(2, 3)
    array([[ True, False, False],
           [ True,  True, False]])
    """
    return np.tri(length, source, dtype=bool)


def scaled_dot_product_attention(
    query: Array,
    key: Any,
    value: Array,
    attn_mask: Any = None,
    dropout_p: float = 0.0,
    is_causal: bool = False,
    scale: Array = None,
    enable_gqa: bool = False,
    rng: Any = None,
) -> Array:
    """Return softmax(Q Kᵀ/√E + mask) V.

    Parameters
    ----------
    query : array_like, shape (..., L, E)
        One row per place that asks.
    key : array_like, shape (..., S, E)
        One row per place that is asked.
    value : array_like, shape (..., S, Ev)
        What each of those has to say.
    attn_mask : array_like, broadcastable to (..., L, S), optional
        Booleans, True where attention is allowed, or numbers to be added to Q Kᵀ/√E.
    dropout_p : float
        Probability that a weight is dropped; 0 in evaluation.
    is_causal : bool
        No attention to later places; not together with ``attn_mask``.
    scale : float, optional
        Instead of 1/√E.
    enable_gqa : bool
        Several heads of the queries (axis −3) share one of the keys and values.
    rng : numpy.random.Generator, optional
        Where the dropped weights come from.

    Returns
    -------
    array, shape (..., L, Ev)
        Zeros for queries that may attend to nothing.

    References
    ----------
    .. [1] A. Vaswani et al., "Attention Is All You Need", NeurIPS 2017, section 3.2.1.

    Examples
    --------
    >>> import numpy as np
    >>> scaled_dot_product_attention(np.zeros((1, 2)), np.ones((2, 2)), np.array([[1.0], [3.0]]))
    array([[2.]])
    """
    _check_shapes(query, key, value)
    length, source = query.shape[-2], key.shape[-2]
    if is_causal:
        if attn_mask is not None:
            raise ValueError(
                "scaled_dot_product_attention takes either attn_mask or is_causal=True, not both; "
                "put the causal mask into attn_mask."
            )
        attn_mask = causal_mask(length, source)
    elif attn_mask is not None:
        attn_mask = as_mask(attn_mask, "scaled_dot_product_attention", "attn_mask")
        _check_broadcasts(attn_mask, query, key)
    if enable_gqa:
        key, value = (_shared_by_heads(part, query) for part in (key, value))
    scale = 1 / sqrt(query.shape[-1]) if scale is None and query.shape[-1] else scale
    scaled = query if scale is None else query * scale
    weights = attention_weights(scaled, key, attn_mask)
    return dropout(weights, dropout_p, rng=rng) @ value


def as_mask(mask: Array, function: str, name: str) -> Array:
    """Return a mask as an array of booleans or floating numbers (or a tracked value), or refuse it.

    Examples
    --------
    >>> as_mask([True, False], "f", "attn_mask")
    array([ True, False])
    """
    if isinstance(mask, revad.Tensor):
        return mask
    array = np.asarray(mask)
    if array.dtype.kind not in "bf":
        raise TypeError(f"{function}: {name} must be boolean or floating, not {array.dtype}; convert it with .astype(bool).")
    return array


def _check_shapes(query: Array, key: Any, value: Array) -> None:
    shapes = [np.shape(part) for part in (query, key, value)]
    if min(map(len, shapes)) < 2 or shapes[0][-1] != shapes[1][-1] or shapes[1][-2] != shapes[2][-2]:
        raise ValueError(
            "scaled_dot_product_attention takes a query (..., L, E), a key (..., S, E) and a value (..., S, Ev), not shapes "
            f"{shapes[0]}, {shapes[1]} and {shapes[2]}."
        )


def _check_broadcasts(mask: Array, query: Array, key: Any) -> None:
    wanted = (query.shape[-2], key.shape[-2])
    shape = np.shape(mask)
    if any(n not in (1, m) for n, m in zip(shape[::-1], wanted[::-1], strict=False)):
        raise ValueError(
            f"scaled_dot_product_attention: attn_mask of shape {shape} does not broadcast to (..., L, S) = (..., {wanted[0]}, "
            f"{wanted[1]}), for a query of shape {query.shape} and a key of shape {key.shape}."
        )


def _shared_by_heads(part: Array, query: Array) -> Array:
    """Repeat the heads of keys or values for those of the queries."""
    heads, given = (np.shape(x)[-3] if np.ndim(x) > 2 else 0 for x in (query, part))
    if not given or heads % given:
        raise ValueError(
            f"scaled_dot_product_attention: with enable_gqa the {given} heads (axis -3) of the keys and values must divide "
            f"the {heads} heads of the queries."
        )
    return np.repeat(part, heads // given, axis=-3)
