#!/usr/bin/env python3
"""Writes what a few training steps by each optimizer do, in float64, for OptimizersTest and RuleTest.

    python3 make_optimizers.py        (PyTorch 1.13 or newer; writes optimizers.json beside itself)

Parameters, images and labels are those of make_steps.py, the batch the same in every step. SGD, AdamW and the clipping
are PyTorch's; LARS, which PyTorch has not, is written below from the paper (You et al. 2017, arXiv 1708.03888). The file
holds the losses and, for every parameter, how far it has moved from its start in the end: the norm, and some elements.

"small" is AdamW alone, with PyTorch's epsilon and another learning rate in every step: parameters, the gradients of each
step, and where they lead.
"""
import json
import pathlib

import torch
import torch.nn.functional as F

import make_steps

CASES = {"customcnn": (32, 4), "perceptron": (16, 16)}  # pixels, images
STEPS = 3
DECAY = {"weights": 0.05, "norm": 0.02, "biases": 0.03}
CLIP = 0.5


class Trained(make_steps.Step):
    """A network that keeps its parameters from step to step; and one more, small, of fully connected layers."""

    def parameter(self, name, shape, scale, offset=0.0):
        return self.parameters[name] if name in self.parameters else super().parameter(name, shape, scale, offset)


    def perceptron(self, x):
        x = self.relu(self.bn("fc1-bn", self.linear("fc1", x.flatten(1), 384)))
        return self.linear("probabilities", self.relu(self.linear("fc2", x, 96)), make_steps.CLASSES)


class Lars:
    """Algorithm 1 of the paper, with its trust ratio for weights; others have neither that nor decay."""

    def __init__(self, parameters, rate, momentum, decay, coefficient):
        self.parameters, self.rate, self.momentum, self.decay, self.coefficient = parameters, rate, momentum, decay, coefficient
        self.velocities = {name: torch.zeros_like(value) for name, value in parameters.items()}

    @torch.no_grad()
    def step(self):
        for name, w in self.parameters.items():
            local, gradient = 1.0, w.grad
            if name.endswith("_W"):
                local = self.coefficient * w.norm() / (w.grad.norm() + self.decay * w.norm())
                gradient = w.grad + self.decay * w
            self.velocities[name].mul_(self.momentum).add_(self.rate * local * gradient)
            w.sub_(self.velocities[name])


def kind(name):
    return "weights" if name.endswith("_W") else "norm" if name.endswith("_gamma") else "biases"


def groups(parameters):
    return [
        {"params": [value for name, value in parameters.items() if kind(name) == of], "weight_decay": decay}
        for of, decay in DECAY.items()
    ]


def optimizer(method, parameters):
    if method == "adamw":
        return torch.optim.AdamW(groups(parameters), lr=0.002, betas=(0.8, 0.99), eps=1e-4)
    if method == "lars":
        return Lars(parameters, 0.1, 0.9, DECAY["weights"], 0.1)
    return torch.optim.SGD(groups(parameters), lr=0.01, momentum=0.9, nesterov=True)


def train(network, name, size, images, method):
    step = Trained(torch.float64)
    pixels = make_steps.batch(name, size, images, torch.float64)
    labels = torch.arange(images) % make_steps.CLASSES
    losses, used, start = [], None, {}
    for _ in range(STEPS):
        loss = F.cross_entropy(getattr(step, network)(pixels), labels)
        if used is None:
            start = {name: value.detach().clone() for name, value in step.parameters.items()}
            used = optimizer(method, step.parameters)
        for value in step.parameters.values():
            value.grad = None
        loss.backward()
        if method == "clip":
            norm = torch.nn.utils.clip_grad_norm_(step.parameters.values(), CLIP)
            assert norm > 2 * CLIP
        used.step()
        losses.append(make_steps.short(loss))
    return {
        "losses": losses,
        "moved": {
            name: {
                "norm": make_steps.short((value - start[name]).norm()),
                "samples": [make_steps.short((value - start[name]).detach().flatten()[i * value.numel() // 4]) for i in range(4)],
            }
            for name, value in step.parameters.items()
        },
    }


def small():
    w = make_steps.numbers("small", (24,)).float().double().requires_grad_()
    gradients = make_steps.numbers("gradients", (4, 24)).float().double() ** 3
    start, used = w.detach().tolist(), torch.optim.AdamW([w], weight_decay=0.01)
    for step in range(4):
        used.param_groups[0]["lr"] = 0.001 * (step + 1)
        w.grad = gradients[step].clone()
        used.step()
    state = used.state[w]
    return {
        "start": start,
        "gradients": gradients.tolist(),
        "end": w.detach().tolist(),
        "mean": state["exp_avg"].tolist(),
        "square": state["exp_avg_sq"].tolist(),
    }


def main():
    torch.set_num_threads(2)
    make_steps.Step = Trained  # which has one network more
    found = {"small": small()}
    for network, (size, images) in CASES.items():
        [name] = make_steps.batches(network, size, images, 1)
        found[network] = {"image_size": size, "images": images, "images_name": name, "classes": make_steps.CLASSES}
        for method in ("sgd", "adamw", "lars", "clip"):
            found[network][method] = train(network, name, size, images, method)
            print(network, method, found[network][method]["losses"], flush=True)
    pathlib.Path(__file__).with_name("optimizers.json").write_text(json.dumps(found) + "\n")


if __name__ == "__main__":
    main()
