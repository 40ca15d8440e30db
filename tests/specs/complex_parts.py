"""Rows of the functions of a complex number that are not holomorphic."""

from __future__ import annotations

import numpy as np

from tests.specs._row import complexes, real, row

ROWS = [
    *(
        row(function, values, name=f"{function.__name__}: {label}", complex=False)
        for function in (np.real, np.imag, np.conjugate, np.absolute, np.sign, np.angle, np.real_if_close, np.nan_to_num)
        for label, values in (
            ("real", real(3, 4)),
            ("complex", complexes(3, 4)),
            ("float", float(real(1)[0])),
            ("complex 0-d", complexes()),
            ("empty", complexes(2, 0)),
            ("strided", complexes(4, 6)[::2, ::-1].T),
        )
    ),
    row(np.angle, complexes(3), deg=True),
    row(np.angle, real(3), True, name="angle: real, degrees"),
    row(np.real_if_close, real(3) + 0j, tol=1e-3, order=1, name="real_if_close: real"),
    row(np.nan_to_num, np.array([1.0, np.nan, np.inf, -np.inf]), order=1, name="nan_to_num: all kinds"),
    row(np.nan_to_num, real(3), nan=2.0, posinf=1.0, neginf=-1.0),
    row(lambda z: np.abs(z) ** 2 + np.real(z * np.conj(z)), complexes(3), name="modulus in two ways"),
    row(lambda z: z.real * z.imag, complexes(3), name="attributes real and imag"),
    row(lambda x, y: x + 1j * y, real(3), real(3, salt=1), name="complex from parts"),
    row(lambda z: np.exp(1j * np.angle(z)) * np.abs(z), complexes(3), name="polar form"),
    row(lambda x: np.abs(x - 0.1) * np.sign(x), real(3, 4), name="abs and sign"),
]
