"""What the network is taught: the losses of all heads on a batch, added.

Against the annotators' labels, or against what a larger network thinks of each decision (G. Hinton, O. Vinyals,
J. Dean: Distilling the knowledge in a neural network. 2015).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor
from torch.nn import functional

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kg.training.examples import Batch, Example
    from kg.training.network import Network

PARTS = ("mentions", "roles", "relations", "kinds", "links")
_SHARES = {"mentions": 0.1, "roles": 0.07, "relations": 1 / 12, "kinds": 0.5, "links": 0.25}
"""Each head's loss is summed over a text's decisions; these bring the sums to about one size."""
_ALIKE = 2.0
"""Weight of the squared distance between two networks' vectors, which are normalised."""
_LABELS = 0.5
"""Share of the loss that a lesson's own labels have."""
_FAR_BELOW = -1e4


def losses(network: Network, batch: Batch, examples: Sequence[Example]) -> dict[str, Tensor]:
    """Return the loss of each of :data:`PARTS` against the labels, a mean over the texts."""
    words, begins = _words(network, batch, examples)
    sums = _nothing(words)
    scores, counted = _mentions(network, words, begins, examples)
    wanted = _wanted_mentions(scores, begins, examples)
    sums["mentions"] = functional.cross_entropy(scores[counted], wanted[counted], reduction="sum")
    # One split, not a slice a text: the gradient of each slice would be as large as the batch.
    for one, text in zip(examples, words.split([one.pieces.tokens for one in examples]), strict=True):
        for part, loss in _labels(one, _decisions(network, one, text)).items():
            sums[part] = sums[part] + loss
    return {part: _SHARES[part] * total / len(examples) for part, total in sums.items()}


def taught(
    network: Network,
    batch: Batch,
    examples: Sequence[Example],
    teacher: Network,
    seen: Sequence[Tensor],
    peer: Network | None = None,
    labelled: Sequence[bool] = (),
) -> dict[str, Tensor]:
    """Return the loss of each of :data:`PARTS` against the teacher's probabilities, and that of the vectors.

    :param teacher: its heads; ``seen``: for each text the vectors of its tokens that the teacher's encoder gave.
    :param peer: a network of the student's size, whose probabilities count as much as the teacher's; the student's
        vectors are then its own.
    :param labelled: the texts whose labels count as much as the teacher's probabilities; the student's vectors are then
        its own too.
    """
    words, begins = _words(network, batch, examples)
    theirs = torch.cat([vectors.float() for vectors in seen]).to(words.device)
    with torch.no_grad():
        judges = [(teacher, theirs), *([(peer, _words(peer, batch, examples)[0])] if peer else [])]
        wanted = _mean([torch.softmax(_mentions(net, w, begins, examples)[0], -1) for net, w in judges])
    sums = _nothing(words)
    scores, counted = _mentions(network, words, begins, examples)
    sizes = [one.pieces.tokens for one in examples]
    shares = [_LABELS if one else 0.0 for one in labelled or [False] * len(examples)]
    share = torch.tensor(shares).repeat_interleave(torch.tensor(sizes)).to(words.device)[:, None].expand_as(counted)
    sums["mentions"] = _apart(scores[counted], wanted[counted], 1 - share[counted])
    if any(labelled):
        missed = functional.cross_entropy(
            scores[counted], _wanted_mentions(scores, begins, examples)[counted], reduction="none"
        )
        sums["mentions"] = sums["mentions"] + (share[counted] * missed).sum()
    read = [words.split(sizes), *(w.split(sizes) for _, w in judges)]
    for one, own, *texts in zip(examples, shares, *read, strict=True):
        with torch.no_grad():
            thought = [_decisions(net, one, text) for (net, _), text in zip(judges, texts[1:], strict=True)]
            model = {part: _mean([torch.softmax(made[part], -1) for made in thought]) for part in thought[0]}
        made = _decisions(network, one, texts[0])
        wrong = _labels(one, made) if own else {}
        for part, logits in made.items():
            weight = 1 - model["kinds"][:, :1] if part == "links" else 1.0  # no result has no slots
            sums[part] = sums[part] + (1 - own) * _apart(logits, model[part], weight) + own * wrong.get(part, 0.0)
    parts = {part: _SHARES[part] * total / len(examples) for part, total in sums.items()}
    return parts if peer or labelled else parts | {"vectors": _ALIKE * functional.mse_loss(words, theirs)}


