"""Writes test/fixtures/statistics.json: seeded inputs, and what SciPy, statsmodels and scikit-learn
make of them. Run by hand; the unit tests of src/scoring/statistics read the file."""

import itertools
import json
from pathlib import Path

import numpy as np
from scipy import optimize, special, stats
from sklearn.metrics import cohen_kappa_score
from statsmodels.nonparametric.smoothers_lowess import lowess
from statsmodels.stats.proportion import proportion_confint

OUT = Path(__file__).parent.parent / "fixtures" / "statistics.json"
rng = np.random.default_rng(20240501)
Z2 = stats.chi2.ppf(0.95, 1)


def listed(values, digits=6):
    """Rounded inputs: what is written is what is computed with."""
    return [round(float(v), digits) for v in values]


def wilson():
    cases = [(0, 1), (1, 1), (0, 12), (12, 12), (7, 10), (437, 612), (0.5, 3), (31.5, 64)]
    rows = []
    for k, n in cases:
        low, high = proportion_confint(k, n, alpha=0.05, method="wilson")
        rows.append({"successes": k, "cases": n, "low": float(low), "high": float(high)})
    return rows


def tau():
    rows = []
    for size, levels in [(2, 2), (4, 9), (4, 3), (9, 3), (30, 12), (5, 1)]:
        a, b = rng.integers(0, levels, size).tolist(), rng.integers(0, levels, size).tolist()
        value = stats.kendalltau(a, b, variant="b").statistic
        rows.append({"a": a, "b": b, "tau": None if np.isnan(value) else float(value)})
    return rows


def kappa():
    first, second = rng.integers(0, 3, 80), rng.integers(0, 3, 80)
    second = np.where(rng.random(80) < 0.6, first, second)
    names = ["better", "tied", "worse"]
    table = [[int(((first == i) & (second == j)).sum()) for j in range(3)] for i in range(3)]
    mirrored = lambda x: 2 - x
    both = cohen_kappa_score(
        np.concatenate([first, mirrored(first)]), np.concatenate([second, mirrored(second)])
    )
    return {
        "table": table,
        "kappa": float(cohen_kappa_score(first, second)),
        "pairs": [[names[a], names[b]] for a, b in zip(first, second)],
        "pairKappa": float(both),
    }


def temperature():
    samples = np.repeat(np.arange(60), 4)
    margins = rng.normal(0, 4, 240)
    sign = np.where(rng.random(240) < special.expit(margins / 2.7), 1, -1)
    margins = np.array(listed(margins * sign))
    likelihood = lambda b: float(special.log_expit(b * margins).sum())
    slope = lambda b: float((margins * special.expit(-b * margins)).sum())
    beta = optimize.brentq(slope, 1e-9, 50, xtol=1e-15, rtol=1e-14)
    doubt = special.expit(-beta * margins)
    scores = np.bincount(samples, margins * doubt)
    inflation = max(1.0, (scores**2).sum() * 60 / 59 / (margins**2 * doubt * (1 - doubt)).sum())
    inside = lambda b: likelihood(b) - likelihood(beta) + Z2 * inflation / 2
    return {
        "samples": samples.tolist(),
        "margins": margins.tolist(),
        "temperature": 1 / beta,
        "low": 1 / optimize.brentq(inside, beta, beta * 20, xtol=1e-15, rtol=1e-14),
        "high": 1 / optimize.brentq(inside, 1e-9, beta, xtol=1e-15, rtol=1e-14),
        "logLikelihood": likelihood(beta) / 240,
        "rawLogLikelihood": likelihood(1) / 240,
    }


def local_regression():
    x = np.array(listed(rng.gamma(2, 60, 120), 0))
    y = np.array(listed(np.log(x + 5) + rng.normal(0, 0.5, 120)))
    rows = []
    for span in (0.3, 2 / 3, 1):
        fitted = lowess(y, x, frac=span, it=0, delta=0, return_sorted=False)
        rows.append({"span": span, "fitted": fitted.tolist()})
    return {"x": x.tolist(), "y": y.tolist(), "fits": rows}


