"""Pages of HTML that need nothing else: of what was found in files, and of sections with plots and tables."""

from __future__ import annotations

from charaface.page.gathering import BINS, Gathering, Summary
from charaface.page.sections import Section, write_page

__all__ = ["BINS", "Gathering", "Section", "Summary", "write_page"]
