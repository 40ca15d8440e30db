"""Rows for `revad.scipy.fft`: every transform, odd and even lengths, cropped and padded, every norm and type."""

from __future__ import annotations

from typing import Any

from revad.scipy import fft
from tests.specs._definitions import defined
from tests.specs._row import complexes, positive, real, row

STRIDED = real(4, 6)[::2, ::-1].T
NORMS = ("backward", "ortho", "forward")


def fourier_rows() -> list[Any]:
    rows = []
    for f in (fft.fft, fft.ifft):
        rows += [row(f, real(n), complex=True) for n in (1, 5)]
        rows += [row(f, real(3, 5), n=n, axis=-1, norm=norm, complex=True) for n, norm in zip((4, 5, 8), NORMS, strict=True)]
        rows += [row(f, STRIDED, axis=0, workers=2, overwrite_x=True)]
    for f, make in ((fft.rfft, row), (fft.ihfft, defined)):
        rows += [make(f, real(n)) for n in (1, 2, 5, 6)]
        rows += [make(f, real(3, 5), n=n, norm=norm) for n, norm in zip((4, 5, 8), NORMS, strict=True)]
        rows += [make(f, STRIDED, axis=0, workers=2)]
    for f, make in ((fft.irfft, row), (fft.hfft, defined)):
        rows += [make(f, complexes(n)) for n in (2, 3)]
        rows += [make(f, real(3, 4), n=n, norm=norm, complex=True) for n, norm in zip((5, 6, 8), NORMS, strict=True)]
        rows += [make(f, complexes(3, 5), axis=0, workers=2)]
    return rows


def fourier_rows_of_several_axes() -> list[Any]:
    rows = []
    for two, many in ((fft.fft2, fft.fftn), (fft.ifft2, fft.ifftn)):
        rows += [defined(two, real(3, 4), complex=True), defined(two, complexes(2, 3, 4), s=(4, 3), axes=(0, 1), norm="ortho")]
        rows += [row(many, real(2, 3, 4), complex=True), row(many, complexes(2, 3, 4), s=(3, -1), axes=(-1, 0), norm="forward")]
        rows += [row(many, complexes(2, 3, 4), s=(3, 5)), row(many, complexes(3, 2), axes=0)]
    for two, many in ((fft.rfft2, fft.rfftn), (fft.ihfft2, fft.ihfftn)):
        rows += [defined(two, real(3, 4)), defined(two, real(2, 3, 5), s=(4, 3), axes=(0, 1), norm="forward")]
        rows += [
            defined(many, real(2, 3, 4)),
            defined(many, STRIDED, axes=(1, 0), norm="ortho"),
            defined(many, real(3, 4), axes=0),
        ]
        rows += [defined(many, real(2, 3, 4), s=(2, 6))]
    for two, many in ((fft.irfft2, fft.irfftn), (fft.hfft2, fft.hfftn)):
        rows += [defined(two, complexes(3, 4)), defined(two, complexes(2, 3, 3), s=(4, 5), axes=(0, 1), norm="forward")]
        rows += [defined(many, complexes(2, 3, 4)), defined(many, complexes(2, 3, 4), axes=(2, 0), norm="ortho")]
        rows += [defined(many, complexes(3, 4), axes=-1), defined(many, complexes(3, 4), s=(2, 6))]
    return rows


def cosine_rows() -> list[Any]:
    rows = []
    for f, make in ((fft.dct, row), (fft.idct, defined), (fft.dst, row), (fft.idst, defined)):
        for kind in (1, 2, 3, 4):
            rows += [make(f, real(2, 5), type=kind, norm=norm, complex=norm != "backward") for norm in NORMS]
            rows += [make(f, real(4), type=kind, norm="backward", orthogonalize=True, complex=True)]
        rows += [make(f, real(5, 2), n=n, axis=0) for n in (3, 7)]
        rows += [make(f, STRIDED, norm="ortho", orthogonalize=False, complex=True), make(f, real(1))]
    for f in (fft.dctn, fft.idctn, fft.dstn, fft.idstn):
        rows += [defined(f, real(3, 4), type=kind, norm=norm) for kind, norm in zip((1, 2, 3, 4), (*NORMS, None), strict=True)]
        rows += [
            defined(f, real(2, 3, 4), s=(3, 2), axes=(0, -1), norm="ortho", orthogonalize=False),
            defined(f, STRIDED, axes=1),
        ]
    return rows


def hankel_rows() -> list[Any]:
    rows = []
    for f in (fft.fht, fft.ifht):
        rows += [defined(f, real(6), dln=0.5, mu=1.0, float32=False)]
        rows += [defined(f, real(2, 5), dln=0.6, mu=1.3, offset=0.2, bias=0.1, float32=False)]
        rows += [defined(f, real(2, n), 0.6, 1.3, 0.2, 0.1, float32=False, tolerance=1e-5) for n in (5, 6)]
    return [*rows, defined(fft.fhtoffset, 0.6, 1.3, 0.2, 0.1, float32=False)]


ROWS = [
    *fourier_rows(),
    *fourier_rows_of_several_axes(),
    *cosine_rows(),
    *hankel_rows(),
    defined(fft.fftshift, real(3, 5), complex=True),
    defined(fft.fftshift, real(3, 4), axes=-1),
    defined(fft.ifftshift, real(5), complex=True),
    defined(fft.ifftshift, positive(3, 4), axes=(0, 1)),
]
