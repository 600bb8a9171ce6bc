"""The network in torch: the encoder and every head, computing what :mod:`kg.nlp` computes without torch.

Names of parameters are the names of the arrays that ship. Texts of a batch are padded for the encoder alone; after it,
their tokens stand one below the other.
"""

from __future__ import annotations

import math
import random
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from torch.nn import functional

from kg.nlp.geometry import ENTITY_FEATURES, LINK_FEATURES, MOST_PLACES, PAIR_FEATURES
from kg.nlp.mentions import TYPES, WIDEST
from kg.nlp.pieces import SHAPES, WINDOW
from kg.nlp.results import SLOTS
from kg.training.examples import KINDS, RELATIONS, ROLES, Batch

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kg.nlp.geometry import Links, Pairs
    from kg.training.examples import Pieces, Spots
    from kg.training.mpnet import MPNet

WIDTH, HEADS, LAYERS = 384, 12, 6
_INNER = 1536
_SPAN, _PAIR, _LINK, _TYPE, _HIDDEN = 128, 192, 96, 32, 256
_FAR_BELOW = -1e4


class Dropout(nn.Module):
    """Dropout that takes its bits from a pool: on a processor, drawing them anew costs as much as a matrix product."""

    _pool: Tensor | None = None

    def __init__(self, rate: float) -> None:
        super().__init__()
        self.rate = rate

    def forward(self, x: Tensor) -> Tensor:
        """Return ``x`` with a share of its numbers set to 0 and the others scaled up."""
        if not self.training or not self.rate:
            return x
        if x.is_cuda:
            return functional.dropout(x, self.rate)
        return x * self._bits(x.numel()).view(x.shape).to(x.dtype) / (1 - self.rate)

    def _bits(self, size: int) -> Tensor:
        pool = Dropout._pool
        if pool is None or len(pool) < 2 * size:
            pool = Dropout._pool = torch.rand(max(1 << 23, 2 * size)).to(torch.bfloat16)
        start = random.randrange(len(pool) - size)  # noqa: S311 # no secret
        return pool[start : start + size] >= self.rate


