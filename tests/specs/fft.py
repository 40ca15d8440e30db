"""Rows for the discrete Fourier transforms: even and odd lengths, cropped and padded, every norm."""

from __future__ import annotations

from typing import Any

from numpy import fft

from tests.specs._row import complexes, real, row

STRIDED = real(4, 6)[::2, ::-1].T
NORMS = ("backward", "ortho", "forward")
TO_COMPLEX = (fft.fft, fft.ifft)
FROM_REAL = (fft.rfft, fft.ihfft)
TO_REAL = (fft.irfft, fft.hfft)


def rows_of_one_axis() -> list[Any]:
    rows = []
    for f in TO_COMPLEX:
        rows += [row(f, real(n), complex=True) for n in (1, 2, 5, 6)]
        rows += [row(f, real(3, 5), n=n, complex=True) for n in (1, 4, 5, 8)]
        rows += [row(f, real(3, 5), norm=norm, complex=True) for norm in NORMS]
        rows += [row(f, real(3, 5), axis=0), row(f, real(3, 5, 2), n=4, axis=-2, norm="ortho"), row(f, STRIDED)]
    for f in FROM_REAL:
        rows += [row(f, real(n)) for n in (1, 2, 5, 6)]
        rows += [row(f, real(3, 5), n=n) for n in (1, 2, 4, 5, 8, 9)]
        rows += [row(f, real(3, 6), norm=norm) for norm in NORMS]
        rows += [row(f, real(3, 5), axis=0), row(f, real(3, 5, 2), n=4, axis=-2, norm="ortho"), row(f, STRIDED)]
    for f in TO_REAL:
        rows += [row(f, complexes(n)) for n in (2, 3, 6)]
        rows += [row(f, real(3, 4), n=n, complex=True) for n in (1, 2, 3, 5, 6, 7, 8, 11)]
        rows += [row(f, complexes(3, 4), norm=norm) for norm in NORMS]
        rows += [row(f, complexes(3, 5), axis=0), row(f, complexes(3, 5, 2), n=5, axis=-2, norm="ortho")]
    return rows


def rows_of_several_axes() -> list[Any]:
    rows = []
    for two, many in ((fft.fft2, fft.fftn), (fft.ifft2, fft.ifftn)):
        rows += [row(two, real(3, 4), complex=True), row(two, real(2, 3, 4), s=(4, 3), axes=(0, 1), complex=True)]
        rows += [row(two, complexes(2, 3), norm=norm) for norm in NORMS]
        rows += [row(many, real(2, 3, 4), complex=True), row(many, complexes(2, 3, 4), axes=(0, 2))]
        rows += [row(many, complexes(2, 3, 4), s=(3, 2), axes=(-1, 0), norm="ortho")]
        rows += [row(many, complexes(2, 3), s=(-1, 5), axes=(0, 1)), row(many, complexes(2, 3), axes=(1, 1))]
    rows += [row(fft.rfft2, real(3, 4)), row(fft.rfft2, real(2, 3, 5), s=(4, 3), axes=(0, 1), norm="forward")]
    rows += [row(fft.rfftn, real(2, 3, 4), since="2.1.0")]  # before, the axes are transformed in another order
    rows += [row(fft.rfftn, real(2, 3, 5), axes=(2, 0)), row(fft.rfftn, STRIDED)]
    rows += [row(fft.rfftn, real(2, 3, 4), s=(2, 6), axes=(0, 1), norm="ortho")]
    rows += [row(fft.irfft2, complexes(3, 4)), row(fft.irfft2, complexes(2, 3, 3), s=(4, 5), axes=(0, 1), norm="forward")]
    rows += [row(fft.irfftn, complexes(2, 3, 4)), row(fft.irfftn, complexes(2, 3, 4), axes=(2, 0))]
    rows += [row(fft.irfftn, complexes(2, 3, 4), s=(3, 5), axes=(0, 2), norm="ortho")]
    return rows


ROWS = [
    *rows_of_one_axis(),
    *rows_of_several_axes(),
    row(fft.fftshift, real(5), complex=True),
    row(fft.fftshift, real(3, 4), axes=1),
    row(fft.fftshift, real(3, 4), axes=(0, 1)),
    row(fft.fftshift, real(3, 4)),
    row(fft.ifftshift, real(5), complex=True),
    row(fft.ifftshift, real(3, 4), axes=-1),
    row(fft.ifftshift, real(3, 5)),
]
