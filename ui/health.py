"""For watchers: `/healthz` says that the process answers, `/readyz` that it can do its work."""

from fastapi import Response
from nicegui import app
from nicegui.json import NiceGUIJSONResponse

from domain import clock
from domain.health import readiness


@app.get('/healthz', include_in_schema=False)
async def _healthz() -> Response:
    return NiceGUIJSONResponse({'status': 'ok', 'time': clock.now().isoformat()})


@app.get('/readyz', include_in_schema=False)
async def _readyz() -> Response:
    """503 while the database cannot be asked or its schema is not this program's."""
    state = await readiness()
    return NiceGUIJSONResponse(state, status_code=200 if state['ready'] else 503)
