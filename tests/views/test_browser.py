"""The page in a real browser: drawn, clickable, searchable, safe, and silent on the network."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from kg.graph.store import GraphStore
from kg.model import Paper
from kg.views import write_page
from tests.views.conftest import HOSTILE, IMAGE, SCRIPT, make_graph

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.browser
