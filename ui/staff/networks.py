"""Outside the listed networks (STAFF_NETWORKS) there is no admin page: its addresses are unknown, its sockets, too."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import parse_qs

from nicegui import Client

from domain.staff.session import is_listed

Scope = MutableMapping[str, Any]
Application = Callable[[Scope, Any, Any], Awaitable[None]]

ADMINISTRATION, NOWHERE = '/uprava', '/ta-naslov-ne-obstaja'


def listed_only(application: Application) -> Application:
    """Goes inside the boundary, which knows who is asking."""

    async def answer(scope: Scope, receive: Any, send: Any) -> None:
        if scope['type'] in ('http', 'websocket') and _is_hidden(scope):
            scope = {**scope, 'path': NOWHERE, 'raw_path': NOWHERE.encode()}
        await application(scope, receive, send)

    return answer


def _is_hidden(scope: Scope) -> bool:
    """An address of the admin page, or a socket that wants to join one of its pages."""
    asked = f'{scope["path"]}/'.startswith(f'{ADMINISTRATION}/') or _joins_a_page(scope)
    return asked and not is_listed(scope['client'][0])


def _joins_a_page(scope: Scope) -> bool:
    named = parse_qs(scope.get('query_string', b'').decode('latin-1')).get('client_id', [''])
    pages = (Client.instances.get(client_id) for client_id in named)
    return any(page and page.request.url.path.startswith(ADMINISTRATION) for page in pages)
