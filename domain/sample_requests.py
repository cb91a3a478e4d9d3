"""Demo mode: requests as customers of the sample data write them, some easy and some not (manual, 1.2)."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from tortoise.transactions import in_transaction

from domain import clock
from domain.request import open_key, search_key
from domain.request_form import tax_columns
from storage.models import AccessRequest, NoteKind, RequestNote, RequestOrigin, RequestState


@dataclass(frozen=True)
class Sample:
    name: str
    address: str
    metering_point: str = ''
    tax_number: str = ''
    email: str | None = None
    hours_ago: float = 1
    state: RequestState = RequestState.NEW
    origin: RequestOrigin = RequestOrigin.PORTAL
    message: str = ''
    phone: str = ''
    notes: tuple[tuple[NoteKind, str], ...] = field(default=())


SAMPLES = (
    Sample('Jozica Jerancic', 'Na Žago 52 b, Preserje', 'OM-700000', '14862069', 'jozica@primer.si', 50,
           message='Računa ne najdem več, rada bi ga dobivala po e-pošti.'),
    Sample('Kos Matjaž', 'Kamnik pod Krimom 160b', 'om 700001', '', 'matjaz.kos@primer.si', 27),
    Sample('Marija Hribar', 'Podpeška cesta 41, 1353 Borovnica', '', '71092781', 'marija.hribar@primer.si', 22,
           message='Pred poroko Kastelic.', phone='041 123 456'),
    Sample('Peter Najemnik', 'Na Žago 52b, Preserje', 'OM-700000', '', 'peter.najemnik@primer.si', 19,
           message='Sem najemnik, položnice plačujem jaz.'),
    Sample('Žiga Čušin', 'Ižanska 165, Horjul', '', '', 'ziga@primer.si', 6, RequestState.UNCONFIRMED),
    Sample('Andrej Oblak', 'Tržaška c. 144, Log', '', '56458975', None, 4, origin=RequestOrigin.PHONE,
           phone='01 363 30 99', message='Nima elektronskega naslova, odgovor po pošti.'),
    Sample('Simona Čušin', 'Horjul', '', '', 'stranka151998@example.si', 30, RequestState.WAITING,
           notes=((NoteKind.QUESTION, 'Prosimo, sporočite nam celoten naslov odjemnega mesta.'),)),
    Sample('Oglas Poceni', 'Internet 1', '', '', 'oglas@primer.si', 70, RequestState.REJECTED,
           message='Kupite naše storitve!'),
)  # fmt: skip


async def add_requests() -> None:
    """A second start keeps everything."""
    if await AccessRequest.exists():
        return
    async with in_transaction():
        for sample in SAMPLES:
            await _add(sample)


async def _add(sample: Sample) -> None:
    at = clock.now() - timedelta(hours=sample.hours_ago)
    is_open = sample.state != RequestState.REJECTED
    facts: dict[str, Any] = tax_columns(sample.tax_number)
    request = await AccessRequest.create(
        state=sample.state, origin=sample.origin, name=sample.name, address=sample.address,
        metering_point=sample.metering_point, email=sample.email, phone=sample.phone, message=sample.message,
        language='sl', search_key=search_key(sample.name, sample.address), created_at=at,
        confirmed_at=at if sample.email and sample.state != RequestState.UNCONFIRMED else None,
        open_for=open_key(sample.name, sample.email) if sample.email and is_open else None,
        ended_at=None if is_open else at, **facts,
    )  # fmt: skip
    for kind, text in sample.notes:
        await RequestNote.create(request=request, at=at, kind=kind, text=text)
