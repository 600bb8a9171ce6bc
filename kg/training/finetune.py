"""Teaching the network the labelled papers."""

from __future__ import annotations

import logging
import random
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch

from kg.training.examples import RELATIONS, Example, Floats, batch_of
from kg.training.network import Encoder, Network
from kg.training.objective import losses

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from torch import Tensor

    from kg.training.examples import Batch
    from kg.training.mpnet import MPNet

    Losses = Callable[[Network, Batch, Sequence[Example]], dict[str, Tensor]]

log = logging.getLogger(__name__)

_AHEAD, _EARLY = 16, 4
_REPORT = 50


@dataclass(frozen=True, slots=True)
class Settings:
    """What was found best on held-out papers; see the table in this folder's README.

    :param rate: highest learning rate of the encoder, ``heads`` that of the heads; both warm up, then fall in a line.
    :param batch: texts a step; ``average``: share that each step has in the averaged parameters that are kept.
    """

    epochs: float = 6
    rate: float = 1.5e-4
    heads: float = 1e-3
    batch: int = 8
    seed: int = 0
    decay: float = 0.01
    warm_up: float = 0.06
    average: float = 0.004


def device() -> torch.device:
    """Return the graphics processor if there is one."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def seeded(seed: int) -> None:
    """Set the seed of everything random."""
    random.seed(seed)
    np.random.seed(seed)  # noqa: NPY002 # libraries draw from the old generator
    torch.manual_seed(seed)


def fall(step: int, steps: int, warm_up: float) -> float:
    """Return the share of the highest learning rate at a step: up in a line, then down in a line."""
    return min(1.0, (step + 1) / max(1.0, warm_up * steps)) * max(0.01, 1 - step / steps)


def finetune(
    examples: Sequence[Example],
    encoder: Encoder | MPNet,
    vectors: Floats,
    settings: Settings,
    relations: int = len(RELATIONS),
    earlier: Mapping[str, Tensor] | None = None,
    losses: Losses = losses,
) -> dict[str, Tensor]:
    """Return the trained parameters by name, averaged over the last steps.

    :param encoder: pre-trained; it is changed.
    :param vectors: word vectors, one row a word.
    :param relations: how many relations the examples tell apart.
    :param earlier: parameters of an earlier training to go on from; what it lacks stays as it is.
    :param losses: what is to become less.
    """
    seeded(settings.seed)
    place = device()
    network = Network(encoder, relations=relations)
    if earlier is not None:
        network.load_state_dict(dict(earlier), strict=False)
    network = network.to(place).train()
    optimizer = _optimizer(network, settings)
    average = {name: p.detach().clone() for name, p in network.named_parameters()}
    steps = max(1, int(settings.epochs * len(examples) / settings.batch))
    seen: list[list[float]] = []
    begun = time.monotonic()
    for step, some in enumerate(_batches(examples, settings.batch, steps)):
        for group, highest in zip(optimizer.param_groups, (settings.rate, settings.heads), strict=True):
            group["lr"] = highest * fall(step, steps, settings.warm_up)
        parts = losses(network, batch_of([one.pieces for one in some], vectors, place), some)
        total = sum(parts.values(), torch.zeros((), device=place))
        optimizer.zero_grad(set_to_none=True)
        total.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        share = max(settings.average, _EARLY / (step + _EARLY))  # else a short training would keep its beginning
        with torch.no_grad():
            torch._foreach_lerp_(list(average.values()), list(network.parameters()), share)
        seen.append([float(loss.detach()) for loss in parts.values()])
        if (step + 1) % _REPORT == 0 or step + 1 == steps:
            means = " ".join(f"{n} {v:.2f}" for n, v in zip(parts, np.mean(seen[-_REPORT:], axis=0), strict=True))
            log.info("step %d of %d, %.0f s: %s", step + 1, steps, time.monotonic() - begun, means)
    return {name: p.cpu() for name, p in average.items()}


def _optimizer(network: Network, settings: Settings) -> torch.optim.Optimizer:
    encoder = list(network.enc.parameters())
    known = {id(p) for p in encoder}
    heads = [p for p in network.parameters() if id(p) not in known]
    return torch.optim.AdamW(
        [{"params": encoder}, {"params": heads}],
        lr=settings.rate,
        weight_decay=settings.decay,
        betas=(0.9, 0.98),
        fused=True,
    )


def _batches(examples: Sequence[Example], size: int, steps: int) -> Iterator[list[Example]]:
    """Yield batches of texts of about one length, in random order."""
    done = 0
    while done < steps:
        order = list(examples)
        random.shuffle(order)
        batches: list[list[Example]] = []
        for start in range(0, len(order), size * _AHEAD):
            some = sorted(order[start : start + size * _AHEAD], key=lambda one: len(one.pieces.ids))
            batches.extend(some[i : i + size] for i in range(0, len(some), size))
        random.shuffle(batches)
        yield from batches[: steps - done]
        done += len(batches)