def _mean(chances: Sequence[Tensor]) -> Tensor:
    return torch.stack(list(chances)).mean(0)


def _words(network: Network, batch: Batch, examples: Sequence[Example]) -> tuple[Tensor, list[int]]:
    with torch.autocast(batch.ids.device.type, torch.bfloat16):
        words, begins = network.tokens(batch, [one.pieces for one in examples])
    return words.float(), begins  # the heads' products are small: casting them would cost more than it saves


def _nothing(words: Tensor) -> dict[str, Tensor]:
    return {part: torch.zeros((), device=words.device) for part in PARTS}


def _on(array: object, like: Tensor) -> Tensor:
    return torch.as_tensor(array, device=like.device)


def _mentions(
    network: Network, words: Tensor, begins: Sequence[int], examples: Sequence[Example]
) -> tuple[Tensor, Tensor]:
    """Return token × width × (nothing, types) scores, and which of the stretches teach something."""
    scores, counted = network.spans(words, begins)
    skipped = torch.zeros(scores.shape[:2], dtype=torch.bool)
    for one, begin in zip(examples, begins, strict=False):
        for first, width in one.ignored:
            skipped[begin + first, width] = True
    nothing = torch.zeros(*scores.shape[:2], 1, device=words.device)
    return torch.cat([nothing, scores.float()], -1), counted & ~skipped.to(words.device)


def _wanted_mentions(scores: Tensor, begins: Sequence[int], examples: Sequence[Example]) -> Tensor:
    wanted = torch.zeros(scores.shape[:2], dtype=torch.long)
    for one, begin in zip(examples, begins, strict=False):
        for first, width, kind in one.spans:
            wanted[begin + first, width] = kind
    return wanted.to(scores.device)


def _decisions(network: Network, one: Example, words: Tensor) -> dict[str, Tensor]:
    """Return the scores of all decisions on a text's entities and figures, those against the types far below."""
    if not one.places:
        return {}
    vectors = network.entities(words, one.places)
    types = _on(one.types, words)
    made = {"roles": network.roles(vectors, words.mean(0), types, _on(one.features, words))}
    chances = torch.softmax(made["roles"].detach(), -1)
    if one.pairs.shape[1]:
        scores = network.relations(vectors, words, types, chances, _on(one.pairs, words), one.stand)
        scores = scores.masked_fill(~_on(one.possible, words), _FAR_BELOW)
        made["relations"] = torch.cat([torch.zeros(len(scores), 1, device=words.device), scores], -1)
    if len(one.figures):
        figures = network.figures(words, _on(one.figures, words))
        links = network.links(figures, vectors, words, types, chances, one.found)
        made["kinds"] = network.kinds(figures)
        made["links"] = links.masked_fill(~_on(one.fillers, words)[None], _FAR_BELOW)
    return made


def _labels(one: Example, made: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Return the loss of each part against the labels."""
    found: dict[str, Tensor] = {}
    if "roles" in made:
        found["roles"] = functional.cross_entropy(made["roles"], _on(one.roles, made["roles"]), reduction="sum")
    if "relations" in made:
        found["relations"] = _allowed(made["relations"], _on(one.relations, made["relations"]))
    if "kinds" in made:
        kinds = _on(one.kinds, made["kinds"])
        found["kinds"] = functional.cross_entropy(made["kinds"], kinds, reduction="sum")
        wanted = _on(one.links, kinds)[kinds > 0].flatten()
        found["links"] = _allowed(made["links"][kinds > 0].flatten(0, 1), wanted)
    return found


def _allowed(scores: Tensor, wanted: Tensor) -> Tensor:
    """Return the summed cross entropy where the wanted answer is one that the types allow: annotators err too."""
    allowed = scores[torch.arange(len(wanted), device=scores.device), wanted] > _FAR_BELOW / 2
    return functional.cross_entropy(scores[allowed], wanted[allowed], reduction="sum")


def _apart(scores: Tensor, chances: Tensor, weight: Tensor | float = 1.0) -> Tensor:
    """Return the weighted sum of how far each decision is from the teacher's probabilities (Kullback and Leibler)."""
    apart = functional.kl_div(torch.log_softmax(scores, -1), chances, reduction="none").sum(-1)
    return (weight * apart).sum()