class Layer(nn.Module):
    """A layer of BERT: attention, then two products with a GELU between, each added to what came in and normalised."""

    def __init__(self, dropout: float) -> None:
        super().__init__()
        self.qkv, self.o = nn.Linear(WIDTH, 3 * WIDTH), nn.Linear(WIDTH, WIDTH)
        self.f1, self.f2 = nn.Linear(WIDTH, _INNER), nn.Linear(_INNER, WIDTH)
        self.n1, self.n2 = nn.LayerNorm(WIDTH, eps=1e-12), nn.LayerNorm(WIDTH, eps=1e-12)
        self.drop = Dropout(dropout)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """Return the next states; ``mask`` is far below 0 where there is no piece."""
        batch, length, _ = x.shape
        parts = self.qkv(x).view(batch, length, 3, HEADS, WIDTH // HEADS).permute(2, 0, 3, 1, 4).contiguous()
        with torch.autocast(x.device.type, enabled=False):  # else every share would be copied to single precision
            scores = torch.matmul(parts[0] / math.sqrt(WIDTH // HEADS), parts[1].transpose(-1, -2))
            mixed = torch.matmul(torch.softmax(scores + mask.to(parts.dtype), -1), parts[2])
        x = self.n1(x + self.drop(self.o(mixed.transpose(1, 2).reshape(batch, length, WIDTH))))
        return self.n2(x + self.drop(self.f2(functional.gelu(self.f1(x)))))


class Encoder(nn.Module):
    """Pieces to states.

    :param pieces: size of the vocabulary; ``vector``: width of the word vectors.
    """

    def __init__(self, pieces: int, vector: int, dropout: float = 0.1) -> None:
        super().__init__()
        self.we, self.pe, self.se = (
            nn.Embedding(pieces, WIDTH),
            nn.Embedding(WINDOW, WIDTH),
            nn.Embedding(SHAPES, WIDTH),
        )
        self.vec = nn.Linear(vector, WIDTH, bias=False)
        self.n = nn.LayerNorm(WIDTH, eps=1e-12)
        self.layers = nn.ModuleList(Layer(dropout) for _ in range(LAYERS))
        self.drop = Dropout(dropout)
        nn.init.zeros_(self.se.weight)
        nn.init.normal_(self.vec.weight, std=0.002)

    def forward(self, batch: Batch) -> Tensor:
        """Return batch × piece × :data:`WIDTH`."""
        places = torch.arange(batch.ids.shape[1], device=batch.ids.device)
        x = self.we(batch.ids) + self.pe(places)[None] + self.se(batch.shapes) + self.vec(batch.vectors)
        x = self.drop(self.n(x))
        mask = torch.zeros(batch.ids.shape, device=x.device).masked_fill(~batch.real, _FAR_BELOW)[:, None, None, :]
        for layer in self.layers:
            x = layer(x, mask)
        return x


class Network(nn.Module):
    """Encoder and heads; what each head computes stands with its component in :mod:`kg.nlp`."""

    def __init__(self, encoder: Encoder | MPNet, dropout: float = 0.15, relations: int = len(RELATIONS)) -> None:
        super().__init__()
        self.enc = encoder
        self.ln = nn.LayerNorm(WIDTH)
        self.drop = Dropout(dropout)
        self._add_span_head()
        self._add_entity_heads()
        self._add_pair_head(relations)
        self._add_figure_heads()

    def _add_span_head(self) -> None:
        kinds = len(TYPES)
        self.start, self.end = nn.Linear(WIDTH, _SPAN), nn.Linear(WIDTH, _SPAN)
        self.U = nn.Parameter(torch.randn(_SPAN, kinds * _SPAN) * 0.01)
        self.us, self.ue = nn.Linear(WIDTH, kinds), nn.Linear(WIDTH, kinds)
        self.width = nn.Embedding(WIDEST, kinds)
        nn.init.constant_(self.width.weight, -3.0)  # most stretches name nothing

    def _add_entity_heads(self) -> None:
        self.men = nn.Linear(2 * WIDTH, WIDTH)
        self.temb = nn.Embedding(len(TYPES), _TYPE)
        self.role1 = nn.Linear(2 * WIDTH + _TYPE + ENTITY_FEATURES, _HIDDEN)
        self.role2 = nn.Linear(_HIDDEN, len(ROLES))

    def _add_pair_head(self, relations: int) -> None:
        self.ph, self.pt = nn.Linear(WIDTH + _TYPE, _PAIR), nn.Linear(WIDTH + _TYPE, _PAIR)
        self.qs, self.qo, self.cx = nn.Linear(_PAIR, WIDTH), nn.Linear(_PAIR, WIDTH), nn.Linear(WIDTH, _PAIR)
        self.rel1 = nn.Linear(4 * _PAIR + PAIR_FEATURES + 2 * len(ROLES), _HIDDEN)
        self.rel2 = nn.Linear(_HIDDEN, relations)
        self.rs, self.ro, self.rp = (nn.Linear(WIDTH, _HIDDEN) for _ in range(3))

    def _add_figure_heads(self) -> None:
        slots = len(SLOTS)
        self.fig = nn.Linear(2 * WIDTH, WIDTH)
        self.kind1, self.kind2 = nn.Linear(WIDTH, _SPAN), nn.Linear(_SPAN, 1 + len(KINDS))
        entity = WIDTH + len(ROLES) + _TYPE
        self.lv, self.le = nn.Linear(WIDTH, slots * _LINK), nn.Linear(entity, slots * _LINK)
        self.la, self.lb, self.lp = nn.Linear(WIDTH, _LINK), nn.Linear(entity, _LINK), nn.Linear(WIDTH, _LINK)
        self.lf, self.lo = nn.Linear(LINK_FEATURES, _LINK), nn.Linear(_LINK, slots)
        self.lnone = nn.Linear(WIDTH, slots)

    def tokens(self, batch: Batch, texts: Sequence[Pieces]) -> tuple[Tensor, list[int]]:
        """Return the vectors of all tokens, and where each text's begin (with the end of the last)."""
        states, made, begins = self.enc(batch), [], [0]
        for row, text in zip(states, texts, strict=True):
            owners = torch.tensor(text.owners, device=row.device)
            inside = owners >= 0
            sums = torch.zeros(text.tokens, WIDTH, device=row.device)
            sums = sums.index_add(0, owners[inside], row[: len(owners)][inside].float())
            made.append(sums / torch.bincount(owners[inside], minlength=text.tokens).clamp(min=1)[:, None])
            begins.append(begins[-1] + text.tokens)
        return self.ln(torch.cat(made)), begins

    def spans(self, words: Tensor, begins: Sequence[int]) -> tuple[Tensor, Tensor]:
        """Return token × width × type scores, and which stretches stay within their text."""
        count = len(words)
        first, last = self.drop(self.start(words)), self.drop(self.end(words))
        ends = torch.arange(count, device=words.device)[:, None] + torch.arange(WIDEST, device=words.device)[None]
        limits = torch.tensor(begins, device=words.device)
        inside = ends < torch.repeat_interleave(limits[1:], limits[1:] - limits[:-1])[:, None]
        ends = ends.clamp(max=count - 1)
        turned = (first @ self.U.to(first.dtype)).view(count, len(TYPES), -1)
        scores = torch.bmm(last[ends], turned.transpose(1, 2))
        return scores + self.us(words)[:, None] + self.ue(words)[ends] + self.width.weight[None], inside

    def entities(self, words: Tensor, places: Sequence[Spots]) -> Tensor:
        """Return one vector an entity from its mentions' first and last tokens."""
        flat = torch.tensor([place for mine in places for place in mine], device=words.device)
        ends = torch.cat([words[flat[:, 0]], words[flat[:, 1] - 1]], -1)
        mentions = torch.tanh(self.men(self.drop(ends))).float()
        index, row = torch.full((len(places), MOST_PLACES), len(flat), device=words.device), 0
        for entity, mine in enumerate(places):
            index[entity, : len(mine)] = torch.arange(row, row + len(mine))
            row += len(mine)
        padded = torch.cat([mentions, torch.full((1, WIDTH), _FAR_BELOW, device=words.device)])
        return torch.logsumexp(padded[index], 1)

    def roles(self, vectors: Tensor, text: Tensor, types: Tensor, features: Tensor) -> Tensor:
        """Return entity × role scores."""
        x = torch.cat([vectors, text[None].expand(len(vectors), -1), self.temb(types), features], -1)
        return self.role2(self.drop(functional.gelu(self.role1(self.drop(x))))).float()

    def relations(
        self, vectors: Tensor, words: Tensor, types: Tensor, roles: Tensor, pairs: Tensor, stand: Pairs
    ) -> Tensor:
        """Return pair × relation scores; ``pairs`` holds subjects and objects in two rows."""
        x = torch.cat([vectors, self.temb(types)], -1)
        one, two = torch.tanh(self.ph(self.drop(x))), torch.tanh(self.pt(self.drop(x)))
        subjects, objects = pairs
        asked, offered = self.qs(one) @ words.T / 20, self.qo(two) @ words.T / 20
        shared = torch.softmax(asked[subjects] + offered[objects], -1)
        context = torch.tanh(shared @ self.cx(words))
        a, b = one[subjects], two[objects]
        features = torch.as_tensor(stand.features, device=words.device)
        made = torch.cat([a, b, a * b, context, features, roles[subjects], roles[objects]], -1)
        hidden = self.rel1(self.drop(made)) + self._near(self.drop(words), stand)
        return self.rel2(self.drop(functional.gelu(hidden))).float()

    def _near(self, words: Tensor, stand: Pairs) -> Tensor:
        first, second, low, high = torch.as_tensor(stand.spots, device=words.device).unbind(-1)
        along = functional.pad(self.rp(words).float().cumsum(0), (0, 0, 1, 0))
        path = (along[high] - along[low]) / (high - low).clamp(min=1)[:, None]
        return self.rs(words)[first] + self.ro(words)[second] + path

    def figures(self, words: Tensor, figures: Tensor) -> Tensor:
        """Return one vector a figure from its first and last tokens."""
        ends = torch.cat([words[figures[:, 0]], words[figures[:, 1] - 1]], -1)
        return torch.tanh(self.fig(self.drop(ends))).float()

    def kinds(self, figures: Tensor) -> Tensor:
        """Return figure × (no result, kinds) scores."""
        return self.kind2(self.drop(functional.gelu(self.kind1(figures)))).float()

    def links(
        self, figures: Tensor, vectors: Tensor, words: Tensor, types: Tensor, roles: Tensor, found: Links
    ) -> Tensor:
        """Return figure × slot × (entities, none) scores; ``roles`` holds the entities' probabilities."""
        slots = len(SLOTS)
        entities = self.drop(torch.cat([vectors, roles, self.temb(types)], -1))
        asked = self.lv(figures).view(-1, slots, _LINK)
        offered = self.le(entities).view(-1, slots, _LINK)
        fits = torch.einsum("vsp,esp->vse", asked, offered) / 10
        along = functional.pad(self.lp(self.drop(words)).float().cumsum(0), (0, 0, 1, 0))
        first, after = (torch.as_tensor(found.between[..., i], device=words.device) for i in range(2))
        path = (along[after] - along[first]) / (after - first).clamp(min=1)[..., None]
        features = self.lf(torch.as_tensor(found.features, device=words.device))
        seen = functional.gelu(self.la(figures)[:, None] + self.lb(entities)[None] + path + features)
        scores = fits + self.lo(self.drop(seen)).permute(0, 2, 1)
        return torch.cat([scores, self.lnone(figures)[:, :, None]], -1).float()
