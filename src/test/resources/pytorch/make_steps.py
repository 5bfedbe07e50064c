#!/usr/bin/env python3
"""Writes what one training step of each network does in PyTorch, for OneStepTest to hold Kennel's step against.

    python3 make_steps.py        (PyTorch 1.13 or newer; writes NETWORK.json beside itself)

Parameters, images and labels come from formulas that the test computes too:

* number(name, i) in [-1, 1): i plus the CRC-32 of the name, mixed by MurmurHash3's 32-bit finalizer, over 2^31, less 1;
* element i (in PyTorch's order) of a weight of fan-in f: sqrt(6 / f) * number; of a bias: 0.1 * number; of a batch
  normalization's weight: 1 + 0.1 * number; running means start at 0, running variances at 1;
* pixel i of the batch, in the order [image, channel, row, column]: sqrt(3) * number(images_name, i); image n is of
  class n modulo their number.

What rounding does to a step is to be seen, not what it does when it decides whether ReLU passes an activation: that
changes gradients by a thousand times as much. So batches are small, and of many batches ("image0", "image1" and so on)
those are taken whose activation nearest to 0 is the farthest from it. They are several because how far rounding leads
in one of them is chance.

The step is SGD with rate 0.01 and Nesterov momentum 0.9 from rest, so that a parameter moves by -0.019 * gradient. It is
taken in float64 and, with images in PyTorch's plain order and with channels last, in float32 and in bfloat16 (autocast).
Each file holds the losses and, for every parameter and running statistic, the norm of its update and some of its
elements, evenly spaced.
"""
import json
import math
import pathlib
import zlib

import numpy as np
import torch
import torch.nn.functional as F

CLASSES = 10
CASES = {  # pixels, images, batches taken
    "resnet18": (64, 8, 4),
    "resnet50": (64, 8, 4),
    "customcnn": (32, 4, 12),
    "resfcn18": (16, 16, 4),
}
SAMPLES = 4
DRAWS = 80  # of batches


def numbers(name, shape):
    x = (np.arange(math.prod(shape), dtype=np.uint64) + zlib.crc32(name.encode())) & 0xFFFFFFFF
    for shift, factor in ((16, 0x85EBCA6B), (13, 0xC2B2AE35)):
        x ^= x >> np.uint64(shift)
        x = (x * np.uint64(factor)) & np.uint64(0xFFFFFFFF)
    x ^= x >> np.uint64(16)
    return torch.from_numpy(x.astype(np.float64) / 2**31 - 1).reshape(shape)


