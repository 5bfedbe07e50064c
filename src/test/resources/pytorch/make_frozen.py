#!/usr/bin/env python3
"""Writes what a training step does in PyTorch when parts of a network are frozen, for FrozenLayersTest.

    python3 make_frozen.py        (PyTorch 1.13 or newer; writes frozen.json beside itself)

Parameters, images, labels and the step are those of make_steps.py, but that batch normalization in a frozen part is
computed as in inference, with running means of 0.1 * number and running variances of 1 + 0.5 * number. Frozen
parameters are not updated. The step is taken in float64 on one batch whose activations before ReLU keep away from 0.
"""
import json
import pathlib

import torch
import torch.nn.functional as F

import make_steps

CASES = {  # pixels, images, frozen parts: below all that is trained, above some of it, and both
    "resnet18": (64, 8, ("stem", "stage1", "stage3")),
    "customcnn": (32, 4, ("stage3", "fc")),
    "resfcn18": (16, 16, ("stem", "stage2")),
}


class Step(make_steps.Step):
    frozen = ()

    def is_frozen(self, name):
        return name.split("-")[0].split("_")[0] in self.frozen

    def bn(self, name, x):
        if not self.is_frozen(name):
            return super().bn(name, x)
        shape = (x.shape[1],)
        gamma = self.parameter(name + "_gamma", shape, 0.1, 1.0)
        beta = self.parameter(name + "_beta", shape, 0.1)
        mean = self.parameter(name + "_mean", shape, 0.1).detach()
        variance = self.parameter(name + "_var", shape, 0.5, 1.0).detach()
        return F.batch_norm(x, mean, variance, gamma, beta, training=False)


def main():
    torch.set_num_threads(2)
    make_steps.Step = Step
    found = {}
    for network, (size, images, frozen) in CASES.items():
        Step.frozen = frozen
        [name] = make_steps.batches(network, size, images, 1)
        step = Step(torch.float64)
        pixels = make_steps.batch(name, size, images, torch.float64)
        loss = F.cross_entropy(getattr(step, network)(pixels), torch.arange(images) % make_steps.CLASSES)
        loss.backward()
        updates = {key: -0.019 * value.grad for key, value in step.parameters.items() if not step.is_frozen(key)}
        updates.update({key: value - start for key, (value, start) in step.statistics.items()})
        found[network] = {
            "image_size": size,
            "images": images,
            "images_name": name,
            "classes": make_steps.CLASSES,
            "frozen": frozen,
            "loss": float(loss),
            "updates": {
                key: {
                    "norm": make_steps.short(update.norm()),
                    "samples": [make_steps.short(update.flatten()[i * update.numel() // 4]) for i in range(4)],
                }
                for key, update in updates.items()
            },
        }
        print(network, name, float(loss), step.nearest, flush=True)
    pathlib.Path(__file__).with_name("frozen.json").write_text(json.dumps(found) + "\n")


if __name__ == "__main__":
    main()
