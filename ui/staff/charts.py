"""Charts of numbers that stand in a table beside them as well: drawn as SVG, in the colours of the page.

The colours are names of our tokens, so that a chart follows the page from light to dark by itself.
"""

from collections.abc import Sequence
from typing import Any

from nicegui import ui

from domain.language import Message
from ui.elements import Element, said

INK, SOFT, LINE, PAPER = 'var(--ink)', 'var(--soft)', 'var(--line)', 'var(--paper)'
COLOURS = ('var(--accent)', 'var(--chart-second)')
MARKS = ('circle', 'diamond')  # colours alone tell nothing to many
FONT = {'fontFamily': 'system-ui, "Segoe UI", "Noto Sans", "DejaVu Sans", sans-serif', 'fontSize': 13}  # as eportal.css


class Chart(ui.echart, component='../assets/chart.js'):
    """One that may be left at any moment."""


def lines(name: Message, days: Sequence[str], series: Sequence[tuple[Message, Sequence[int]]]) -> None:
    """Something per day."""
    drawn = [
        {
            'type': 'line', 'name': said(title), 'data': list(numbers), 'symbol': mark, 'symbolSize': 6,
            'lineStyle': {'width': 2, 'color': colour, 'type': 'solid' if mark == MARKS[0] else 'dashed'},
            'itemStyle': {'color': colour}, 'emphasis': {'disabled': True},
        }
        for (title, numbers), colour, mark in zip(series, COLOURS, MARKS, strict=False)
    ]  # fmt: skip
    _draw(name, {'xAxis': _names(days), 'yAxis': _numbers(), 'series': drawn}, legend=True)


def bars(name: Message, names: Sequence[str], series: Sequence[tuple[Message, Sequence[int]]]) -> None:
    """Something per kind, from left to right: names are long."""
    drawn = [
        {
            'type': 'bar', 'name': said(title), 'data': list(numbers), 'barMaxWidth': 28,
            'itemStyle': {'color': colour, 'borderColor': INK, 'borderWidth': 0 if colour == COLOURS[0] else 1},
            'emphasis': {'disabled': True},
        }
        for (title, numbers), colour in zip(series, COLOURS, strict=False)
    ]  # fmt: skip
    kinds = _names(names) | {'inverse': True}
    _draw(name, {'xAxis': _numbers(), 'yAxis': kinds, 'series': drawn}, legend=len(series) > 1)


def table(caption: Message, titles: Sequence[Message], rows: Sequence[Sequence[str | int | Message]]) -> None:
    """The same numbers, to be read; the first cell of each row says what it is about."""
    with Element('div', '', 'scroll low', tabindex='0', role='region', aria_label=caption), Element('table'):
        Element('caption', caption, 'unseen')
        with Element('thead'), Element('tr'):
            for n, title in enumerate(titles):
                Element('th', title, 'number' if n else '', scope='col')
        with Element('tbody'):
            for name, *numbers in rows:
                with Element('tr'):
                    Element('th', name if isinstance(name, Message) else str(name), scope='row')
                    for number in numbers:
                        Element('td', number if isinstance(number, Message) else str(number), 'number')


def _draw(name: Message, options: dict[str, Any], *, legend: bool) -> None:
    words = {'color': SOFT, **FONT}
    whole = {
        'animation': False,
        'aria': {'enabled': True, 'label': {'description': said(name)}},
        'textStyle': FONT,
        'grid': {'left': 8, 'right': 14, 'top': 34 if legend else 14, 'bottom': 6, 'containLabel': True},
        'legend': {'show': legend, 'top': 0, 'left': 0, 'textStyle': {'color': INK, **FONT}},
        'tooltip': {
            'trigger': 'axis', 'backgroundColor': PAPER, 'borderColor': LINE, 'textStyle': {'color': INK, **FONT},
            'confine': True,
        },
        **options,
    }  # fmt: skip
    for axis in ('xAxis', 'yAxis'):
        whole[axis] = whole[axis] | {
            'axisLabel': whole[axis].get('axisLabel', {}) | words,
            'axisLine': {'lineStyle': {'color': LINE}}, 'splitLine': {'lineStyle': {'color': LINE}},
            'axisTick': {'show': False},
        }  # fmt: skip
    chart = Chart(whole, renderer='svg')
    chart.classes('chart')
    chart.props['role'] = 'img'
    chart.props['aria-label'] = said(name)


def _names(names: Sequence[str]) -> dict[str, Any]:
    return {'type': 'category', 'data': list(names)}


def _numbers() -> dict[str, Any]:
    return {'type': 'value', 'minInterval': 1}
