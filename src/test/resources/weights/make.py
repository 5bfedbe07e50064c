"""Makes the files beside it, with PyTorch 1.13 and safetensors 0.4 or later.

    python3 src/test/resources/weights/make.py
"""
import argparse
import collections
import os

import torch
from safetensors.torch import save_file

here = os.path.dirname(os.path.abspath(__file__)) + "/"

values = collections.OrderedDict(
    f32=torch.tensor([[1.5, -2.0, 3.25], [0.0, -0.0, 1e-40]]),
    f64=torch.tensor([0.1, -1e300], dtype=torch.float64),
    f16=torch.tensor([1.0, -2.5, 65504.0, 6e-8, float("inf"), float("nan")], dtype=torch.float16),
    bf16=torch.tensor([1.0, -2.5, 3.0e38], dtype=torch.bfloat16),
    i64=torch.tensor(-7),
    i32=torch.tensor([2147483647, -2147483648], dtype=torch.int32),
    i16=torch.tensor([-3], dtype=torch.int16),
    i8=torch.tensor([-128, 127], dtype=torch.int8),
    u8=torch.tensor([255], dtype=torch.uint8),
    bool=torch.tensor([True, False]),
    empty=torch.zeros(0, 3),
)
torch.save(values, here + "types.pth")
torch.save(values, here + "types-plain.pth", _use_new_zipfile_serialization=False)
torch.save(values, here + "types-protocol4.pth", pickle_protocol=4)
save_file(dict(values), here + "types.safetensors", metadata={"format": "pt"})

count = torch.arange(24.0)
orders = {
    "transposed": torch.arange(6.0).view(2, 3).t(),
    "channels_last": torch.arange(24.0).view(2, 3, 2, 2).to(memory_format=torch.channels_last),
    "every_second": torch.arange(24.0)[::2],
    "part": torch.arange(10.0)[3:6],
}
torch.save(orders, here + "orders.pth")
torch.save({"first": count[2:5], "second": count[6:8]}, here + "views.pth")

state = {"module.weight": torch.ones(2), "module.bias": torch.zeros(1)}
torch.save({"epoch": 3, "best": None, "state_dict": state, "steps": [1, 2.5, (True, "x")]}, here + "checkpoint.pth")
torch.save({"weight": torch.nn.Parameter(torch.ones(2))}, here + "parameter.pth")

# Those that are refused.
torch.save({"a": count[2:5], "b": count[4:8]}, here + "overlapping.pth")
torch.save({"a": torch.ones(1).expand(5)}, here + "expanded.pth")
torch.save({"args": argparse.Namespace(lr=0.1), "model": state}, here + "namespace.pth")
torch.save(torch.nn.Linear(2, 1), here + "module.pth")
torch.save([torch.ones(1)], here + "list.pth")
torch.jit.script(torch.nn.Linear(2, 1)).save(here + "script.pth")


class Evil:
    def __reduce__(self):
        return os.system, ("touch /tmp/kennel-was-here",)


torch.save({"weight": torch.ones(1), "x": Evil()}, here + "evil.pth")
torch.save({"weight": torch.ones(1), "x": Evil()}, here + "evil-plain.pth", _use_new_zipfile_serialization=False)
