#!/usr/bin/env python3
"""Trains a network in PyTorch by the recipe of the preset dogs-plain, to hold Kennel's accuracy against.

    train_in_pytorch.py resnet18 --images DIR --train-list FILE --test-list FILE --learning-rate 0.05 --seed 1

The images and lists are those that `kennel train` takes. Prints a line of JSON for every epoch. Needs PyTorch 1.13 and
torchvision 0.14, or newer; half of the time goes to page faults unless the allocator keeps its memory (glibc:
MALLOC_TRIM_THRESHOLD_=17179869184 MALLOC_MMAP_THRESHOLD_=8589934592 MALLOC_TOP_PAD_=1073741824).

The recipe: SGD with Nesterov momentum 0.9 and weight decay 5e-4 of weights; a one-cycle learning rate, which rises from a
25th of its peak over the first 15 % of the steps and falls to a 250,000th, both along a cosine; images shifted by up to
a tenth of their side in both directions, zeros outside, and flipped with probability 1/2.

--workers W --averaging-frequency F trains as W workers do whose parameters, running statistics and momentum are
averaged after every F steps and at the end of an epoch: W replicas take turns. A step takes the next W * batch images
of the epoch's order, which the workers share. --frequent S averages after each of the first S (a share) of all steps.
"""
import argparse
import copy
import json
import pathlib
import time

import numpy as np
import torch
import torchvision
from PIL import Image
from torch import nn
from torch.nn.functional import cross_entropy, pad


class Block(nn.Module):
    """ResFCN18's residual block of two fully connected layers, which halves the features."""

    def __init__(self, features):
        super().__init__()
        half = features // 2
        self.branch = nn.Sequential(
            nn.Linear(features, half), nn.BatchNorm1d(half), nn.ReLU(), nn.Linear(half, half), nn.BatchNorm1d(half)
        )
        self.shortcut = nn.AvgPool1d(3, 2, 1)

    def forward(self, x):
        return torch.relu(self.branch(x) + self.shortcut(x))


def resfcn18(classes, size):
    first = [nn.Flatten(), nn.Linear(3 * size * size, 4096), nn.BatchNorm1d(4096), nn.ReLU(), nn.AvgPool1d(3, 2, 1)]
    return nn.Sequential(*first, *[Block(2048 >> i) for i in range(8)], nn.Linear(8, classes))


class Images:
    """Pixels and labels of the images of a list, of any form as squares of one size."""

    def __init__(self, folder, paths, classes, size, order):
        pixels = []
        for path in paths:
            with Image.open(folder / path) as image:
                pixels.append(np.asarray(image.convert("RGB").resize((size, size), Image.BILINEAR)))
        self.pixels = torch.from_numpy(np.stack(pixels)).permute(0, 3, 1, 2).contiguous()
        self.labels = torch.tensor([classes.index(pathlib.PurePath(path).parent.name) for path in paths])
        self.shift, self.order = size // 10, order

    def __len__(self):
        return len(self.labels)

    def plain(self, which):
        mean, deviation = torch.tensor([[0.485, 0.456, 0.406], [0.229, 0.224, 0.225]]).view(2, 1, 3, 1, 1)
        return ((self.pixels[which] / 255.0 - mean) / deviation).contiguous(memory_format=self.order)

    def varied(self, which):
        size = self.pixels.shape[-1]
        wide = pad(self.plain(which), (self.shift,) * 4)
        corners = torch.randint(2 * self.shift + 1, (len(which), 2)).tolist()
        cut = torch.stack([x[:, top : top + size, left : left + size] for x, (top, left) in zip(wide, corners)])
        flipped = (torch.rand(len(which)) < 0.5).view(-1, 1, 1, 1)
        return torch.where(flipped, cut.flip(3), cut).contiguous(memory_format=self.order)


