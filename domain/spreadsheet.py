"""Tables for a spreadsheet that runs none of what stands in them (trust.md, rule 62)."""

import csv
import io
from collections.abc import Iterable

from domain.language import Message


def table(titles: Iterable[Message], rows: Iterable[Iterable[str]], language: str) -> str:
    """As CSV with semicolons, which spreadsheets here expect."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=';')
    writer.writerow(title.said_in(language) for title in titles)
    writer.writerows([harmless(cell) for cell in row] for row in rows)
    return out.getvalue()


def harmless(cell: str) -> str:
    """A spreadsheet takes what begins so for a formula."""
    return f"'{cell}" if cell.startswith(('=', '+', '-', '@', '\t', '\r', '\0')) else cell
