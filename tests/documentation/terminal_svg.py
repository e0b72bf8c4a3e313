from __future__ import annotations
COLUMNS, ROWS = 100, 30
Line = Span = animation = None
