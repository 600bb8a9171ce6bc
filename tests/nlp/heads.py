"""Components with small random weights, as large as the tests need."""

from __future__ import annotations

from typing import Any

import numpy as np

from kg.model import RelationType, ResultKind, Role
from kg.nlp.encoder import Encoder
from kg.nlp.geometry import ENTITY_FEATURES, LINK_FEATURES, PAIR_FEATURES
from kg.nlp.mentions import TYPES, WIDEST, MentionFinder
from kg.nlp.pieces import SHAPES, WINDOW
from kg.nlp.relations import RelationReader
from kg.nlp.results import SLOTS, ResultReader
from kg.nlp.roles import RoleReader
from kg.nlp.weights import Floats, Weights

WIDTH, PAIR, LINK, KIND, HIDDEN = 8, 6, 4, 3, 5
ROLES = [role.value for role in Role]
RELATIONS = [relation.value for relation in RelationType]
KINDS = [kind.value for kind in ResultKind]


class Random:
    """Draws arrays, always the same for one seed."""

    def __init__(self, seed: int = 0) -> None:
        self._draw = np.random.default_rng(seed)

    def array(self, *shape: int) -> Floats:
        return self._draw.normal(size=shape).astype(np.float16).astype(np.float32)

    def layers(self, **sizes: tuple[int, int]) -> dict[str, Floats]:
        """Return weight and bias of linear layers, named with their sizes in and out."""
        made = {f"{name}.weight": self.array(out, into) for name, (into, out) in sizes.items()}
        return made | {f"{name}.bias": self.array(out) for name, (_, out) in sizes.items()}


def mention_finder(least: float = 0.2, inside: float = 0.4) -> MentionFinder:
    draw, kinds = Random(), len(TYPES)
    arrays = draw.layers(start=(WIDTH, PAIR), end=(WIDTH, PAIR), us=(WIDTH, kinds), ue=(WIDTH, kinds))
    arrays |= {"U": draw.array(PAIR, kinds * PAIR), "width.weight": draw.array(WIDEST, kinds)}
    component = MentionFinder()
    component.weights = Weights(arrays, {"least": least, "inside": inside})
    return component


def role_reader() -> RoleReader:
    draw = Random(1)
    arrays = draw.layers(
        men=(2 * WIDTH, WIDTH), role1=(2 * WIDTH + KIND + ENTITY_FEATURES, HIDDEN), role2=(HIDDEN, len(ROLES))
    )
    component = RoleReader()
    component.weights = Weights(arrays | {"temb.weight": draw.array(len(TYPES), KIND)}, {"classes": ROLES})
    return component


def relation_reader(threshold: float) -> RelationReader:
    draw = Random(2)
    arrays = draw.layers(
        ph=(WIDTH + KIND, PAIR),
        pt=(WIDTH + KIND, PAIR),
        qs=(PAIR, WIDTH),
        qo=(PAIR, WIDTH),
        cx=(WIDTH, PAIR),
        rel1=(4 * PAIR + PAIR_FEATURES + 2 * len(ROLES), HIDDEN),
        rel2=(HIDDEN, len(RELATIONS)),
        rs=(WIDTH, HIDDEN),
        ro=(WIDTH, HIDDEN),
        rp=(WIDTH, HIDDEN),
    )
    settings: dict[str, Any] = {
        "classes": RELATIONS,
        "roles": ROLES,
        "thresholds": dict.fromkeys(RELATIONS, threshold),
    }
    component = RelationReader()
    component.weights = Weights(arrays | {"temb.weight": draw.array(len(TYPES), KIND)}, settings)
    return component


def result_reader(least: float) -> ResultReader:
    draw, slots = Random(3), len(SLOTS)
    arrays = draw.layers(
        fig=(2 * WIDTH, WIDTH),
        kind1=(WIDTH, HIDDEN),
        kind2=(HIDDEN, 1 + len(KINDS)),
        lv=(WIDTH, slots * LINK),
        le=(WIDTH + len(ROLES) + KIND, slots * LINK),
        la=(WIDTH, LINK),
        lb=(WIDTH + len(ROLES) + KIND, LINK),
        lp=(WIDTH, LINK),
        lf=(LINK_FEATURES, LINK),
        lo=(LINK, slots),
        lnone=(WIDTH, slots),
    )
    arrays["temb.weight"] = draw.array(len(TYPES), KIND)
    component = ResultReader()
    component.weights = Weights(arrays, {"classes": KINDS, "least": least})
    return component


def encoder_weights(vocabulary: list[str], *, layers: int = 2, vector: int = 4) -> Weights:
    draw = Random(4)
    arrays = {
        "enc.we.weight": draw.array(len(vocabulary), WIDTH),
        "enc.pe.weight": draw.array(WINDOW, WIDTH),
        "enc.se.weight": draw.array(SHAPES, WIDTH),
        "enc.vec.weight": draw.array(WIDTH, vector),
        "ln.weight": draw.array(WIDTH),
        "ln.bias": draw.array(WIDTH),
        "enc.n.weight": draw.array(WIDTH),
        "enc.n.bias": draw.array(WIDTH),
    }
    for layer in range(layers):
        name = f"enc.layers.{layer}"
        arrays |= draw.layers(
            **{
                f"{name}.qkv": (WIDTH, 3 * WIDTH),
                f"{name}.o": (WIDTH, WIDTH),
                f"{name}.f1": (WIDTH, 2 * WIDTH),
                f"{name}.f2": (2 * WIDTH, WIDTH),
            }
        )
        arrays |= {f"{name}.{norm}.{kind}": draw.array(WIDTH) for norm in ("n1", "n2") for kind in ("weight", "bias")}
    return Weights(arrays, {"heads": 2, "layers": layers, "vocabulary": vocabulary})


def encoder(nlp: Any, vocabulary: list[str]) -> Encoder:
    component = Encoder(nlp.vocab)
    component.weights = encoder_weights(vocabulary)
    return component
