"""The drawing of an invoice with both numbers marked (manual, Slika 3), and what else is asked for."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from html import escape

from domain.further_proof import SAMPLE_AMOUNT
from domain.language import Message, _
from domain.setting_types import FurtherProof
from domain.settings import settings
from ui.elements import picture, said

_SVG = """<svg viewBox="0 0 470 {height}" class="invoice" aria-hidden="true" focusable="false">
<rect class="sheet" x="1" y="1" width="468" height="{bottom}" rx="6"/>
<g class="lines"><rect x="24" y="26" width="150" height="12" rx="3"/><rect x="24" y="46" width="110" height="8" rx="3"/>
<g transform="translate(0 {below})"><rect x="24" y="0" width="200" height="8" rx="3"/>
<rect x="24" y="18" width="160" height="8" rx="3"/><rect x="24" y="50" width="370" height="8" rx="3"/>
<rect x="24" y="68" width="330" height="8" rx="3"/></g></g>
{marks}</svg>"""
_MARK = """<g transform="translate(0 {y})"><text class="words" x="24" y="23">{words}</text>
<rect class="mark" x="164" width="122" height="34" rx="6"/><text class="number" x="176" y="23">{sample}</text>
<text class="name" x="297" y="{name_y}">{name}</text></g>"""
_FIRST_MARK, _STEP, _BELOW_MARKS = 73, 56, 11  # down the sheet
_LONGEST_NAME = 18  # characters beside a mark; a longer name takes two lines


@dataclass(frozen=True)
class _Mark:
    """Something printed on the invoice: its words there, a sample, our name for it, and all this as a sentence."""

    words: str
    sample: str
    name: Message
    sentence: Message


def invoice_drawing(asked: Sequence[FurtherProof] = ()) -> None:
    _draw([*_both_numbers(), *(mark for kind, mark in _further().items() if kind in asked)])


def metering_point_drawing() -> None:
    """For who has no use for the two numbers (manual, 1.2)."""
    mark = _further()[FurtherProof.METERING_POINT]
    sentence = _(
        'Drawing of an invoice or contract. Beside “Odjemno mesto” stands {sample}: that is the metering point code.',
        sample=mark.sample,
    )
    _draw([replace(mark, sentence=sentence)])


def _draw(marks: Sequence[_Mark]) -> None:
    end = _FIRST_MARK + _STEP * len(marks)
    drawn = ''.join(_drawn(mark, _FIRST_MARK + _STEP * n) for n, mark in enumerate(marks))
    svg = _SVG.format(height=end + 105, bottom=end + 103, below=end + _BELOW_MARKS, marks=drawn)
    picture(svg, *(mark.sentence for mark in marks))


def _both_numbers() -> tuple[_Mark, _Mark]:
    invoice, code = settings().sample_invoice_number, settings().sample_payer_code
    return (
        _Mark(
            'Račun številka', invoice, _('Control number'),
            _('Drawing of an invoice. Beside “Račun številka” stands {sample}: that is the control number.',
              sample=invoice),
        ),
        _Mark(
            'Šifra uporabnika', code, _('Username'),
            _('Below it, beside “Šifra uporabnika”, stands {sample}: that is the username.', sample=code),
        ),
    )  # fmt: skip


def _further() -> dict[FurtherProof, _Mark]:
    """What can be asked for and stands on the invoice, from top to bottom."""
    point, amount = settings().sample_metering_point, f'{SAMPLE_AMOUNT} €'
    return {
        FurtherProof.METERING_POINT: _Mark(
            'Odjemno mesto', point, _('Metering point code'),
            _('Beside “Odjemno mesto” stands {sample}: that is the metering point code.', sample=point),
        ),
        FurtherProof.AMOUNT_DUE: _Mark(
            'Za plačilo', amount, _('Amount due'),
            _('Beside “Za plačilo” stands {sample}: that is the amount due.', sample=amount),
        ),
    }  # fmt: skip


def _drawn(mark: _Mark, y: int) -> str:
    name = said(mark.name)
    lines = [name] if len(name) <= _LONGEST_NAME else name.split(' ', 1)
    spans = ''.join(f'<tspan x="297" dy="{18 if n else 0}">{escape(line)}</tspan>' for n, line in enumerate(lines))
    facts = {'words': escape(mark.words), 'sample': escape(mark.sample), 'name': spans}
    return _MARK.format(y=y, name_y=23 if len(lines) == 1 else 14, **facts)
