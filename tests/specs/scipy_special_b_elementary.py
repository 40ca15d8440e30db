"""`scipy.special`: powers, logarithms, the logistic function, divergences, degrees, Box-Cox, hypergeometric functions."""

import numpy as np
from scipy import special

from tests.specs._row import complexes, positive, real, row, unit

SHAPE = np.array([0.0, 0.4, -0.7, 1e-5])

ROWS = [
    row(special.exp2, real(3, 2)),
    row(special.exp10, 0.4),
    row(special.expm1, real(4), complex=True),
    row(special.log1p, positive(2, 2), complex=True),
    row(special.cbrt, real(4)),
    row(special.cosm1, real(0)),
    row(special.xlogy, real(3, 1), positive(2), complex=True),
    row(special.xlog1py, real(3), positive(3), complex=True),
    row(special.boxcox, positive(4), SHAPE),
    row(special.boxcox1p, positive(4), SHAPE),
    row(special.inv_boxcox, positive(4) / 4, SHAPE),
    row(special.inv_boxcox1p, positive(4) / 4, SHAPE),
    row(special.expit, 3 * real(4)),
    row(special.logit, np.array([0.05, 0.3, 0.8])),
    row(special.log_expit, 3 * real(4)),
    row(special.entr, positive(4)),
    row(special.rel_entr, positive(2, 1), positive(3, salt=3)),
    row(special.kl_div, positive(3), positive(3, salt=3)),
    row(special.huber, positive(3), 2 * real(3)),
    row(special.pseudo_huber, positive(3), 2 * real(3)),
    row(special.sindg, 30 * real(3)),
    row(special.cosdg, 30 * real(3)),
    row(special.tandg, 30 * real(3)),
    row(special.cotdg, 30 * real(3)),
    row(special.radian, positive(2), positive(2), 1.5),
    row(special.round, real(3)),
    row(special.hyp0f1, positive(3), 3 * real(3)),
    row(special.hyp0f1, positive(3), complexes(3), name="hyp0f1, complex"),
    row(special.hyp1f1, positive(3), positive(3, salt=3), 3 * real(3)),
    row(special.hyp1f1, positive(3), positive(3, salt=3), complexes(3), name="hyp1f1, complex"),
    row(special.hyp2f1, positive(3), positive(3, salt=3), positive(3, salt=1), unit(3)),
    row(special.hyp2f1, positive(2), positive(2, salt=3), positive(2, salt=1), complexes(2) / 4, name="hyp2f1, complex"),
    row(special.hyperu, positive(3), positive(3, salt=3) + 0.06, positive(3, salt=1)),
    row(special.lambertw, complexes(3), 1),
]
