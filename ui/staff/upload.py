"""Files for the import come by an HTTP route of their own, as they are: no form around them that has to be parsed.

Who sends is asked before the first byte of the body is read (trust.md, rule 58); the boundary lets it stream through.
"""

from urllib.parse import unquote

from fastapi import Request, Response
from nicegui import app
from starlette.requests import ClientDisconnect

from domain.staff import imports
from domain.staff.imports import Busy
from domain.staff.permission import NotAllowed, Stranger
from domain.staff.uploads import Empty, TooBig
from ui.boundary import UPLOADS
from ui.session import from_own_page
from ui.staff.session import who_sent

REPORT = '/uprava/uvoz/napake.csv'
BOM = '\N{ZERO WIDTH NO-BREAK SPACE}'  # a spreadsheet takes UTF-8 for UTF-8 then


@app.post(UPLOADS, include_in_schema=False)
async def _receive(request: Request) -> Response:
    """Its name stands in a header, percent-encoded."""
    by = await who_sent(request)
    if not from_own_page(request):
        by = Stranger(by.address)  # a page of somebody else, whoever's browser shows it
    try:
        await imports.upload(by, unquote(request.headers.get('x-file-name', '')[:1000]), request.stream())
    except NotAllowed:
        return Response(status_code=403)
    except Busy:
        return Response(status_code=409)
    except TooBig:
        return Response(status_code=413)
    except (Empty, ClientDisconnect):
        return Response(status_code=400)
    except OSError:  # the disk is full, and nothing of it stays
        return Response(status_code=507)
    return Response(status_code=204)


@app.get(REPORT, include_in_schema=False)
async def _report(request: Request) -> Response:
    """Of what is being looked at, or of an import in the history."""
    by = await who_sent(request)
    run = request.query_params.get('uvoz', '')
    if run and not (run.isascii() and run.isdigit() and len(run) < 10):
        return Response(status_code=404)
    try:
        table = await imports.problems(by, int(run) if run else None)
    except NotAllowed:
        return Response(status_code=403)
    if table is None:
        return Response(status_code=404)
    named = {'Content-Disposition': f'attachment; filename="uvoz-{run or "napake"}.csv"'}
    return Response(BOM + table, media_type='text/csv', headers=named)