class Step:
    """One network's parameters, made as its layers ask for them."""

    def __init__(self, dtype):
        self.dtype, self.parameters, self.statistics = dtype, {}, {}
        self.nearest = math.inf  # of the activations before ReLU, to 0

    def parameter(self, name, shape, scale, offset=0.0):
        value = (offset + scale * numbers(name, shape)).float().to(self.dtype)  # the same start in every precision
        self.parameters[name] = value.requires_grad_()
        return value

    def conv(self, name, x, out, kernel, stride=1, bias=False):
        shape = (out, x.shape[1], kernel, kernel)
        w = self.parameter(name + "_W", shape, math.sqrt(6 / math.prod(shape[1:])))
        b = self.parameter(name + "_b", (out,), 0.1) if bias else None
        return F.conv2d(x, w, b, stride, (kernel - 1) // 2)

    def linear(self, name, x, out):
        w = self.parameter(name + "_W", (out, x.shape[1]), math.sqrt(6 / x.shape[1]))
        return F.linear(x, w, self.parameter(name + "_b", (out,), 0.1))

    def bn(self, name, x):
        n = x.shape[1]
        gamma = self.parameter(name + "_gamma", (n,), 0.1, 1.0)
        beta = self.parameter(name + "_beta", (n,), 0.1)
        mean, variance = torch.zeros(n, dtype=self.dtype), torch.ones(n, dtype=self.dtype)
        self.statistics[name + "_mean"], self.statistics[name + "_var"] = (mean, 0.0), (variance, 1.0)
        return F.batch_norm(x, mean, variance, gamma, beta, training=True)

    def relu(self, x):
        self.nearest = min(self.nearest, float(x.detach().abs().min()))
        return F.relu(x)

    def conv_bn_relu(self, name, x, out, kernel, stride=1):
        return self.relu(self.bn(name + "-bn", self.conv(name, x, out, kernel, stride)))

    def resnet(self, x, blocks, bottleneck):
        x = F.max_pool2d(self.relu(self.bn("stem-bn", self.conv("stem-conv", x, 64, 7, 2))), 3, 2, 1)
        for stage, (count, channels) in enumerate(zip(blocks, (64, 128, 256, 512)), 1):
            for block in range(1, count + 1):
                name = f"stage{stage}" if block == count else f"stage{stage}-block{block}"
                stride = 2 if stage > 1 and block == 1 else 1
                out = 4 * channels if bottleneck else channels
                shortcut = x
                if stride != 1 or x.shape[1] != out:
                    shortcut = self.bn(name + "-shortcut-bn", self.conv(name + "-shortcut", x, out, 1, stride))
                if bottleneck:
                    x = self.conv_bn_relu(name + "-conv1", x, channels, 1)
                    x = self.conv_bn_relu(name + "-conv2", x, channels, 3, stride)
                    x = self.bn(name + "-conv3-bn", self.conv(name + "-conv3", x, out, 1))
                else:
                    x = self.conv_bn_relu(name + "-conv1", x, channels, 3, stride)
                    x = self.bn(name + "-conv2-bn", self.conv(name + "-conv2", x, channels, 3))
                x = self.relu(x + shortcut)
        return self.linear("probabilities", x.mean((2, 3)), CLASSES)

    def resnet18(self, x):
        return self.resnet(x, (2, 2, 2, 2), False)

    def resnet50(self, x):
        return self.resnet(x, (3, 4, 6, 3), True)

    def customcnn(self, x):
        for stage, channels in enumerate((32, 64, 128, 256, 512), 1):
            x = self.relu(self.bn(f"stage{stage}-bn", self.conv(f"stage{stage}-conv", x, channels, 3, bias=True)))
            x = F.avg_pool2d(x, 2, 2)
        return self.linear("probabilities", self.relu(self.linear("fc", x.flatten(1), 256)), CLASSES)

    def resfcn18(self, x):
        def pool(rows):
            return F.avg_pool1d(rows.unsqueeze(1), 3, 2, 1).squeeze(1)

        x = pool(self.relu(self.bn("stem-fc-bn", self.linear("stem-fc", x.flatten(1), 4096))))
        for block in range(8):
            stage, name = block // 2 + 1, f"stage{block // 2 + 1}" + ("-block1" if block % 2 == 0 else "")
            half = x.shape[1] // 2
            y = self.relu(self.bn(name + "-fc1-bn", self.linear(name + "-fc1", x, half)))
            x = self.relu(self.bn(name + "-fc2-bn", self.linear(name + "-fc2", y, half)) + pool(x))
        return self.linear("probabilities", x, CLASSES)


def short(number):
    return float(f"{float(number):.11g}")


def batch(name, size, images, dtype, order=torch.contiguous_format):
    return (math.sqrt(3) * numbers(name, (images, 3, size, size))).float().to(dtype, memory_format=order)


def batches(network, size, images, taken):
    """The names of the batches whose activations before ReLU are the farthest from 0."""

    def nearest(name):
        step = Step(torch.float64)
        with torch.no_grad():
            getattr(step, network)(batch(name, size, images, torch.float64))
        return step.nearest

    return sorted((f"image{draw}" for draw in range(DRAWS)), key=nearest)[-taken:]


def take(network, name, size, images, dtype, order=torch.contiguous_format, autocast=False):
    """Loss, and by name the norm and some elements of what each parameter and statistic moves by."""
    step = Step(dtype)
    pixels = batch(name, size, images, dtype, order)
    labels = torch.arange(images) % CLASSES
    with torch.cpu.amp.autocast(enabled=autocast, dtype=torch.bfloat16):
        loss = F.cross_entropy(getattr(step, network)(pixels), labels)
    loss.backward()
    updates = {name: -0.019 * value.grad.double() for name, value in step.parameters.items()}
    updates.update({name: value.double() - start for name, (value, start) in step.statistics.items()})
    return {
        "loss": float(loss),
        "updates": {
            name: {
                "norm": short(update.norm()),
                "samples": [short(update.flatten()[i * update.numel() // SAMPLES]) for i in range(SAMPLES)],
            }
            for name, update in updates.items()
        },
    }


def main():
    torch.set_num_threads(2)
    for network, (size, images, taken) in CASES.items():
        steps = []
        for name in batches(network, size, images, taken):
            found = {"images_name": name, "f64": take(network, name, size, images, torch.float64)}
            for precision, autocast in (("f32", False), ("bf16", True)):
                orders = (torch.contiguous_format, torch.channels_last)
                found[precision] = [take(network, name, size, images, torch.float32, order, autocast) for order in orders]
            steps.append(found)
            print(network, name, found["f64"]["loss"], [step["loss"] for step in found["f32"] + found["bf16"]], flush=True)
        target = pathlib.Path(__file__).with_name(network + ".json")
        found = {"image_size": size, "images": images, "classes": CLASSES, "steps": steps}
        target.write_text(json.dumps(found) + "\n")


if __name__ == "__main__":
    main()
