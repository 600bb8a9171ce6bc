"""How well the extractor reads: precision, recall and F1 against gold lines of the annotation guidelines.

Figures are percentages, micro-averaged over the gold papers:

================= =======================================================================================
entity exact      same type, and a surface form in common (case, hyphens, plural *-s* and white space folded)
entity relaxed    same type, and the closest forms share at least half of their words (Jaccard index)
entity untyped    as exact, whatever the types
type *T*          the exact pairs of one type
role              exact pairs with the same role
proposes          exact pairs that have the role ``proposes`` on both sides
relation          same relation between ends that match as in relaxed, whatever their types
relation asserted like relation, of those alone that are edges of the graph: P is what an edge is worth
relation *R*      the same for one relation
result            same digits, and metrics that match as in relaxed, whatever their types, or none on either side
================= =======================================================================================

Entities are paired one to one, the most similar first. Names made of the same words in another order count as a
form in common. The interval of each F1 is the percentile bootstrap over papers (B. Efron and R. J. Tibshirani,
*An Introduction to the Bootstrap*, 1993, section 13.3): papers, not entities, are drawn, since what stands in one
abstract is not independent.
"""

from kg.evaluate.figures import Report, Row, evaluate
from kg.evaluate.labels import GoldLine, check, load_labels, load_texts

__all__ = ["GoldLine", "Report", "Row", "check", "evaluate", "load_labels", "load_texts"]
