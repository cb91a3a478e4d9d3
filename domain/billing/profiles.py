"""Profiles: how the columns of a utility's files are read, mapped once by hand and kept by name."""

from collections.abc import Mapping, Sequence

from domain.billing.columns import KINDS, PLACES
from domain.billing.worker import How
from domain.folding import folded
from domain.form import Rejected
from domain.language import _
from storage.billing import ENCODINGS
from storage.models import ImportProfile

LEFT_OUT = ''
DATA = sorted({datum.name for data in KINDS.values() for datum in data})


async def chosen(
    profile: str | None, titles: Sequence[str] = (), encoding: str | None = None, fill_up: bool | None = None
) -> How:
    """What the profile keeps, with what was told now (`TITLE=datum`) over it. Raises `Rejected`."""
    if profile is not None:
        require_name(profile)
    told = dict(title.rsplit('=', 1) for title in titles if '=' in title)
    if len(told) != len(titles):
        raise Rejected(columns=_('Say of a column what it holds: TITLE=payer_code.'))
    kept = await ImportProfile.get_or_none(name=profile.strip()) if profile else None
    if profile and not kept and not (told or encoding or fill_up):
        names = await ImportProfile.all().order_by('name').values_list('name', flat=True)
        raise Rejected(profile=_('There is no profile “{name}”; there are: {names}.', name=profile,
                                 names=', '.join(map(str, names)) or '–'))  # fmt: skip
    if encoding not in (None, *ENCODINGS):
        raise Rejected(encoding=_('The encoding is one of {all}.', all=', '.join(ENCODINGS)))
    before = How(kept.columns, kept.encoding, kept.fill_up) if kept else How()
    return How(
        before.columns | mapped(told), encoding or before.encoding, before.fill_up if fill_up is None else fill_up
    )


async def keep(name: str, how: How) -> None:
    """Under this name, in place of what was there. Raises `Rejected`."""
    require_name(name)
    values = {'columns': how.columns, 'encoding': how.encoding, 'fill_up': how.fill_up}
    await ImportProfile.update_or_create(name=name.strip(), defaults=values)


def mapped(columns: Mapping[str, str]) -> dict[str, str]:
    """Titles of columns → what they hold, as a profile keeps it. Raises `Rejected` for what no row can hold."""
    places = {*DATA, *PLACES, LEFT_OUT}
    for title, place in columns.items():
        if place not in places:
            raise Rejected(
                columns=_('“{place}” for the column “{title}” is not known.', place=place, title=title)
            )  # fmt: skip
    return {folded(title): place for title, place in columns.items()}


def require_name(name: str) -> None:
    if not 0 < len(name.strip()) <= 60:
        raise Rejected(profile=_('The name of a profile has at most 60 characters.'))
