r"""TeX to Unicode: what readers see, and that nothing breaks it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.resolution import readable


@pytest.mark.parametrize(
    ("tex", "unicode"),
    [
        (r"CM$^2$", "CM²"),
        (r"M$^3$CAD", "M³CAD"),
        ("10^-3", "10⁻³"),
        (r"$10^{-3}$", "10⁻³"),
        (r"A$^*$ and D$^{\ast}$", "A* and D*"),
        (r"4$^{th}$ of 360$^\circ$", "4th of 360°"),
        (r"$\mathbb{R}^{n}$, $x^{k+1}$", "ℝⁿ, x^k+1"),
        (r"$\pi_0$ and $\pi_{0.5}$", "π₀ and π0.5"),
        (r"$x_{max}$, $\ell_1$", "x_max, ℓ₁"),
        (r"H\textsubscript{2}O, m\textsuperscript{2}", "H₂O, m²"),
        (r"\texttt{LIBERO} and \textbf{B\emph{ig}}", "LIBERO and Big"),
        (r"{\bf Foo} {CLIP}", "Foo CLIP"),
        (r"Erd\H{o}s, G\"odel, \'Emilie, S\o ren, {\L}ukasz", "Erdős, Gödel, Émilie, Søren, Łukasz"),
        (r"$\sim$5\,ms, $\geq 2.5\times$", "~5 ms, ≥2.5×"),
        (r"($\mu+\lambda$)-EA", "(μ+λ)-EA"),
        (r"$\mathbf{2}\!\times\!\mathbf{3}$", "2×3"),
        (r"$O(n \log n)$", "O(n log n)"),
        (r"$\frac{1}{2}$", "1/2"),
        (r"50\% of R\&D in C\#", "50% of R&D in C#"),
        (r"$88.94%$ and $>55\%$", "88.94% and >55%"),
        (r"\ours beats \cite{x} theirs", "ours beats theirs"),
        (r"\href{https://a.b/c_d}{code}", "code"),
        (r"\today, \input{/etc/passwd}", "today, /etc/passwd"),
        (r"over $ 30\times $ more", "over 30× more"),
        (r"a_b \textbf{c_d} 5% ~x", "a_b c_d 5% ~x"),
        (r"$92$/$87$", "92/87"),
    ],
)
def test_tex_is_resolved(tex: str, unicode: str) -> None:
    assert readable(tex) == unicode


@pytest.mark.parametrize(
    "text",
    [
        *("", "50%", "A & B", "$5", "C#", "~", "C++", "snake_case_name", "{x, y}", "\\", "$", "^", "a #1 \\ b"),
        *("from $5 to $6", "US$5-$10", "100% of $3 & more", "GPT-3.5", "naïve Ünïcode π₀", "f(x) = {1, 2}"),
    ],
)
def test_plain_text_stays(text: str) -> None:
    assert readable(text) == text


@pytest.mark.parametrize(
    "text",
    [
        *(r"\cite{x}", r"\frac", r"a \verb", "{", r"\textbf{}", r"\begin{array}\end{array}", r"\textbf" * 400),
        *("{" * 100 + r"\a" + "}" * 100, r"\a" * 5000),
    ],
)
def test_what_cannot_be_converted_stays_as_written(text: str) -> None:
    assert readable(text) == text


TEX = st.lists(
    st.sampled_from(
        [
            *(
                "\\",
                "$",
                "^",
                "_",
                "{",
                "}",
                "%",
                "&",
                "#",
                "~",
                " ",
                "a",
                "1",
                "π",
                "[",
                "]",
                "\\\\",
                "\\(",
                "\\)",
                "\\[",
            ),
            *("\\alpha", "\\frac", "\\sqrt", "\\text", "\\href", "\\verb", "\\item", "\\hat", "\\'", '\\"', "\\matrix"),
            *("\\begin{array}", "\\end{array}", "\\begin{equation}", "\\end{equation}", "\\begin", "\\end", "\\def"),
        ]
    ),
    max_size=25,
).map("".join)


@given(TEX | st.text(max_size=60))
def test_never_raises_and_never_loses_everything(text: str) -> None:
    assert bool(readable(text)) == bool(text)
