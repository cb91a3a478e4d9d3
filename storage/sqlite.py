"""Tortoise's SQLite engine with transactions that take the write lock at once.

Tortoise begins DEFERRED: a transaction that reads and then writes fails at once with `database is locked` when another
process wrote in between, whatever the busy timeout. It also keeps its own lock for ever when BEGIN fails.
"""

import asyncio
import sqlite3
from typing import Any

from tortoise.backends.base.client import TransactionContext
from tortoise.backends.sqlite.client import SqliteClient as TortoiseClient
from tortoise.backends.sqlite.client import SqliteTransactionContext, SqliteTransactionWrapper
from tortoise.connection import get_connections
from tortoise.exceptions import OperationalError


class _ImmediateTransaction(SqliteTransactionWrapper):
    async def begin(self) -> None:
        try:
            await self._connection.execute('BEGIN IMMEDIATE')
        except sqlite3.OperationalError as problem:
            raise OperationalError(problem) from problem

    async def execute_script(self, query: str) -> None:
        """Statement by statement: sqlite3's own executescript commits the open transaction first."""
        statement = ''
        for line in query.splitlines(keepends=True):
            statement += line
            if sqlite3.complete_statement(statement):
                await self.execute_query(statement)
                statement = ''
        if statement.strip():
            await self.execute_query(statement)


class _ImmediateContext(SqliteTransactionContext):
    _undone: asyncio.Task[None]

    async def __aenter__(self) -> Any:
        await self._trxlock.acquire()
        try:
            await self.ensure_connection()
            await self.connection.begin()
        except BaseException:
            self._undone = asyncio.create_task(self._undo())  # out of reach of whoever cancelled this, however often
            raise
        self.token = get_connections().set(self.connection_name, self.connection)
        return self.connection

    async def _undo(self) -> None:
        """A cancelled BEGIN still runs in the connection's thread: what ends it comes before anybody else goes on."""
        try:
            if self.connection._connection:
                await self.connection._connection.rollback()
        finally:
            self._trxlock.release()


class SqliteClient(TortoiseClient):
    def _in_transaction(self) -> TransactionContext:
        return _ImmediateContext(_ImmediateTransaction(self), self._lock)


client_class = SqliteClient
