"""The JSON object in what a language model wrote: fenced, after its thoughts, or broken off."""

from __future__ import annotations

import json
import re
from typing import Any

_THOUGHT = re.compile(r"<think>.*?</think>", re.DOTALL)
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*(?:"|\Z)|[{}\[\]]', re.DOTALL)
_CLOSING = {"{": "}", "[": "]"}


def parsed(content: str) -> tuple[dict[str, Any], bool]:
    """Return the first JSON object of ``content``, and whether it is whole.

    Of one that breaks off, what stands before its last unfinished part is returned.

    :raises ValueError: if there is none.

    >>> parsed('Sure: ```json {"entities": []} ```')
    ({'entities': []}, True)
    >>> parsed('{"entities": [{"name": "A"}, {"name": "B')
    ({'entities': [{'name': 'A'}]}, False)
    """
    text = _THOUGHT.sub("", content)
    start = text.find("{")
    if start < 0:
        raise ValueError("no JSON in it")
    try:
        found, whole = json.JSONDecoder().raw_decode(text, start)[0], True
    except ValueError:
        found, whole = json.loads(_mended(text[start:])), False
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    # What begins with a brace and parses is an object.
    return found, whole


def _mended(text: str) -> str:
    """Cut ``text`` after the last object within it that is whole, and close what is open there."""
    waiting: list[str] = []
    end, closing = 0, ""
    for token in _TOKEN.finditer(text):
        mark = token.group()
        if mark in _CLOSING:
            waiting.append(_CLOSING[mark])
        elif mark in "}]" and (not waiting or waiting.pop() != mark or not waiting):
            break
        elif mark == "}":
            end, closing = token.end(), "".join(reversed(waiting))
    if not end:
        raise ValueError("it breaks off before its first part is whole")
    return text[:end] + closing