def correlation():
    x, y = listed(rng.integers(1, 30, 50), 0), listed(rng.normal(0, 1, 50))
    y = [round(b + a / 20, 6) for a, b in zip(x, y)]
    return {
        "x": x,
        "y": y,
        "pearson": float(stats.pearsonr(x, y).statistic),
        "spearman": float(stats.spearmanr(x, y).statistic),
    }


def best_of_n():
    """By going through all subsets."""
    rewards, values = listed(rng.normal(0, 3, 7)), listed(rng.normal(0, 3, 7))
    rows = []
    for n in range(1, 8):
        picks = [max(subset, key=lambda i: rewards[i]) for subset in itertools.combinations(range(7), n)]
        rows.append(
            {
                "n": n,
                "reward": float(np.mean([rewards[i] for i in picks])),
                "value": float(np.mean([values[i] for i in picks])),
            }
        )
    return {"rewards": rewards, "values": values, "expected": rows}


def league():
    """statsmodels' logistic regression, ties as two halves by weight, mean strength 0."""
    import statsmodels.api as sm

    names = ["aster", "birch", "cedar", "dogwood"]
    strength = np.array([0.9, 0.2, -0.3, -0.8])
    games = []
    for sample in range(150):
        i, j = rng.choice(4, 2, replace=False)
        lead = special.expit(strength[i] - strength[j])
        draw = rng.random()
        result = 0.5 if draw < 0.1 else float(rng.random() < lead)
        games.append({"sample": sample, "a": names[i], "b": names[j], "result": result})
    # effects coding: the last strength is minus the sum of the others
    code = np.vstack([np.eye(3), -np.ones(3)])
    rows, outcomes, weights = [], [], []
    for game in games:
        x = code[names.index(game["a"])] - code[names.index(game["b"])]
        for outcome, weight in ((1, game["result"]), (0, 1 - game["result"])):
            if weight > 0:
                rows.append(x)
                outcomes.append(outcome)
                weights.append(weight)
    fit = sm.GLM(outcomes, np.array(rows), family=sm.families.Binomial(), freq_weights=weights).fit(
        tol=1e-14, maxiter=200
    )
    full = code @ fit.params
    covariance = code @ np.linalg.inv(-fit.model.hessian(fit.params)) @ code.T
    points = 400 / np.log(10)
    return {
        "comparisons": games,
        "ratings": {n: float(1000 + points * s) for n, s in zip(names, full)},
        "observedErrors": {n: float(points * e) for n, e in zip(names, np.sqrt(np.diag(covariance)))},
    }


def head():
    features, pairs, strength = 12, 90, 3.5
    prior = np.array(listed(rng.normal(0, 0.5, features)))
    truth = prior + rng.normal(0, 0.5, features)
    x = rng.normal(0, 1, (pairs, features))
    flip = np.where(rng.random(pairs) < special.expit(x @ truth), 1, -1)
    x = np.array([listed(row) for row in x * flip[:, None]])

    def loss(w):
        return -special.log_expit(x @ w).sum() + strength / 2 * ((w - prior) ** 2).sum()

    def slope(w):
        return -x.T @ special.expit(-x @ w) + strength * (w - prior)

    def curve(w):
        p = special.expit(x @ w)
        return x.T @ (x * (p * (1 - p))[:, None]) + strength * np.eye(features)

    found = optimize.minimize(loss, prior, jac=slope, hess=curve, method="trust-exact", options={"gtol": 1e-13})
    return {
        "prior": prior.tolist(),
        "strength": strength,
        "pairs": x.tolist(),
        "weights": found.x.tolist(),
        "loss": float(found.fun),
    }


def quantiles():
    values = listed(rng.normal(0, 1, 23))
    shares = [0, 0.025, 0.25, 0.5, 0.9, 1]
    return {"values": values, "shares": shares, "quantiles": np.quantile(values, shares).tolist()}


OUT.write_text(
    json.dumps(
        {
            "normal975": float(stats.norm.ppf(0.975)),
            "chiSquared95": float(Z2),
            "wilson": wilson(),
            "kendall": tau(),
            "kappa": kappa(),
            "temperature": temperature(),
            "localRegression": local_regression(),
            "correlation": correlation(),
            "bestOfN": best_of_n(),
            "league": league(),
            "head": head(),
            "quantile": quantiles(),
        },
        indent=None,
        separators=(",", ":"),
    )
    + "\n"
)
