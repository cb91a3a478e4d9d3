"""Where files for the import are chosen or dropped, and what has arrived of them."""

from collections.abc import Awaitable, Callable

from nicegui import ui
from nicegui.events import GenericEventArguments

from domain.form import Rejected
from domain.language import Message, _
from domain.settings import settings
from domain.staff import imports
from domain.staff.imports import Busy
from ui.elements import Element, quiet_button
from ui.fields import Summary, form, submit_button
from ui.staff.session import who
from ui.staff.upload import UPLOADS

ENCODINGS = ('utf-8', 'cp1250', 'iso8859-2', 'cp852', 'utf-16')
WHAT = _(
    'Customers, metering points, invoices and readings, as the billing program exports them: CSV, XLSX or DBF, in any '
    'order. Nothing is written before you have looked at it.'
)
TAKEN_OVER = _('Somebody else began an import meanwhile.')


def file_size(size: int) -> str:
    return f'{size / 1_000_000:.1f} MB'.replace('.', ',') if size >= 100_000 else f'{-(-size // 1000)} kB'


class Drop:
    """`await Drop(looked).show()`; `looked` is called once an import has begun."""

    def __init__(self, looked: Callable[[], Awaitable[None]]) -> None:
        self._looked = looked
        with Element('div', '', 'card'):
            Element('h2', _('Choose the files'), id='import-step', tabindex='-1')
            Element('p', WHAT)
            self._zone()
            self._summary = Summary()
            self._list = Element('ul', '', 'files', id='files')
            self._form = Element('div')

    async def show(self) -> None:
        """The files that have arrived, and how to read them."""
        files = await imports.dropped(await who())
        self._list.clear()
        with self._list:
            for upload in files:
                with Element('li'):
                    Element('strong', upload.name)
                    Element('span', file_size(upload.bytes), 'hint')
                    button = quiet_button(_('Remove'), aria_label=_('Remove {file}', file=upload.name))
                    button.on('click', lambda key=upload.id: self._remove(key), args=[])
        if bool(files) != bool(self._form.default_slot.children):
            self._form.clear()
            with self._form:
                if files:
                    await self._how()

    def _zone(self) -> None:
        most = settings().upload_at_most
        zone = Element(
            'div', '', 'drop', data_drop='', data_address=UPLOADS, data_most=most * 1_000_000,
            data_too_big=_('is too big: all files together may have {most} MB', most=most),
            data_empty=_('is empty'), data_busy=_('an import is going on already'),
            data_failed=_('could not be sent; choose it again'),
        )  # fmt: skip
        with zone:
            Element('label', _('Files for the import'), for_='import-files')
            Element('p', _('Choose them, or drop them here.'), 'hint', id='import-files-hint')
            Element(
                'input', type='file', id='import-files', multiple='', accept='.csv,.txt,.xlsx,.dbf',
                aria_describedby='import-files-hint',
            )  # fmt: skip
            Element('ul', '', 'files', data_sending='', aria_live='polite')
        zone.on('arrived', self.show, args=[])

    async def _how(self) -> None:
        names = await imports.profiles(await who())
        with form('import-look', self._look):
            with Element('details', '', 'how', open='' if names else None):
                Element('summary', _('How the files are read'))
                kept = {'': _('by the names of their columns'), **{name: name for name in names}}
                _select('profile', _('Columns'), kept)
                _select('encoding', _('Encoding'), {'': _('found out by itself'), **{one: one for one in ENCODINGS}})
                with Element('div', '', 'check'):
                    Element('input', type='checkbox', id='fill_up', name='fill_up')
                    Element('label', _('Put back leading zeros that a spreadsheet swallowed'), for_='fill_up')
            submit_button(_('Look at them'))

    async def _look(self, event: GenericEventArguments) -> None:
        given = event.args if isinstance(event.args, dict) else {}
        told = {name: given.get(name, '') for name in ('profile', 'encoding')}
        self._summary.clear()
        try:
            await imports.look(await who(), **told, fill_up=given.get('fill_up') is True)
        except Rejected as rejection:
            self._refuse(next(iter(rejection.problems.values())))
        except Busy:
            self._refuse(TAKEN_OVER)
        else:
            await self._looked()

    def _refuse(self, sentence: Message) -> None:
        ui.run_javascript('eportal.ready("import-look")')
        self._summary.say(sentence)

    async def _remove(self, upload_id: str) -> None:
        await imports.remove(await who(), upload_id)
        await self.show()
        ui.run_javascript('eportal.focus("import-files")')


def _select(name: str, label: Message, options: dict[str, Message | str]) -> None:
    with Element('div', '', 'field'):
        Element('label', label, for_=name)
        with Element('select', id=name, name=name):
            for value, text in options.items():
                Element('option', text, value=value)
