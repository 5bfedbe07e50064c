"""Writes comparison.json: answers of two networks, each trained twice, and what scikit-learn, statsmodels and SciPy
compute from them. Ran with scikit-learn 1.2.1, statsmodels 0.13.5 and SciPy 1.10.1:

    python3 make_comparison.py > comparison.json
"""

import json

import numpy as np
from scipy import stats
from sklearn.calibration import calibration_curve
from sklearn.metrics import accuracy_score, recall_score
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.descriptivestats import sign_test
from statsmodels.stats.proportion import proportion_confint

IMAGES, CLASSES, BINS = 300, 6, 15
random = np.random.default_rng(7)
labels = random.integers(0, CLASSES, IMAGES)
hardness = random.random(IMAGES)


def answers(skill):
    """Predicted labels, more often right for easy images; and how sure they are, to four decimals."""
    right = random.random(IMAGES) < skill * (1.2 - 0.7 * hardness)
    wrong = (labels + random.integers(1, CLASSES, IMAGES)) % CLASSES
    predicted = np.where(right, labels, wrong)
    probability = np.round(np.clip(random.beta(5, 2, IMAGES) + 0.1 * right, 0.2, 1.0), 4)
    return predicted, probability


def interval(statistic, *samples):
    return list(
        stats.bootstrap(
            samples, statistic, paired=True, vectorized=True, n_resamples=100_000, batch=2000,
            method="percentile", random_state=1,
        ).confidence_interval
    )


def mean(a, axis=-1):
    return a.mean(axis=axis)


def difference(a, b, axis=-1):
    return (a - b).mean(axis=axis)


runs = {(network, seed): answers(skill) for network, skill in [("strong", 0.85), ("weak", 0.68)] for seed in (1, 2)}
right = {key: (predicted == labels).astype(float) for key, (predicted, _) in runs.items()}
expected = {}
for network in ("strong", "weak"):
    predicted, probability = runs[network, 1]
    hits = right[network, 1]
    share, sure = calibration_curve(hits, probability, n_bins=BINS, strategy="uniform")
    counts = np.bincount(np.searchsorted(np.linspace(0, 1, BINS + 1)[1:-1], probability), minlength=BINS)
    counts = counts[counts > 0]
    both = (right[network, 1] + right[network, 2]) / 2
    expected[network] = {
        "accuracy": accuracy_score(labels, predicted),
        "interval": interval(mean, hits),
        "wilson": list(proportion_confint(hits.sum(), IMAGES, method="wilson")),
        "recalls": recall_score(labels, predicted, average=None).tolist(),
        "bins": [
            {"images": int(n), "mean_probability": p, "accuracy": a} for n, p, a in zip(counts, sure, share)
        ],
        "expected_calibration_error": float((counts * np.abs(share - sure)).sum() / IMAGES),
        "repeated": {
            "accuracy": both.mean(),
            "deviation": float(np.std([right[network, 1].mean(), right[network, 2].mean()], ddof=1)),
            "interval": interval(mean, both),
        },
    }
a, b = right["strong", 1], right["weak", 1]
table = [[int(((a == i) & (b == j)).sum()) for j in (1, 0)] for i in (1, 0)]
both_a = (right["strong", 1] + right["strong", 2]) / 2
both_b = (right["weak", 1] + right["weak", 2]) / 2
expected["pair"] = {
    "table": table,
    "mcnemar_exact_p": mcnemar(table, exact=True).pvalue,
    "interval": interval(difference, a, b),
    "repeated": {
        "sign_test_p": sign_test(both_a - both_b)[1],
        "difference": difference(both_a, both_b),
        "interval": interval(difference, both_a, both_b),
    },
}
print(
    json.dumps(
        {
            "labels": labels.tolist(),
            "answers": [
                {"network": n, "seed": s, "predicted": p.tolist(), "probability": q.tolist()}
                for (n, s), (p, q) in runs.items()
            ],
            "expected": expected,
        }
    )
)