class Worker:
    """A replica of the network, with its optimizer and schedule."""

    def __init__(self, network, rate, steps):
        self.network = network
        weights = [p for p in network.parameters() if p.dim() > 1]
        others = [p for p in network.parameters() if p.dim() == 1]
        groups = [{"params": weights, "weight_decay": 5e-4}, {"params": others, "weight_decay": 0.0}]
        self.optimizer = torch.optim.SGD(groups, lr=rate, momentum=0.9, nesterov=True)
        self.schedule = torch.optim.lr_scheduler.OneCycleLR(
            self.optimizer, rate, total_steps=steps, pct_start=0.15, cycle_momentum=False
        )

    def step(self, x, y):
        """The sum of the batch's losses, and how many of its images were answered right."""
        self.optimizer.zero_grad(set_to_none=True)
        output = self.network(x)
        loss = cross_entropy(output, y)
        loss.backward()
        self.optimizer.step()
        self.schedule.step()
        return loss.item() * len(y), (output.argmax(1) == y).sum().item()

    def state(self):
        parameters = list(self.network.parameters())
        statistics = [b for b in self.network.buffers() if b.is_floating_point()]
        momentum = [self.optimizer.state[p]["momentum_buffer"] for p in parameters]
        return [t.detach() for t in parameters + statistics + momentum]


def average(workers):
    for same in zip(*[worker.state() for worker in workers]):
        mean = torch.stack(same).mean(0)
        for tensor in same:
            tensor.copy_(mean)


def test(network, images):
    network.eval()
    loss, right, among_five = 0.0, 0, 0
    with torch.no_grad():
        for which in torch.arange(len(images)).split(256):
            output, y = network(images.plain(which)), images.labels[which]
            loss += cross_entropy(output, y, reduction="sum").item()
            best = output.topk(min(5, output.shape[1]), 1).indices
            right += (best[:, 0] == y).sum().item()
            among_five += (best == y[:, None]).any(1).sum().item()
    network.train()
    n = len(images)
    return {"test_loss": loss / n, "test_accuracy": right / n, "test_top5_accuracy": among_five / n}


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("network", help="resfcn18, or one of torchvision's: resnet18, resnet34, resnet50")
    parser.add_argument("--images", type=pathlib.Path, required=True, help="the folder of the classes' folders")
    parser.add_argument("--train-list", type=pathlib.Path, required=True, help="CLASS/FILE, one a line")
    parser.add_argument("--test-list", type=pathlib.Path, required=True)
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--image-size", type=int, default=64)
    parser.add_argument("--batch-size", type=int, default=64, help="of each worker")
    parser.add_argument("--learning-rate", type=float, default=0.05, help="the schedule's peak")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--averaging-frequency", type=int, default=4, help="steps between two averagings")
    parser.add_argument("--frequent", type=float, default=0, help="share of the steps, the first, averaged after each")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args()


def main():
    of = arguments()
    torch.manual_seed(of.seed)
    torch.set_num_threads(of.threads)
    train_paths, test_paths = of.train_list.read_text().split("\n"), of.test_list.read_text().split("\n")
    train_paths, test_paths = [p for p in train_paths if p], [p for p in test_paths if p]
    classes = sorted({pathlib.PurePath(path).parent.name for path in train_paths})
    is_connected = of.network == "resfcn18"
    order = torch.contiguous_format if is_connected else torch.channels_last
    train, tested = (Images(of.images, paths, classes, of.image_size, order) for paths in (train_paths, test_paths))
    n, w = len(train), of.workers
    steps = -(-n // (w * of.batch_size))
    if is_connected:
        network = resfcn18(len(classes), of.image_size)
    else:
        network = getattr(torchvision.models, of.network)(num_classes=len(classes)).to(memory_format=order)
    workers = [Worker(copy.deepcopy(network), of.learning_rate, of.epochs * steps) for _ in range(w)]
    for epoch in range(1, of.epochs + 1):
        start, loss, right = time.perf_counter(), 0.0, 0
        shuffled = torch.randperm(n)
        for step in range(steps):
            shared = shuffled[step * n // steps : (step + 1) * n // steps]
            for i, worker in enumerate(workers):
                which = shared[i * len(shared) // w : (i + 1) * len(shared) // w]
                of_batch = worker.step(train.varied(which), train.labels[which])
                loss, right = loss + of_batch[0], right + of_batch[1]
            is_early = (epoch - 1) * steps + step < of.frequent * of.epochs * steps
            if w > 1 and (is_early or (step + 1) % of.averaging_frequency == 0 or step == steps - 1):
                average(workers)
        seconds = time.perf_counter() - start
        figures = {"train_loss": loss / n, "train_accuracy": right / n, **test(workers[0].network, tested)}
        figures["images_per_second"] = n / seconds
        print(json.dumps({"epoch": epoch, **{k: round(v, 4) for k, v in figures.items()}}), flush=True)


main()
