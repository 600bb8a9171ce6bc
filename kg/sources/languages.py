"""The language of a text, told by its script."""

from __future__ import annotations

import re

# One Han, kana or Hangul character says about as much as one word of an alphabet, so those are counted against words.
_SCRIPTS = {
    "zh": re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"),
    "ja": re.compile(r"[\u3041-\u30ff\uff66-\uff9f]"),
    "ko": re.compile(r"[\u1100-\u11ff\u3130-\u318f\uac00-\ud7af]"),
    "ru": re.compile(r"[\u0400-\u04ff]+"),
    "en": re.compile(r"[A-Za-z\u00c0-\u024f]+"),
}
_KANA_SHARE = 10


def language(text: str) -> str:
    """Return the BCP 47 tag that the script of ``text`` suggests: ``zh``, ``ja``, ``ko``, ``ru``, else ``en``.

    Names and terms in Latin letters do not make a Chinese text English. A script is not a language: Ukrainian is
    called ``ru`` and French ``en``.

    >>> language("提出DDFT协议评估语言模型"), language("A proof of Sunzi's theorem (孙子定理)")
    ('zh', 'en')
    """
    if text.isascii():
        return "en"
    counts = {tag: len(pattern.findall(text)) for tag, pattern in _SCRIPTS.items()}
    if counts["ja"] * _KANA_SHARE > counts["zh"]:
        counts["ja"] += counts.pop("zh")
    most = max(counts.values())
    return next((tag for tag, count in counts.items() if count == most), "en") if most else "en"
