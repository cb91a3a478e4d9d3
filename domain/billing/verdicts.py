"""What is said about a whole file: why it cannot be read, and what was passed over in it."""

from collections.abc import Mapping
from typing import Any

from domain.language import Message, _
from storage.billing import Note, NoteKind, Reason, Unreadable


class FileRefused(Exception):
    """A file that cannot be imported; `columns` shows what is there when only the mapping is missing."""

    def __init__(self, file: str, sentence: Message, columns: dict[str, Any] | None = None) -> None:
        super().__init__(file, sentence)
        self.file, self.sentence, self.columns = file, sentence, columns


_REFUSALS: Mapping[Reason, Message] = {
    Reason.EMPTY: _('is empty'),
    Reason.OLD_EXCEL: _('is an old Excel file (.xls); save it as .xlsx or CSV'),
    Reason.NOT_A_TABLE: _('is no CSV, XLSX or DBF file, whatever its name says'),
    Reason.PROTECTED: _('is protected by a password; save it without one'),
    Reason.DAMAGED: _('is damaged or incomplete; export it anew'),
    Reason.ENTITIES: _('holds XML that no spreadsheet program writes, and is not opened'),
    Reason.TOO_BIG: _('is too big: unpacked more than {megabytes} MB; export it in smaller parts'),
    Reason.TOO_MANY_PARTS: _('has too many parts for a spreadsheet, more than {most}'),
    Reason.TOO_MANY_ROWS: _('has more than {most} rows; export it in smaller parts'),
    Reason.FAR_CELL: _('has a value far below all others, in row {row}; delete it or export the file anew'),
    Reason.TOO_MANY_COLUMNS: _('has {columns} columns; at most {most} are read'),
    Reason.LONG_CELL: _('has a cell of more than {most} characters in row {row}'),
    Reason.UNCLOSED_QUOTE: _('opens a quotation mark in row {row} and never closes it'),
    Reason.WRONG_ENCODING: _('is not in the encoding {encoding}; leave the encoding to ePortal, or try another one'),
}

_NOTES: Mapping[NoteKind, Message] = {
    NoteKind.HIDDEN_SHEET: _('The hidden sheet “{sheet}” was not read.'),
    NoteKind.MERGED_CELLS: _('Cells are merged in rows {rows}; what is merged counts for the first row only.'),
    NoteKind.MACROS_IGNORED: _('The macros in it were not read.'),
    NoteKind.EXTERNAL_LINKS_IGNORED: _('Its links to other files were not followed.'),
    NoteKind.MISSING_MEMO: _('The memo file beside it is missing; these columns are empty: {columns}.'),
}


def refusal(problem: Unreadable) -> Message:
    facts = dict(problem.facts)
    if problem.reason == Reason.TOO_BIG:
        facts['megabytes'] = int(str(facts.get('most', 0))) // 1_000_000
    return _(_REFUSALS[problem.reason].text, **facts)


def remark(note: Note) -> Message:
    return _(_NOTES[note.kind].text, **{name: _listed(fact) for name, fact in note.facts.items()})


def _listed(fact: object) -> object:
    """»3–5, 9–10« of pairs of rows; names one after another."""
    if isinstance(fact, list | tuple):
        return ', '.join('–'.join(map(str, part)) if isinstance(part, list | tuple) else str(part) for part in fact)
    return fact
