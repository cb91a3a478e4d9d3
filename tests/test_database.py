import re
import shutil
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from tortoise.connection import get_connection
from tortoise.context import require_context
from tortoise.exceptions import IntegrityError, OperationalError
from tortoise.migrations.executor import MigrationExecutor, MigrationTarget

from storage import database as opening
from storage.database import (
    DatabaseProblem,
    check_integrity,
    database,
    migrate,
    only_server,
    pending_migrations,
    schema_version,
)
from storage.models import Access, AccessState, Customer, Letter
from tests.world import a_customer, an_account

SCHEMA = {
    'sqlite': """
        SELECT m.name, p.name, p.type, p."notnull", p.dflt_value, p.pk FROM sqlite_master m, pragma_table_info(m.name) p
        WHERE m.type = 'table' UNION ALL
        SELECT m.name, CASE i.origin WHEN 'c' THEN i.name ELSE i.origin END, i."unique", i.partial, x.name, x.seqno
        FROM sqlite_master m, pragma_index_list(m.name) i, pragma_index_info(i.name) x WHERE m.type = 'table' UNION ALL
        SELECT m.name, f."from", f."table", f."to", f.on_delete, f.on_update
        FROM sqlite_master m, pragma_foreign_key_list(m.name) f WHERE m.type = 'table'
    """,
    'postgres': """
        SELECT table_name::text, column_name::text, data_type::text, is_nullable::text, column_default::text,
        character_maximum_length::text FROM information_schema.columns WHERE table_schema = 'public' UNION ALL
        SELECT tablename::text, indexdef, '', '', '', '' FROM pg_indexes WHERE schemaname = 'public' UNION ALL
        SELECT conrelid::regclass::text, contype::text, pg_get_constraintdef(oid), '', '', ''
        FROM pg_constraint WHERE connamespace = 'public'::regnamespace
    """,
}
ROWS = """
    INSERT INTO customer (payer_code, name, address, search_key) VALUES ('123456', 'Ana', 'Starj ulica 1', '');
    INSERT INTO account (email, password_hash, language, terms_version, terms_accepted_at, created_at)
    VALUES ('ana@primer.si', '', 'sl', '1', '2026-01-01 00:00:00+00:00', '2026-01-01 00:00:00+00:00');
    INSERT INTO access (account_id, customer_id, state, since)
    SELECT a.id, c.id, 'active', '2026-01-01 00:00:00+00:00' FROM account a, customer c;
    INSERT INTO link (id, purpose, account_id, token_hash, issued_at)
    SELECT '5f0c1f8e-0000-4000-8000-000000000000', 'activation', a.id, 'x', '2026-01-01 00:00:00+00:00' FROM account a;
    INSERT INTO letter (kind, account_id, link_id, recipient, language, message_id, state, attempts, created_at, due_at)
    SELECT 'confirm', a.id, l.id, 'ana@primer.si', 'sl', 'm', 'sent', 1, '2026-01-01 00:00:00+00:00',
    '2026-01-01 00:00:00+00:00' FROM account a, link l;
"""
OWN = re.compile('tortoise_|sqlite_sequence')  # what the engine keeps for itself
Blank = Callable[[], AbstractAsyncContextManager[None]]


@pytest.fixture
async def blank(database_url: str) -> AsyncIterator[Blank]:
    """`async with blank()` opens a database without a table; the next test finds it as it should be."""

    @asynccontextmanager
    async def opened() -> AsyncIterator[None]:
        async with database(database_url):
            await wiped()
            yield

    yield opened
    async with opened():
        await migrate()


@pytest.fixture
async def file(tmp_path: Path) -> AsyncIterator[Path]:
    """A SQLite database on disk, as an installation has it."""
    async with database(f'sqlite://{tmp_path / "eportal.db"}'):
        await migrate()
        yield tmp_path / 'eportal.db'


async def test_the_migrations_lead_to_the_tables_of_the_models(blank: Blank) -> None:
    async with blank():
        await migrate()
        migrated = await schema()
    async with blank():
        await require_context().generate_schemas()
        generated = await schema()

    assert migrated == generated


async def test_the_migrations_lead_there_with_rows_too_and_keep_them(blank: Blank) -> None:
    async with blank():
        await MigrationExecutor(get_connection('default'), opening.APP).migrate(
            [MigrationTarget('models', '0001_initial')]
        )
        await get_connection('default').execute_script(ROWS)
        await migrate()
        migrated = await schema()
        kept = await Access.all().select_related('account', 'customer')
        letters = await Letter.all().select_related('account', 'link')
    async with blank():
        await require_context().generate_schemas()
        generated = await schema()

    assert migrated == generated
    assert [(row.account.email, row.customer.payer_code) for row in kept] == [('ana@primer.si', '123456')]
    assert [letter.link and letter.link.token_hash for letter in letters] == ['x']


