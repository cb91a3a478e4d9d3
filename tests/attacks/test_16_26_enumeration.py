import asyncio
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from random import shuffle
from time import perf_counter

from tests.attacks.deeds import (
    WRONG_PAIR,
    WRONG_SIGN_IN,
    Payer,
    canonical,
    confirmed,
    letters,
    nobody,
    payers,
    quiet,
    register,
    registered,
    sign_in,
    try_to_sign_in,
)
from tests.mail_server import MailServer
from tests.page import Browser
from tests.portal import Portal

Browsers = Callable[..., Browser]
SAMPLES = 60


async def test_rule_16_a_failed_sign_in_looks_the_same_whoever_is_named(
    portal: Portal, browsers: Browsers, mail: MailServer
) -> None:
    active, waiting, frozen, never = payers(portal), payers(portal), payers(portal), payers(portal)
    await confirmed(browsers(), active, mail)
    await confirmed(browsers(), frozen, mail)
    await registered(browsers(), waiting)
    portal.rows('UPDATE account SET frozen_at = created_at WHERE email = ?', frozen.email)

    pages = [await sign_in(browsers(), who, 'napačno geslo') for who in (active, waiting, frozen, never, nobody())]
    pages.append(await sign_in(browsers(), frozen))
    assert WRONG_SIGN_IN in pages[0].whole_text
    assert len({canonical(page) for page in pages}) == 1


async def test_rule_16_a_failed_sign_in_takes_as_long_whoever_is_named(portal: Portal, browsers: Browsers) -> None:
    """Likely a matter of chance once, not twice in a row."""
    known = payers(portal)
    await registered(browsers(), known)

    for attempt in range(2):
        names = [(added(portal, known), True) for _ in range(SAMPLES)] + [(nobody(), False) for _ in range(SAMPLES)]
        auc = likelier_slow(await durations(browsers, names))
        print(f'AUC {auc:.2f} in attempt {attempt + 1}')
        if 0.3 <= auc <= 0.7:
            return
    raise AssertionError(f'known and unknown names can be told apart: AUC {auc:.2f}')


def added(portal: Portal, like: Payer) -> Payer:
    """Another customer whose account waits, with the password of the first."""
    payer = payers(portal)
    portal.rows(
        'INSERT INTO account (email, password_hash, language, terms_version, terms_accepted_at, created_at) '
        'SELECT ?, password_hash, language, terms_version, terms_accepted_at, created_at FROM account WHERE email = ?',
        payer.email, like.email,
    )  # fmt: skip
    portal.rows(
        'INSERT INTO access (account_id, customer_id, state, pending_for, since) '
        "SELECT account.id, customer.id, 'pending', customer.id, created_at FROM account, customer "
        'WHERE account.email = ? AND payer_code = ?',
        payer.email, payer.payer_code,
    )  # fmt: skip
    return payer


async def durations(browsers: Browsers, names: list[tuple[Payer, bool]]) -> dict[bool, list[float]]:
    """Each name once, in mixed order, a few from each address."""
    shuffle(names)
    taken: dict[bool, list[float]] = {True: [], False: []}
    page = None
    for n, (name, is_known) in enumerate(names):
        if n % 15 == 0:
            page = await browsers().open('/')
            await try_to_sign_in(page, nobody(), 'napačno geslo')
        began = perf_counter()
        await try_to_sign_in(page, name, 'napačno geslo')
        taken[is_known].append(perf_counter() - began)
    return taken


def likelier_slow(taken: dict[bool, list[float]]) -> float:
    """How often a known name takes longer than an unknown one (Mann and Whitney's U over all pairs)."""
    pairs = [(known > unknown) + (known == unknown) / 2 for known in taken[True] for unknown in taken[False]]
    return sum(pairs) / len(pairs)


async def test_rule_16_a_right_proof_looks_the_same_whether_the_code_is_in_use(
    portal: Portal, browsers: Browsers, mail: MailServer
) -> None:
    """Nor whether it is older or newer than the data, nor, for a newer one, whether there is such a code at all."""
    free, waiting, used = payers(portal), payers(portal), payers(portal, '777000111')
    parked, unknown = payers(portal), nobody()
    await registered(browsers(), waiting)
    await confirmed(browsers(), used, mail)

    texts, frames = [], []
    for payer in (
        free,
        waiting,
        Payer(used.payer_code, '777000111', used.email),
        Payer(parked.payer_code, '999999998', parked.email),
        Payer(unknown.payer_code, '999999999', unknown.email),
    ):
        home = browsers()
        page = await register(home, payer, email=f'nov{payer.email}')
        frames.append(canonical(page).replace(await page.script('eportal.enter('), ''))
        await home.enter(page)
        page = await home.open('/preverite-posto')
        await page.until(lambda page=page: 'poslali sporočilo' in page.whole_text)
        texts.append(page.whole_text.replace(f'nov{payer.email}', 'x@primer.si').split('strežni')[0])
    assert 'x@primer.si' in texts[0]
    assert len(set(frames)) == 1
    assert len({re.split('Sporočilo je na|Oddano', text)[0] for text in texts}) == 1


async def test_rule_17_nothing_is_looked_up_while_somebody_types(portal: Portal, browsers: Browsers) -> None:
    seen = []
    known = payers(portal)
    pages = [await browsers().open('/registracija') for _ in range(2)]
    with without_tables(portal, 'customer', 'invoice', 'attempt'), quiet(portal):
        for payer, page in zip((known, nobody()), pages, strict=True):
            for field in ('payer_code', 'email', 'control_number'):
                for length in range(1, len(payer.form()[field]) + 1):
                    await page.do(field, 'input', payer.form()[field][:length])
                await page.do(field, 'blur')
            await asyncio.sleep(0.3)
            seen.append(page.whole_text)

    assert seen[0] == seen[1]


@contextmanager
def without_tables(portal: Portal, *names: str) -> Iterator[None]:
    """Whoever asks one of these meanwhile gets an error."""
    for name in names:
        portal.rows(f'ALTER TABLE {name} RENAME TO hidden_{name}')
    try:
        yield
    finally:
        for name in names:
            portal.rows(f'ALTER TABLE hidden_{name} RENAME TO {name}')


async def test_rule_26_a_failed_proof_says_the_same_whatever_is_wrong(
    portal: Portal, browsers: Browsers, mail: MailServer
) -> None:
    numbers = [str(888_000_000 + n) for n in range(8)]
    known, other, used = payers(portal, *numbers), payers(portal), payers(portal)
    portal.rows("UPDATE invoice SET issued_on = '2021-01-31' WHERE number LIKE '88800000%'")
    await confirmed(browsers(), used, mail)
    cases = {
        'nobody has this code': nobody(),
        'no such invoice': Payer(known.payer_code, '100000001', known.email),
        'invoice of somebody else': Payer(known.payer_code, other.control_number, known.email),
        'code of somebody else': Payer(other.payer_code, numbers[0], other.email),
        'too old': known,
        'wrong number of a code in use': Payer(used.payer_code, '100000002', 'x@primer.si'),
        'number that is used up': Payer(used.payer_code, used.control_number, 'x@primer.si'),
    }
    sent = letters(portal, used)
    pages = {case: await register(browsers(), payer) for case, payer in cases.items()}

    for case, page in pages.items():
        assert WRONG_PAIR in page.text('summary'), case
    assert len({canonical(page) for page in pages.values()}) == 1
    assert letters(portal, known) == letters(portal, other) == 0
    assert letters(portal, used) == sent
