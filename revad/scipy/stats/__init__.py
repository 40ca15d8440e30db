"""Statistics under SciPy's names: distributions and summary statistics, differentiable in arguments and parameters."""

from importlib import import_module as _import_module
from typing import Any

from revad.base.extras import need

need("scipy.stats", "scipy", "revad.scipy.stats")

from revad.scipy.stats._continuous import DISTRIBUTIONS as _DISTRIBUTIONS
from revad.scipy.stats.summary import energy_distance as energy_distance
from revad.scipy.stats.summary import entropy as entropy
from revad.scipy.stats.summary import gmean as gmean
from revad.scipy.stats.summary import hmean as hmean
from revad.scipy.stats.summary import kendalltau as kendalltau
from revad.scipy.stats.summary import kurtosis as kurtosis
from revad.scipy.stats.summary import linregress as linregress
from revad.scipy.stats.summary import moment as moment
from revad.scipy.stats.summary import pearsonr as pearsonr
from revad.scipy.stats.summary import pmean as pmean
from revad.scipy.stats.summary import rankdata as rankdata
from revad.scipy.stats.summary import sem as sem
from revad.scipy.stats.summary import skew as skew
from revad.scipy.stats.summary import spearmanr as spearmanr
from revad.scipy.stats.summary import trim_mean as trim_mean
from revad.scipy.stats.summary import variation as variation
from revad.scipy.stats.summary import wasserstein_distance as wasserstein_distance
from revad.scipy.stats.summary import zmap as zmap
from revad.scipy.stats.summary import zscore as zscore
from revad.scipy.stats.transformed import boxcox as boxcox
from revad.scipy.stats.transformed import boxcox_llf as boxcox_llf
from revad.scipy.stats.transformed import gaussian_kde as gaussian_kde
from revad.scipy.stats.transformed import yeojohnson as yeojohnson
from revad.scipy.stats.transformed import yeojohnson_llf as yeojohnson_llf

for _family in ("normal_like", "gamma_like", "beta_like", "heavy_tailed", "discrete", "multivariate"):
    _import_module(f"{__name__}.{_family}")


def __getattr__(name: str) -> Any:
    if name in _DISTRIBUTIONS:
        return _DISTRIBUTIONS[name]
    import scipy.stats

    return getattr(scipy.stats, name)
