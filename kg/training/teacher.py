"""``python -m kg.training.teacher``: a larger network that teaches the one that ships.

It learns the labelled papers as the student does, then reads abstracts that nobody labelled. What it finds there, and
how sure it is of every decision, is what the student is taught first (G. Hinton, O. Vinyals, J. Dean: Distilling the
knowledge in a neural network. 2015; X. Jiao et al.: TinyBERT. Findings of EMNLP 2020, for the vectors).
"""

from __future__ import annotations

import copy
import logging
import random
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self

import click
import torch
from spacy.util import minibatch

from kg.model import Extraction, Paper
from kg.nlp.pieces import WordPieces
from kg.nlp.records import to_extraction
from kg.training import finetune, objective
from kg.training.data import Labelled, fold_of, labelled
from kg.training.examples import Example, Pieces, batch_of, example, read_pieces
from kg.training.measure import measure
from kg.training.mpnet import MPNet, mpnet
from kg.training.network import Network
from kg.training.run import Base, equip, join_names, mean_of, parameters, prepared

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from spacy.language import Language
    from spacy.tokens import Doc
    from torch import Tensor

    from kg.training.examples import Batch

log = logging.getLogger("kg.training")

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
LESSONS = finetune.Settings(epochs=1.5, rate=2e-4)
"""How the shipped model learned its lessons; with every pass so far they were still learned better."""
_BATCH, _AHEAD = 8, 40
_REPORT = 1000


@dataclass(frozen=True, slots=True)
class Teacher:
    """A trained larger network with what it reads by: vocabulary and word vectors are its student's."""

    network: Network
    begin: Base

    def save(self, path: Path) -> None:
        """Write the network's parameters to a file."""
        torch.save(self.network.state_dict(), path)

    @classmethod
    def load(cls, path: Path, begin: Base) -> Self:
        """Return what :meth:`save` wrote, for a student that begins as ``begin``."""
        state = torch.load(path)
        network = Network(_encoder(state, begin))
        network.load_state_dict(state)
        return cls(network.to(finetune.device()).eval(), begin)

    def pipeline(self, papers: Sequence[Labelled]) -> Language:
        """Return the pipeline with this network's heads, for documents that have their vectors already."""
        nlp = prepared(self.begin)
        heads = {name: p.cpu().numpy() for name, p in heads_of(self.network.state_dict()).items()}
        equip(nlp, self.begin, heads)
        join_names(nlp, papers)
        nlp.disable_pipe("kg_encoder")
        return nlp

    def read(self, docs: Iterable[Doc]) -> Iterator[tuple[Doc, Tensor]]:
        """Yield each document with its tokens' vectors, also as its ``tensor``; what is past a window has none."""
        split = WordPieces(self.begin.vocabulary)
        for some in minibatch(docs, _BATCH * _AHEAD):  # type: ignore[no-untyped-call]
            for doc, vectors in zip(some, self._vectors([read_pieces(doc, split) for doc in some]), strict=True):
                filled = torch.zeros(len(doc), vectors.shape[1])
                filled[: len(vectors)] = vectors.float()
                doc.tensor = filled.numpy()
                yield doc, vectors

    def _vectors(self, texts: Sequence[Pieces]) -> list[Tensor]:
        """Return token × width of each text, in half precision; texts of about one length go together."""
        place, found = finetune.device(), [torch.empty(0)] * len(texts)
        order = sorted(range(len(texts)), key=lambda row: len(texts[row].ids))
        for first in range(0, len(order), _BATCH):
            rows = order[first : first + _BATCH]
            mine = [texts[row] for row in rows]
            with torch.no_grad(), torch.autocast(place.type, torch.bfloat16):
                words, begins = self.network.tokens(batch_of(mine, self.begin.vectors, place), mine)
            for row, begin, end in zip(rows, begins, begins[1:], strict=False):
                found[row] = words[begin:end].half().cpu()
        return found


def _encoder(state: Mapping[str, Tensor], begin: Base) -> MPNet:
    """Return an encoder of the size of a kept teacher's."""
    return MPNet(len(begin.vocabulary), begin.vectors.shape[1], sum(name.endswith("f1.bias") for name in state))


