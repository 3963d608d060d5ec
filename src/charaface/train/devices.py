"""Where a training computes: the device, its precision, its threads, and the other processes of torchrun."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import cv2
import torch
from torch import Tensor, distributed, nn


@dataclass(frozen=True)
class Crew:
    """The processes that train one network together; one of its own without torchrun."""

    rank: int = 0
    size: int = 1

    @property
    def leads(self) -> bool:
        """Whether this process writes what there is to write."""
        return self.rank == 0

    def rows(self, batch: int) -> slice:
        """This process's rows of a batch. Raises ValueError where it does not divide evenly."""
        if batch % self.size:
            raise ValueError(f"a batch of {batch} does not divide among {self.size} processes")
        share = batch // self.size
        return slice(self.rank * share, (self.rank + 1) * share)

    def mean(self, tensors: list[Tensor]) -> None:
        """Replaces each tensor by its mean over all processes."""
        if self.size == 1:
            return
        flat = torch.cat([t.detach().reshape(-1).float() for t in tensors])
        distributed.all_reduce(flat)
        flat /= self.size
        for tensor, values in zip(tensors, flat.split([t.numel() for t in tensors]), strict=True):
            tensor.copy_(values.view_as(tensor))

    def agree(self, net: nn.Module) -> None:
        """Gives every process the weights and statistics of the one that leads."""
        if self.size > 1:
            for value in net.state_dict().values():
                distributed.broadcast(value, 0)

    def any(self, flag: bool, device: torch.device) -> bool:
        """Whether it is so in any process."""
        if self.size == 1:
            return flag
        told = torch.tensor(float(flag), device=device)
        distributed.all_reduce(told, op=distributed.ReduceOp.MAX)
        return bool(told.item())

    def wait(self) -> None:
        """Returns when every process has come here."""
        if self.size > 1:
            distributed.barrier()


@contextmanager
def crew(device: torch.device) -> Iterator[Crew]:
    """The processes that torchrun started, joined for the time of the block; alone without it."""
    size = int(os.environ.get("WORLD_SIZE", "1"))
    if size == 1:
        yield Crew()
        return
    distributed.init_process_group("nccl" if device.type == "cuda" else "gloo")
    try:
        yield Crew(distributed.get_rank(), size)
    finally:
        distributed.destroy_process_group()


def device_of(name: str | None) -> torch.device:
    """The device of a name, or without one what there is; one of several by the rank that torchrun gave."""
    if name is None:
        name = "cuda" if torch.cuda.is_available() else "cpu"
    rank = os.environ.get("LOCAL_RANK")
    return torch.device(f"cuda:{rank}" if name == "cuda" and rank else name)


def has_bf16(device: torch.device) -> bool:
    """Whether mixed precision is faster there than float32: on accelerators, and on processors from AVX-512 on."""
    return device.type != "cpu" or torch.backends.cpu.get_cpu_capability().startswith("AVX512")


@contextmanager
def fixed_threads(count: int) -> Iterator[None]:
    """Fixes the threads of torch and OpenCV: sums in another order are other bits."""
    old, old_cv = torch.get_num_threads(), cv2.getNumThreads()
    torch.set_num_threads(count)
    cv2.setNumThreads(1)
    try:
        yield
    finally:
        torch.set_num_threads(old)
        cv2.setNumThreads(old_cv)