async def test_a_second_migration_has_nothing_to_do(blank: Blank) -> None:
    async with blank():
        assert await schema_version() is None
        missing = await pending_migrations()

        assert await migrate() == missing
        assert await migrate() == []
        assert await pending_migrations() == []
        assert await schema_version() == missing[-1]


async def test_a_failing_migration_leaves_nothing(
    blank: Blank, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with blank():
        with monkeypatch.context() as broken:
            broken.setitem(opening.APP['models'], 'migrations', broken_migrations(tmp_path, broken))
            with pytest.raises(OperationalError, match='TABEL'):
                await migrate()

        assert {row[0] for row in await schema()} == set()
        assert await schema_version() is None


@pytest.mark.usefixtures('db')
async def test_two_accounts_cannot_hold_or_await_one_code() -> None:
    customer, values = await a_customer(), {'state': AccessState.ACTIVE, 'since': '2026-01-01T00:00:00+00:00'}
    first, second = await an_account('a@primer.si'), await an_account('b@primer.si')

    for column in ('first_holder_of', 'pending_for'):
        await Access.create(account=first, customer=customer, **values, **{column: customer.id})
        with pytest.raises(IntegrityError):
            await Access.create(account=second, customer=customer, **values, **{column: customer.id})


@pytest.mark.usefixtures('db')
async def test_a_customer_with_an_access_cannot_be_deleted() -> None:
    customer = await a_customer()
    await Access.create(
        account=await an_account(), customer=customer, state=AccessState.ACTIVE, since='2026-01-01T00:00:00+00:00'
    )

    with pytest.raises(IntegrityError):
        await Customer.all().delete()


async def test_what_was_acknowledged_survives_a_power_cut(file: Path) -> None:
    found = {}
    for pragma in ('journal_mode', 'synchronous', 'foreign_keys', 'busy_timeout'):
        _, rows = await get_connection('default').execute_query(f'PRAGMA {pragma}')
        found[pragma] = rows[0][0]

    assert found == {'journal_mode': 'wal', 'synchronous': 2, 'foreign_keys': 1, 'busy_timeout': 5000}


async def test_a_whole_database_passes_and_a_damaged_one_is_refused(tmp_path: Path) -> None:
    whole, damaged = tmp_path / 'whole.db', tmp_path / 'damaged.db'
    async with database(f'sqlite://{whole}'):
        await migrate()
        await check_integrity()
    content = bytearray(whole.read_bytes())
    content[4096 * 3 : 4096 * 6] = b'\xff' * 4096 * 3
    damaged.write_bytes(content)

    async with database(f'sqlite://{damaged}'):
        with pytest.raises(DatabaseProblem, match=r'damaged|cannot be used'):
            await check_integrity()


def test_one_file_has_one_server(tmp_path: Path) -> None:
    url = f'sqlite://{tmp_path / "eportal.db"}'

    with only_server(url), pytest.raises(DatabaseProblem, match='already serves'), only_server(url):
        pass
    with only_server(url):
        pass
    with only_server('postgres://x@127.0.0.1/x'), only_server('postgres://x@127.0.0.1/x'):
        pass


async def wiped() -> None:
    if get_connection('default').capabilities.dialect == 'postgres':
        await get_connection('default').execute_script('DROP SCHEMA public CASCADE; CREATE SCHEMA public')


async def schema() -> set[tuple[Any, ...]]:
    """Columns, indexes and constraints, without Tortoise's own table of migrations."""
    connection = get_connection('default')
    _, rows = await connection.execute_query(SCHEMA[connection.capabilities.dialect])
    return {tuple(row.values()) for row in map(dict, rows) if not OWN.search(str(tuple(row.values())))}


def broken_migrations(folder: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Today's migrations, and one more that fails in its second half."""
    package = folder / 'broken_migrations'
    shutil.copytree(Path(opening.__file__).parent / 'migrations', package)
    (package / '9999_broken.py').write_text(
        'from tortoise import migrations\n'
        'from tortoise.migrations import operations as ops\n'
        'class Migration(migrations.Migration):\n'
        f"    dependencies = [('models', '{sorted(package.glob('0*.py'))[-1].stem}')]\n"
        "    operations = [ops.RunSQL('CREATE TABLE half (id INT)'), ops.RunSQL('CREATE TABEL half (id INT)')]\n"
    )
    monkeypatch.syspath_prepend(str(folder))
    for name in [name for name in sys.modules if name.startswith('broken_migrations')]:
        monkeypatch.delitem(sys.modules, name)
    return 'broken_migrations'