@dataclass(frozen=True, slots=True)
class Lesson:
    """An abstract as the teacher read it.

    :param vectors: of its tokens, token × width, in half precision.
    :param labelled: its labels are not the teacher's.
    """

    example: Example
    vectors: Tensor
    labelled: bool = False


def drawn(texts: Iterable[str], known: Collection[str], count: int, seed: int, after: int = 0) -> list[str]:
    """Return ``count`` texts that are none of ``known``, drawn at random.

    :param after: how many an earlier drawing with this seed returned, none of which is drawn again.
    """
    seen = set(known)
    others = [text for text in texts if text not in seen]
    gone = set(_some(others, after, seed))
    return _some([text for text in others if text not in gone], count, seed)


def _some(texts: Sequence[str], count: int, seed: int) -> list[str]:
    return random.Random(seed).sample(texts, min(count, len(texts)))  # noqa: S311 # no secret


def lessons(teacher: Teacher, papers: Sequence[Labelled], texts: Sequence[str]) -> Iterator[Lesson]:
    """Yield each text in which the teacher finds entities, with what it finds and its vectors.

    :param papers: labelled ones, from which it is learned which names are one thing.
    """
    nlp, split, begun = teacher.pipeline(papers), WordPieces(teacher.begin.vocabulary), time.monotonic()
    for number, (text, (doc, vectors)) in enumerate(zip(texts, teacher.read(map(nlp.make_doc, texts)), strict=True)):
        title, _, abstract = text.partition("\n")
        paper = Paper(f"unlabelled.{number}", title, abstract)
        line = to_extraction(nlp(doc), paper.id, "").to_gold()
        if line["e"] and paper.text == text:
            one = Labelled(paper, line, Extraction.from_gold(line, text))
            yield Lesson(example(nlp, one, split), vectors)
        if (number + 1) % _REPORT == 0:
            log.info("%d abstracts read by the teacher, %.0f s", number + 1, time.monotonic() - begun)


def lessons_of(teacher: Teacher, papers: Sequence[Labelled]) -> Iterator[Lesson]:
    """Yield each labelled paper with its vectors: the teacher is to judge the decisions that the labels pose."""
    nlp, split = prepared(teacher.begin), WordPieces(teacher.begin.vocabulary)
    docs = (nlp.make_doc(one.paper.text) for one in papers)
    for one, (_, vectors) in zip(papers, teacher.read(docs), strict=True):
        yield Lesson(example(nlp, one, split), vectors, labelled=True)


def taught(
    teacher: Teacher,
    given: Sequence[Lesson],
    settings: finetune.Settings,
    student: Mapping[str, Tensor] | None = None,
) -> dict[str, Tensor]:
    """Return the parameters of a student that was taught the lessons.

    Of a labelled one the labels count as much as what the teacher thinks.

    :param student: parameters of one that is trained already: it goes on from there, and where no lesson is labelled,
        what it thought before counts as much as what the teacher thinks: it keeps what it knows better. Without, it
        begins with the teacher's heads.
    """
    seen = {one.example.paper_id: one for one in given}
    begin, peer, labelled = teacher.begin, None, any(one.labelled for one in given)
    if student is not None and not labelled:
        peer = Network(copy.deepcopy(begin.encoder))
        peer.load_state_dict(dict(student))
        peer = peer.to(finetune.device()).eval()

    def losses(network: Network, batch: Batch, examples: Sequence[Example]) -> dict[str, Tensor]:
        some = [seen[one.paper_id] for one in examples]
        flags = [one.labelled for one in some] if labelled else []
        return objective.taught(network, batch, examples, teacher.network, [one.vectors for one in some], peer, flags)

    earlier = student or heads_of(teacher.network.state_dict())
    examples = [one.example for one in given]
    return finetune.finetune(examples, begin.encoder, begin.vectors, settings, earlier=earlier, losses=losses)


