"""What the network is taught: the losses of all heads on a batch, added."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor
from torch.nn import functional

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kg.training.examples import Batch, Example
    from kg.training.network import Network

PARTS = ("mentions", "roles", "relations", "kinds", "links")
_SHARES = {"mentions": 0.1, "roles": 0.07, "relations": 1 / 12, "kinds": 0.5, "links": 0.25}
"""Each head's loss is summed over a text's decisions; these bring the sums to about one size."""
_FAR_BELOW = -1e4


def losses(network: Network, batch: Batch, examples: Sequence[Example]) -> dict[str, Tensor]:
    """Return the loss of each of :data:`PARTS`, a mean over the texts."""
    with torch.autocast(batch.ids.device.type, torch.bfloat16):
        words, begins = network.tokens(batch, examples)
    words = words.float()  # the heads' products are small: casting them would cost more than it saves
    sums = {part: torch.zeros((), device=words.device) for part in PARTS}
    sums["mentions"] = _mentions(network, words, begins, examples)
    # One split, not a slice a text: the gradient of each slice would be as large as the batch.
    for one, text in zip(examples, words.split([one.tokens for one in examples]), strict=True):
        if not one.places:
            continue
        vectors = network.entities(text, one.places)
        types = _on(one.types, words)
        roles = network.roles(vectors, text.mean(0), types, _on(one.features, words))
        sums["roles"] = sums["roles"] + functional.cross_entropy(roles, _on(one.roles, words), reduction="sum")
        if one.pairs.shape[1]:
            sums["relations"] = sums["relations"] + _relations(network, one, vectors, text, types, roles)
        if len(one.figures):
            figures = network.figures(text, _on(one.figures, words))
            kinds = network.kinds(figures)
            sums["kinds"] = sums["kinds"] + functional.cross_entropy(kinds, _on(one.kinds, words), reduction="sum")
            sums["links"] = sums["links"] + _links(network, one, figures, vectors, text, types, roles)
    return {part: _SHARES[part] * total / len(examples) for part, total in sums.items()}


def _on(array: object, like: Tensor) -> Tensor:
    return torch.as_tensor(array, device=like.device)


def _mentions(network: Network, words: Tensor, begins: Sequence[int], examples: Sequence[Example]) -> Tensor:
    scores, counted = network.spans(words, begins)
    wanted = torch.zeros(scores.shape[:2], dtype=torch.long)
    skipped = torch.zeros(scores.shape[:2], dtype=torch.bool)
    for one, begin in zip(examples, begins, strict=False):
        for first, width in one.ignored:
            skipped[begin + first, width] = True
        for first, width, kind in one.spans:
            wanted[begin + first, width] = kind
    counted = counted & ~skipped.to(words.device)
    nothing = torch.zeros(*scores.shape[:2], 1, device=words.device)
    scores = torch.cat([nothing, scores.float()], -1)[counted]
    return functional.cross_entropy(scores, wanted.to(words.device)[counted], reduction="sum")


def _relations(network: Network, one: Example, vectors: Tensor, words: Tensor, types: Tensor, roles: Tensor) -> Tensor:
    chances = torch.softmax(roles.detach(), -1)
    pairs = _on(one.pairs, words)
    scores = network.relations(vectors, words, types, chances, pairs, one.stand)
    scores = scores.masked_fill(~_on(one.possible, words), _FAR_BELOW)
    scores = torch.cat([torch.zeros(len(scores), 1, device=words.device), scores], -1)
    return _cross_entropy(scores, _on(one.relations, words))


def _links(
    network: Network, one: Example, figures: Tensor, vectors: Tensor, words: Tensor, types: Tensor, roles: Tensor
) -> Tensor:
    results = _on(one.kinds, figures) > 0
    chances = torch.softmax(roles.detach(), -1)
    scores = network.links(figures, vectors, words, types, chances, one.found)
    scores = scores.masked_fill(~_on(one.fillers, figures)[None], _FAR_BELOW)
    return _cross_entropy(scores[results].flatten(0, 1), _on(one.links, figures)[results].flatten())


def _cross_entropy(scores: Tensor, wanted: Tensor) -> Tensor:
    """Return the summed cross entropy where the wanted answer is one that the types allow: annotators err too."""
    allowed = scores[torch.arange(len(wanted), device=scores.device), wanted] > _FAR_BELOW / 2
    return functional.cross_entropy(scores[allowed], wanted[allowed], reduction="sum")
