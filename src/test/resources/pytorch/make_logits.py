#!/usr/bin/env python3
"""Writes names and shapes of each network's state_dict, and what it answers, for StateDictTest.

    python3 make_logits.py        (PyTorch 1.13 and torchvision 0.14, or newer; writes logits.json beside itself)

Values come from number(name, i) of make_steps.py, by PyTorch's own names: a weight of convolutions and fully connected
layers of fan-in f is sqrt(6 / f) * number, a bias 0.1 * number, a batch normalization's weight 1 + 0.1 * number, its
running mean 0.1 * number and its running variance 1 + 0.5 * number; all are rounded to float32. Pixel i of the two
images is sqrt(3) * number("image", i). Logits are computed in float64; "error" is the farthest that float32 is from them.
"""
import json
import math
import pathlib

import torch
import torchvision
from torch import nn

from make_steps import numbers

CLASSES = 10
SIZES = {"resnet18": 64, "resnet34": 64, "resnet50": 64, "customcnn": 32, "resfcn18": 16}


class HalvingBlock(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.fc1, self.bn1 = nn.Linear(n, n // 2), nn.BatchNorm1d(n // 2)
        self.fc2, self.bn2 = nn.Linear(n // 2, n // 2), nn.BatchNorm1d(n // 2)

    def forward(self, x):
        branch = self.bn2(self.fc2(torch.relu(self.bn1(self.fc1(x)))))
        return torch.relu(branch + pool(x))


def pool(x):
    return nn.functional.avg_pool1d(x[:, None], 3, 2, 1)[:, 0]


class ResFcn18(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.fc1, self.bn1 = nn.Linear(3 * size * size, 4096), nn.BatchNorm1d(4096)
        self.blocks = nn.Sequential(*(HalvingBlock(2048 // 2**i) for i in range(8)))
        self.fc2 = nn.Linear(8, CLASSES)

    def forward(self, x):
        return self.fc2(self.blocks(pool(torch.relu(self.bn1(self.fc1(x.flatten(1)))))))


class CustomCnn(nn.Module):
    def __init__(self):
        super().__init__()
        widths = (3, 32, 64, 128, 256, 512)
        self.features = nn.Sequential()
        for i, o in zip(widths, widths[1:]):
            for layer in (nn.Conv2d(i, o, 3, padding=1), nn.BatchNorm2d(o), nn.ReLU(), nn.AvgPool2d(2)):
                self.features.append(layer)
        self.classifier = nn.Sequential(nn.Linear(512, 256), nn.ReLU(), nn.Linear(256, CLASSES))

    def forward(self, x):
        return self.classifier(self.features(x).flatten(1))


def network(name):
    if name == "resfcn18":
        return ResFcn18(SIZES[name])
    return CustomCnn() if name == "customcnn" else getattr(torchvision.models, name)(num_classes=CLASSES)


def value(name, shape):
    number = numbers(name, tuple(shape))
    if name.endswith("running_var"):
        return 1 + 0.5 * number
    if name.endswith("weight"):
        return 1 + 0.1 * number if len(shape) == 1 else math.sqrt(6 / math.prod(shape[1:])) * number
    return 0.1 * number


@torch.no_grad()
def answer(name):
    net = network(name).eval()
    state = {key: value(key, start.shape).float() if start.dim() else start for key, start in net.state_dict().items()}
    net.load_state_dict(state)
    images = (math.sqrt(3) * numbers("image", (2, 3, SIZES[name], SIZES[name]))).float()
    single = net(images)
    exact = net.double()(images.double())
    return {
        "image_size": SIZES[name],
        "shapes": {key: list(tensor.shape) for key, tensor in state.items()},
        "logits": exact.flatten().tolist(),
        "error": float((single.double() - exact).abs().max()),
    }


if __name__ == "__main__":
    answers = {name: answer(name) for name in SIZES}
    file = pathlib.Path(__file__).with_name("logits.json")
    file.write_text("{\n" + ",\n".join(f'"{name}": {json.dumps(a)}' for name, a in answers.items()) + "\n}\n")
