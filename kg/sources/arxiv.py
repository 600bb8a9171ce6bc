"""arXiv's identifiers and categories, as links, fields and prose write them.

Identifiers: https://info.arxiv.org/help/arxiv_identifier.html · categories: https://arxiv.org/category_taxonomy,
with the archives that were closed or split since, as old papers still carry them.
"""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_NEW = r"\d{2}(?:0[1-9]|1[0-2])\.\d{4,5}"
_ARCHIVES = (
    "acc-phys|adap-org|alg-geom|ao-sci|astro-ph|atom-ph|bayes-an|chao-dyn|chem-ph|cmp-lg|comp-gas|cond-mat|cs|dg-ga"
    "|funct-an|gr-qc|hep-ex|hep-lat|hep-ph|hep-th|math|math-ph|mtrl-th|nlin|nucl-ex|nucl-th|patt-sol|physics|plasm-ph"
    "|q-alg|q-bio|quant-ph|solv-int|supr-con"
)
_OLD = rf"(?:{_ARCHIVES})(?:\.[A-Za-z-]{{2,}})?/\d{{7}}"
_ID = rf"(?P<id>{_NEW}|{_OLD})(?:v(?P<version>\d{{1,3}}))?(?!\d)"
_HOST = (
    r"(?:arxiv\.org|alphaxiv\.org|ar5iv\.org|ar5iv\.labs\.arxiv\.org|huggingface\.co|papers\.cool|scirate\.com"
    r"|xxx\.lanl\.gov)"
)
_WRITTEN = re.compile(
    rf"(?:{_HOST}(?:/[a-z-]+){{0,2}}/|\bar[xX]iv\s*[:：.]\s*(?:https?://{_HOST}/abs/)?|oai:arXiv\.org:){_ID}",
    re.IGNORECASE,
)
_WHOLE = re.compile(rf"(?:arXiv\s*[:：]?\s*)?{_ID}(?:\.pdf)?", re.IGNORECASE)
_SUBJECT_CLASS = re.compile(r"\.[A-Za-z-]+(?=/)")


class ArxivId(NamedTuple):
    """An arXiv identifier without its version, and the version where one was written."""

    id: str
    version: int | None = None


def _identifier(found: re.Match[str]) -> ArxivId:
    # math.GT/0309136 and math/0309136 are one paper; the second is its identifier.
    number = found["version"]
    return ArxivId(_SUBJECT_CLASS.sub("", found["id"].lower()), int(number) if number else None)


def arxiv_ids(text: str) -> Iterator[ArxivId]:
    """Yield every arXiv identifier that ``text`` writes as a link, a DOI or after ``arXiv:``, in order.

    >>> list(arxiv_ids("https://arxiv.org/pdf/2512.04231v2.pdf and arXiv:hep-th/9901001"))
    [ArxivId(id='2512.04231', version=2), ArxivId(id='hep-th/9901001', version=None)]
    """
    return map(_identifier, _WRITTEN.finditer(text))


def arxiv_id(text: str) -> ArxivId | None:
    """Return the identifier that ``text`` is, bare or however else written, or the first that it links to.

    >>> arxiv_id("2512.04231v1")
    ArxivId(id='2512.04231', version=1)
    >>> arxiv_id("https://doi.org/10.48550/arXiv.2512.04231").id
    '2512.04231'
    >>> arxiv_id("version 2512.04231 of the text") is None
    True
    """
    whole = _WHOLE.fullmatch(text.strip())
    return _identifier(whole) if whole else next(arxiv_ids(text), None)


def _expand(table: Mapping[str, str]) -> Iterator[str]:
    for archive, classes in table.items():
        yield from (f"{archive}.{name}" for name in classes.split())


CATEGORIES: frozenset[str] = frozenset(
    _expand(
        {
            "astro-ph": "CO EP GA HE IM SR",
            "cond-mat": "dis-nn mes-hall mtrl-sci other quant-gas soft stat-mech str-el supr-con",
            "cs": "AI AR CC CE CG CL CR CV CY DB DC DL DM DS ET FL GL GR GT HC IR IT LG LO MA MM MS NA NE NI OH OS PF"
            " PL RO SC SD SE SI SY",
            "econ": "EM GN TH",
            "eess": "AS IV SP SY",
            "math": "AC AG AP AT CA CO CT CV DG DS FA GM GN GR GT HO IT KT LO MG MP NA NT OA OC PR QA RA RT SG SP ST",
            "nlin": "AO CD CG PS SI",
            "physics": "acc-ph ao-ph app-ph atm-clus atom-ph bio-ph chem-ph class-ph comp-ph data-an ed-ph flu-dyn"
            " gen-ph geo-ph hist-ph ins-det med-ph optics plasm-ph pop-ph soc-ph space-ph",
            "q-bio": "BM CB GN MN NC OT PE QM SC TO",
            "q-fin": "CP EC GN MF PM PR RM ST TR",
            "stat": "AP CO ME ML OT TH",
        }
    )
) | frozenset(_ARCHIVES.split("|")) - {"cs", "math", "nlin", "physics"}
"""Every category a paper on arXiv can carry."""

_FOLDED: Mapping[str, str] = MappingProxyType({name.lower(): name for name in CATEGORIES})
_SQUASHED: Mapping[str, str] = MappingProxyType({re.sub(r"\W", "", name.lower()): name for name in CATEGORIES})
_TOKEN = re.compile(r"[a-z][a-z-]*(?:\.[a-z][a-z-]*)?", re.IGNORECASE)


def categories(values: Iterable[str]) -> tuple[str, ...]:
    """Return the arXiv categories that ``values`` name, in order, each once; MSC and ACM classes are none.

    >>> categories(["cs.IT, math.IT", "68P27", "Robotics (cs.RO)", "K.6.3 Software Management"])
    ('cs.IT', 'math.IT', 'cs.RO')
    """
    found = (_FOLDED.get(token[0].lower()) for value in values for token in _TOKEN.finditer(value))
    return tuple(dict.fromkeys(name for name in found if name))


def category_of_anchor(anchor: str) -> str | None:
    """Return the category that the anchor of a section spells, its punctuation left out or changed.

    >>> category_of_anchor("physicssoc-ph"), category_of_anchor("cs-ro"), category_of_anchor("toc")
    ('physics.soc-ph', 'cs.RO', None)
    """
    return _SQUASHED.get(re.sub(r"\W", "", anchor.lower()))
