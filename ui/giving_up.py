"""Where people give up registering: counted by field, and nothing about who (the staff's page »Pregled«)."""

from collections.abc import Iterable
from dataclasses import fields as entries
from functools import partial

from domain.counts import LEFT_AT, OPENED, WRONG, count_soon
from ui.elements import Element
from ui.fields import Fields


class GivingUp(Element):
    """An element that is never seen: it goes when the page is left, however that happens."""

    def __init__(self, fields: Fields) -> None:
        super().__init__('i', hidden=True)
        self._touched: str | None = None
        for entry in entries(fields.form):
            fields.when_changed(entry.name, partial(self._touch, entry.name))
        self._is_counted = False
        if self.client.has_socket_connection:
            self._opened()
        else:
            self.client.on_connect(self._opened)  # a crawler opens no socket, and is no visitor

    def wrong(self, names: Iterable[str]) -> None:
        """On »Registriraj«."""
        count_soon(*(WRONG + name for name in names))

    def succeeded(self) -> None:
        self._touched = None

    def _opened(self) -> None:
        if not self._is_counted:
            self._is_counted = True
            count_soon(OPENED)

    def _touch(self, name: str) -> None:
        self._touched = name

    def _handle_delete(self) -> None:
        if self._touched:
            count_soon(LEFT_AT + self._touched)
        super()._handle_delete()
