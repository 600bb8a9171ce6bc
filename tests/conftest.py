"""Fixtures that every test may use."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def shared() -> Path:
    """Return the folder of real digests and labels that may lie beside the checkout."""
    folder = ROOT.parent / "shared"
    if not (folder / "annotation").is_dir():
        pytest.skip("needs the shared/ folder of real digests and labels beside the checkout")
    return folder
