"""Write docs/queries.md from the comments of the named queries: ``python docs/make_queries_docs.py``."""  # noqa: INP001 - a script

from __future__ import annotations

from pathlib import Path

from kg.graph import named

TARGET = Path(__file__).with_name("queries.md")

if __name__ == "__main__":
    TARGET.write_text(named.page(named.load()), encoding="utf-8")