def heads_of(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Return a network's parameters without those of its encoder."""
    return {name: p for name, p in state.items() if not name.startswith("enc.")}


def _student(base: Path | None, trained: Path | None) -> tuple[Base, Mapping[str, Tensor] | None]:
    """Return what the student begins as, and its heads where it has been trained."""
    if base is not None and trained is None:
        return Base.load(base), None
    if trained is not None and base is None:
        return Base.of(trained), heads_of(parameters(trained))
    raise click.UsageError("Give the student's encoder by --base, or a trained student by --model.")


@click.command()
@click.option("--texts", required=True, type=_FILE, help="Texts of the labelled papers, JSON lines.")
@click.option("--labels", required=True, type=_FILE, help="Their labels, JSON lines.")
@click.option("--base", type=_FILE, help="The student's encoder, as kg.training kept it with --base.")
@click.option("--model", "trained", type=_FOLDER, help="Or a trained student: the heads begin as its own.")
@click.option("--mpnet", "folder", type=_FOLDER, help="Folder with model.safetensors and vocab.txt.")
@click.option("--from", "before", type=_FILE, help="Or a teacher that learns on.")
@click.option(
    "--average", "others", type=_FILE, multiple=True, help="Teachers to average the new one with, each as much."
)
@click.option("--frozen", default=0, help="Leave the embeddings and so many of the lowest layers as they are.")
@click.option("--corpus", type=_FILE, help="Abstracts of the papers of --more, JSON lines, .gz.")
@click.option("--more", type=_FILE, help="Labels of papers of the corpus, JSON lines, to learn from besides.")
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="File for the teacher.")
@click.option("--epochs", default=4.0, show_default=True, help="Passes over the labelled papers.")
@click.option("--rate", default=6e-5, show_default=True, help="Highest learning rate of the encoder.")
@click.option("--heads", default=1e-3, show_default=True, help="Highest learning rate of the heads.")
@click.option("--seed", default=finetune.Settings().seed, show_default=True, help="Seed of everything random.")
@click.option("--fold", type=click.IntRange(0, 9), help="Leave this tenth out, and report figures on it.")
def main(
    texts: Path,
    labels: Path,
    base: Path | None,
    trained: Path | None,
    folder: Path | None,
    before: Path | None,
    others: Sequence[Path],
    frozen: int,
    corpus: Path | None,
    more: Path | None,
    out: Path,
    epochs: float,
    rate: float,
    heads: float,
    seed: int,
    fold: int | None,
) -> None:
    """Train a teacher and write it to a file."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    begin, earlier = _student(base, trained)
    if before is not None and folder is None:
        earlier = torch.load(before)
        encoder = _encoder(earlier, begin)
    elif folder is not None and before is None:
        encoder = mpnet(folder, begin.vocabulary, begin.vectors.shape[1])
    else:
        raise click.UsageError("Give the teacher's encoder by --mpnet, or a teacher by --from.")
    encoder.freeze(frozen)
    papers = labelled(texts, labels)
    learned = [one for one in papers if fold is None or fold_of(one.paper.id) != fold]
    if more is not None:
        if corpus is None:
            raise click.UsageError("Give the texts of the papers of --more by --corpus.")
        learned += labelled(corpus, more)
    nlp, split = prepared(begin), WordPieces(begin.vocabulary)
    settings = finetune.Settings(epochs=epochs, rate=rate, heads=heads, seed=seed)
    examples = [example(nlp, one, split) for one in learned]
    state = finetune.finetune(examples, encoder, begin.vectors, settings, earlier=earlier)
    network = Network(encoder)
    network.load_state_dict(mean_of([state, *map(torch.load, others)]))
    teacher = Teacher(network.to(finetune.device()).eval(), begin)
    teacher.save(out)
    held_out = [one for one in papers if fold is not None and fold_of(one.paper.id) == fold]
    if held_out:
        nlp = teacher.pipeline(learned)
        docs = (nlp(doc) for doc, _ in teacher.read(nlp.make_doc(one.paper.text) for one in held_out))
        log.info("on the %d papers left out:\n%s", len(held_out), measure(docs, held_out))


if __name__ == "__main__":
    main()
