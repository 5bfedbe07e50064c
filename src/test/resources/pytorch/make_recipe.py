#!/usr/bin/env python3
"""Writes what PyTorch makes of label smoothing, mixup and moving averages, for RecipeTest and MovingAverageTest.

    python3 make_recipe.py        (PyTorch 1.13 or newer; writes recipe.json beside itself)

Four one-pixel images, grey 0, 60, 120 and 255, of classes 0 to 3 of five; the logits of image i and class c are
2 * sin(5 i + c + 1). All in float64.
"""
import json
import math
import pathlib

import torch
import torch.nn.functional as F
from torch.optim.swa_utils import AveragedModel

SMOOTHING = 0.1
CLASSES = 5
GREYS = (0, 60, 120, 255)
SHARE = 0.0448143  # that mixup keeps: the draw of the test's seed
MEAN = torch.tensor([0.485, 0.456, 0.406], dtype=torch.float64)
DEVIATION = torch.tensor([0.229, 0.224, 0.225], dtype=torch.float64)
DECAY = 0.7


def loss(target):
    logits = torch.tensor(
        [[2 * math.sin(5 * i + c + 1) for c in range(CLASSES)] for i in range(len(GREYS))],
        dtype=torch.float64,
        requires_grad=True,
    )
    # of each image by itself, as the gradients of a batch are summed up
    value = F.cross_entropy(logits, target, label_smoothing=SMOOTHING, reduction="sum")
    value.backward()
    return {"loss": float(value) / len(GREYS), "gradient": logits.grad.tolist()}


def mixup():
    images = (torch.tensor(GREYS, dtype=torch.float64)[:, None] / 255 - MEAN) / DEVIATION
    labels = F.one_hot(torch.arange(len(GREYS)), CLASSES).double()
    mixed = SHARE * labels + (1 - SHARE) * labels.roll(1, 0)
    return {"share": SHARE, "images": (SHARE * images + (1 - SHARE) * images.roll(1, 0)).tolist(), **loss(mixed)}


def moving_average():
    """Of six parameters, sin(t + i) before step t, that is followed after every second step."""

    def follow(average, parameter, updates):
        n = updates - 1  # the first only copies
        decay = min(DECAY, (1 + n) / (10 + n))
        return decay * average + (1 - decay) * parameter

    class Parameters(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.values = torch.nn.Parameter(torch.zeros(6, dtype=torch.float64))

        def at(self, t):
            self.values.data = torch.tensor([math.sin(t + i) for i in range(6)], dtype=torch.float64)
            return self

    parameters = Parameters()
    averaged = AveragedModel(parameters.at(0), avg_fn=follow)
    averaged.update_parameters(parameters)
    found = []
    for step in range(60):
        parameters.at(step + 1)
        if (step + 1) % 2 == 0:
            averaged.update_parameters(parameters)
        found.append(averaged.module.values.tolist())
    return {"decay": DECAY, "steps": 2, "after": found}


if __name__ == "__main__":
    recipe = {
        "label_smoothing": SMOOTHING,
        "smoothed": loss(torch.arange(len(GREYS))),
        "mixed": mixup(),
        "moving_average": moving_average(),
    }
    pathlib.Path(__file__).with_name("recipe.json").write_text(json.dumps(recipe) + "\n")
