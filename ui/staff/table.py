"""A table that the server sorts and pages: plain HTML, readable by ear, bearable on a phone."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from domain.language import Message, _, _n
from domain.staff.listing import Listing, Look
from ui.elements import Element, quiet_button, said


@dataclass(frozen=True)
class Column:
    """`draw` puts a row's cell where it is called; `sort` names the column for the service, where it can be sorted."""

    title: Message
    draw: Callable[[Any], object]
    sort: str | None = None
    classes: str = ''  # 'number' for figures


class Table:
    """`await Table(…).show()` draws it; `fetch` is asked for each part anew.

    `opened` names the row that is open beside the table, `key` gives a row's name.
    """

    def __init__(
        self, caption: Message, columns: Sequence[Column], fetch: Callable[[Look], Awaitable[Listing[Any]]], *,
        empty: Message, look: Look | None = None, row: Callable[[Any], dict[str, Any]] = lambda _row: {},
    ) -> None:  # fmt: skip
        """`row` gives the attributes of a row's `tr`, such as `{'id': 'row-5', 'aria_current': 'true'}`."""
        self._caption, self._columns, self._fetch = caption, columns, fetch
        self._empty, self._row = empty, row
        self._look = look or Look()
        self._place = Element('div', '', 'listing')

    async def show(self, **changes: Any) -> None:
        """As it is now; `changes` are of the look: page, sort, descending."""
        self._look = replace(self._look, **changes)
        found = await self._fetch(self._look)
        self._look = found.look
        self._place.clear()
        with self._place:
            if not found.total:
                Element('p', self._empty, 'empty')
                return
            self._draw(found)
            self._pager(found)

    def _draw(self, found: Listing[Any]) -> None:
        with (
            Element('div', '', 'scroll', tabindex='0', role='region', aria_label=self._caption),
            Element('table'),
        ):
            Element('caption', self._caption, 'unseen')
            with Element('thead'), Element('tr'):
                for column in self._columns:
                    self._title(column)
            with Element('tbody'):
                for row in found.rows:
                    with Element('tr', **self._row(row)):
                        for column in self._columns:
                            with Element('td', '', column.classes):
                                column.draw(row)

    def _title(self, column: Column) -> None:
        if column.sort is None:
            Element('th', column.title, column.classes, scope='col')
            return
        sorted_by_it = self._look.sort == column.sort
        down = sorted_by_it and not self._look.descending

        async def sort() -> None:
            await self.show(sort=column.sort, descending=down, page=1)

        order = ('descending' if self._look.descending else 'ascending') if sorted_by_it else 'none'
        with Element('th', '', column.classes, scope='col', aria_sort=order):
            quiet_button(column.title).on('click', sort, args=[])

    def _pager(self, found: Listing[Any]) -> None:
        with Element('nav', '', 'pager', aria_label=_('Pages of the list: {list}', list=said(self._caption))):
            Element('span', _n('{n} row', '{n} rows', found.total), 'hint')
            if found.pages == 1:
                return
            for text, page, possible in (
                (_('Previous'), found.look.page - 1, found.look.page > 1),
                (_('Next'), found.look.page + 1, found.look.page < found.pages),
            ):
                button = quiet_button(text, aria_disabled=None if possible else 'true')
                button.on('click', lambda page=page: self.show(page=page), args=[])
            Element('span', _('page {page} of {pages}', page=found.look.page, pages=found.pages), 'hint')


def cell(text: Message | str, below: Message | str = '') -> None:
    """One line, and a quiet one under it."""
    Element('span', text)
    if below:
        Element('small', below)


def tag(text: Message | str, kind: str = '') -> Element:
    """A state as a small coloured word: `new`, `mine`, `wait`, `bad`, `done`, or plain."""
    return Element('span', text, f'tag {kind}')
