"""`multi_head_attention_forward`: several attentions side by side, each on a linear map of the inputs to fewer numbers."""

from __future__ import annotations

from typing import Any

import numpy as np

from nn.functional.attention.dot_product import as_mask, attention_weights, causal_mask
from nn.functional.dropping import dropout
from nn.functional.linear import linear
from revad.typing import Array

_NAME = "multi_head_attention_forward"


def multi_head_attention_forward(
    query: Array,
    key: Any,
    value: Array,
    embed_dim_to_check: int,
    num_heads: int,
    in_proj_weight: Any,
    in_proj_bias: Any,
    bias_k: Any,
    bias_v: Any,
    add_zero_attn: bool,
    dropout_p: float,
    out_proj_weight: Any,
    out_proj_bias: Any,
    training: bool = True,
    key_padding_mask: Any = None,
    need_weights: bool = True,
    attn_mask: Any = None,
    use_separate_proj_weight: bool = False,
    q_proj_weight: Any = None,
    k_proj_weight: Any = None,
    v_proj_weight: Any = None,
    average_attn_weights: bool = True,
    is_causal: bool = False,
    rng: Any = None,
) -> tuple[Any, Any]:
    """Return what all heads found, mapped linearly, and the attention weights.

    Parameters
    ----------
    query : array_like, shape (L, N, E) or (L, E)
        The places that ask.
    key : array_like, shape (S, N, Ek) or (S, Ek)
        The places that are asked.
    value : array_like, shape (S, N, Ev) or (S, Ev)
        What those have to say.
    embed_dim_to_check : int
        E.
    num_heads : int
        H, which divides E.
    in_proj_weight : array_like, shape (3E, E), or None
        The maps of query, key and value, one below the other.
    in_proj_bias : array_like, shape (3E,), or None
        Their biases.
    bias_k, bias_v : array_like, shape (1, 1, E), or None
        One more place to be asked, the same for all.
    add_zero_attn : bool
        One more place whose key and value are zeros.
    dropout_p : float
        Probability that a weight is dropped in training.
    out_proj_weight, out_proj_bias : array_like, shapes (E, E) and (E,); the bias may be None
        The map of what the heads found.
    training : bool
        Whether weights are dropped.
    key_padding_mask : array_like, shape (N, S) or (S,), optional
        Booleans, True for places to ignore, or numbers to be added.
    need_weights : bool
        Whether to return the weights.
    attn_mask : array_like, shape (L, S) or (N·H, L, S), optional
        Booleans, True where attention is *not* allowed, or numbers to be added.
    use_separate_proj_weight : bool
        Whether the next three hold the maps instead of ``in_proj_weight``.
    q_proj_weight, k_proj_weight, v_proj_weight : array_like, shapes (E, E), (E, Ek) and (E, Ev)
        The maps of query, key and value.
    average_attn_weights : bool
        Whether the weights are averaged over the heads.
    is_causal : bool
        Without ``attn_mask``: no attention to later places.
    rng : numpy.random.Generator, optional
        Where the dropped weights come from.

    Returns
    -------
    output : array, shape of the query
    weights : array, shape (N, L, S), (N, H, L, S), or these without N; or None

    References
    ----------
    .. [1] A. Vaswani et al., "Attention Is All You Need", NeurIPS 2017, section 3.2.2.

    Examples
    --------
    >>> import numpy as np
    >>> x, zero = np.ones((3, 1, 2)), np.zeros((6, 2))
    >>> multi_head_attention_forward(x, x, x, 2, 1, zero, None, None, None, False, 0.0, np.eye(2), None)[1][0, 0] * 3
    array([1., 1., 1.])
    """
    _check_inputs(query, key, value, embed_dim_to_check, num_heads, separate=use_separate_proj_weight)
    batched = np.ndim(query) == 3
    if use_separate_proj_weight:
        maps = (q_proj_weight, k_proj_weight, v_proj_weight)
        q, k, v = _project_each(query, key, value, maps, in_proj_bias, embed_dim_to_check)
    else:
        q, k, v = _project(query, key, value, in_proj_weight, in_proj_bias, embed_dim_to_check)
    if not batched:
        q, k, v = q[:, None], k[:, None], v[:, None]
    length, batch, dim = q.shape
    mask = _merged_mask(attn_mask, key_padding_mask, (batch, num_heads, length, k.shape[0]), is_causal=is_causal)
    if bias_k is not None:
        k, v = (np.concatenate([x, np.broadcast_to(b, (1, batch, dim))]) for x, b in ((k, bias_k), (v, bias_v)))
    if add_zero_attn:
        k, v = (np.concatenate([x, np.zeros((1, batch, dim), x.dtype)]) for x in (k, v))
    mask = _one_more(mask, (bias_k is not None) + add_zero_attn)
    q, k, v = (_heads(x, num_heads) for x in (q * (dim // num_heads) ** -0.5, k, v))
    weights = dropout(attention_weights(q, k, mask), dropout_p, training, rng)
    found = np.reshape(np.transpose(weights @ v, (2, 0, 1, 3)), (length, batch, dim) if batched else (length, dim))
    output = linear(found, out_proj_weight, out_proj_bias)
    if not need_weights:
        return output, None
    weights = np.mean(weights, axis=1) if average_attn_weights else weights
    return output, weights if batched else weights[0]


def _project(query: Array, key: Any, value: Array, weight: Array, bias: Array, dim: int) -> list[Any]:
    """Map with one product where query, key and value are the same, or with two where the last two are."""
    if key is not value:
        return _project_each(query, key, value, [weight[i * dim : (i + 1) * dim] for i in range(3)], bias, dim)
    if query is key:
        mapped = linear(query, weight, bias)
        return [mapped[..., i * dim : (i + 1) * dim] for i in range(3)]
    first, rest = (None, None) if bias is None else (bias[:dim], bias[dim:])
    mapped = linear(key, weight[dim:], rest)
    return [linear(query, weight[:dim], first), mapped[..., :dim], mapped[..., dim:]]


def _project_each(query: Array, key: Any, value: Array, maps: Any, bias: Array, dim: int) -> list[Any]:
    biases = [None] * 3 if bias is None else [bias[i * dim : (i + 1) * dim] for i in range(3)]
    return [linear(x, weight, b) for x, weight, b in zip((query, key, value), maps, biases, strict=True)]


def _heads(x: Array, heads: int) -> Array:
    """Lay (S, N, H·d) out as (N, H, S, d)."""
    length, batch, dim = x.shape
    return np.transpose(np.reshape(x, (length, batch, heads, dim // heads)), (1, 2, 0, 3))


def _merged_mask(attn_mask: Any, padding_mask: Any, shape: tuple[int, ...], *, is_causal: bool) -> Any:
    """Return both masks as one that broadcasts to (N, H, L, S): booleans, True where allowed, or numbers; None where all is."""
    batch, heads, length, source = shape
    parts: list[Any] = []
    if attn_mask is not None:
        parts.append(_checked(attn_mask, "attn_mask", ((length, source), (batch * heads, length, source))))
        if parts[0].ndim == 3:
            parts[0] = np.reshape(parts[0], shape)
    elif is_causal:
        parts.append(~causal_mask(length, source))
    if padding_mask is not None:
        allowed = ((batch, source), (source,)) if batch == 1 else ((batch, source),)
        parts.append(np.reshape(_checked(padding_mask, "key_padding_mask", allowed), (batch, 1, 1, source)))
    if not parts:
        return None
    if all(part.dtype == bool for part in parts):
        return ~(parts[0] if len(parts) == 1 else parts[0] | parts[1])
    numbers = [np.where(part, -np.inf, 0.0) if part.dtype == bool else part for part in parts]
    return numbers[0] if len(numbers) == 1 else numbers[0] + numbers[1]


def _checked(mask: Array, name: str, allowed: tuple[tuple[int, ...], ...]) -> Array:
    mask = as_mask(mask, _NAME, name)
    if mask.shape not in allowed:
        raise ValueError(f"{_NAME}: {name} must have the shape {' or '.join(map(str, allowed))}, not {mask.shape}.")
    return mask


def _one_more(mask: Array, count: int) -> Array:
    """Allow attention to further places."""
    if mask is None or not count:
        return mask
    more = np.full((*mask.shape[:-1], count), mask.dtype == bool, mask.dtype)
    return np.concatenate([mask, more], axis=-1)


def _check_inputs(query: Array, key: Any, value: Array, dim: int, heads: int, *, separate: bool) -> None:
    shapes = [np.shape(x) for x in (query, key, value)]
    if len(shapes[0]) not in (2, 3) or len({len(shape) for shape in shapes}) > 1:
        raise ValueError(
            f"{_NAME}: query, key and value must all have 3 axes (length, batch, features), or 2 without the batch axis, not "
            f"shapes {shapes[0]}, {shapes[1]} and {shapes[2]}."
        )
    if shapes[0][-1] != dim or dim % heads:
        raise ValueError(
            f"{_NAME}: the query of shape {shapes[0]} must have embed_dim={dim} features, divisible by {heads} heads."
        )
    fits = shapes[1][:-1] == shapes[2][:-1] if separate else shapes[1] == shapes[2]
    if not fits or shapes[0][1:-1] != shapes[1][1:-1]:
        raise ValueError(
            f"{_NAME}: key of shape {shapes[1]} and value of shape {shapes[2]} must have the same length, "
            f"and the batch size of the query of shape {shapes[0]}."
        )
