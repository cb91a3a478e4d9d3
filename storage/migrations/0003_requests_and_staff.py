from tortoise import migrations
from tortoise.migrations import operations as ops
from orjson import loads
from storage.models.letters import LetterState
from storage.models.requests import NoteKind, RequestOrigin, RequestState
from storage.models.staff import Role
from tortoise.fields.base import OnDelete
from tortoise.fields.data import JSON_DUMPS
from uuid import uuid4
from tortoise import fields
from tortoise.indexes import Index

INDEXES = (  # SQLite loses them when a column becomes nullable, for it makes the table anew
    'CREATE INDEX IF NOT EXISTS letter_by_state ON letter (state, due_at)',
    'CREATE INDEX IF NOT EXISTS letter_by_account ON letter (account_id)',
    'CREATE INDEX IF NOT EXISTS link_by_account ON link (account_id, purpose)',
)
SQLITE_TRIGGERS = tuple(
    f"""CREATE TRIGGER audit_event_keeps_{deed} BEFORE {deed} ON audit_event
    BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END"""
    for deed in ('UPDATE', 'DELETE')
)
POSTGRES_TRIGGERS = (
    """CREATE FUNCTION audit_event_is_kept() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'the audit trail is append-only'; END $$""",
    """CREATE TRIGGER audit_event_kept BEFORE UPDATE OR DELETE ON audit_event
    FOR EACH ROW EXECUTE FUNCTION audit_event_is_kept()""",
    """CREATE TRIGGER audit_event_not_emptied BEFORE TRUNCATE ON audit_event
    FOR EACH STATEMENT EXECUTE FUNCTION audit_event_is_kept()""",
)


async def finish(_apps, editor):
    """What Tortoise's own operations leave out."""
    on_sqlite = editor.client.capabilities.dialect == 'sqlite'
    for statement in (*INDEXES, *SQLITE_TRIGGERS) if on_sqlite else POSTGRES_TRIGGERS:
        await editor.client.execute_query(statement)


class Migration(migrations.Migration):
    dependencies = [('models', '0002_billing_data')]

    initial = False

    operations = [
        ops.CreateModel(
            name='AuditEvent',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('actor', fields.CharField(max_length=60)),
                ('what', fields.CharField(max_length=40)),
                ('about', fields.CharField(null=True, max_length=40)),
                ('detail', fields.JSONField()),
                ('address', fields.CharField(max_length=45)),
                ('hash', fields.CharField(max_length=64)),
            ],
            options={'table': 'audit_event', 'app': 'models', 'indexes': [Index(fields=['about'], name='audit_event_by_subject'), Index(fields=['actor'], name='audit_event_by_actor')], 'pk_attr': 'id', 'table_description': 'What was done to whom, by whom, from where. Append-only (triggers) and chained by hashes (domain/audit.py).'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='AuditHead',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('events', fields.IntField()),
                ('hash', fields.CharField(max_length=64)),
            ],
            options={'table': 'audit_head', 'app': 'models', 'pk_attr': 'id', 'table_description': 'The end of the chain, one row: without it nobody would miss the newest events.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='DailyCount',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('day', fields.DateField()),
                ('what', fields.CharField(max_length=60)),
                ('count', fields.IntField(default=0)),
            ],
            options={'table': 'daily_count', 'app': 'models', 'unique_together': (('day', 'what'),), 'pk_attr': 'id', 'table_description': 'How often something happened on a day (in Ljubljana): numbers for the overview, nothing about persons.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Staff',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('email', fields.CharField(unique=True, max_length=254)),
                ('name', fields.CharField(max_length=100)),
                ('role', fields.CharEnumField(description='CLERK: clerk\nADMINISTRATOR: administrator', enum_type=Role, max_length=15)),
                ('password_hash', fields.CharField(null=True, max_length=200)),
                ('second_factor', fields.UUIDField(null=True)),
                ('last_step', fields.IntField(default=0)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('set_up_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('disabled_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('last_sign_in_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'staff', 'app': 'models', 'pk_attr': 'id', 'table_description': 'Somebody who works at the utility. Signs in by e-mail address, password and a second factor.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='AccessRequest',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('state', fields.CharEnumField(description='UNCONFIRMED: unconfirmed\nNEW: new\nTAKEN: taken\nWAITING: waiting\nREOPENED: reopened\nANSWERED: answered\nREJECTED: rejected', enum_type=RequestState, max_length=12)),
                ('origin', fields.CharEnumField(description='PORTAL: portal\nMAIL: mail\nPHONE: phone\nIN_PERSON: in person', enum_type=RequestOrigin, max_length=10)),
                ('name', fields.CharField(max_length=200)),
                ('address', fields.CharField(max_length=300)),
                ('metering_point', fields.CharField(default='', max_length=40)),
                ('tax_number_hmac', fields.CharField(null=True, max_length=64)),
                ('tax_number_ending', fields.CharField(null=True, max_length=3)),
                ('email', fields.CharField(null=True, max_length=254)),
                ('phone', fields.CharField(default='', max_length=40)),
                ('message', fields.TextField(default='', unique=False)),
                ('language', fields.CharField(max_length=2)),
                ('search_key', fields.CharField(default='', max_length=600)),
                ('open_for', fields.CharField(null=True, unique=True, max_length=64)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('confirmed_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('taken_by', fields.ForeignKeyField('models.Staff', source_field='taken_by_id', null=True, db_constraint=True, to_field='id', related_name='requests', on_delete=OnDelete.SET_NULL)),
                ('taken_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('customer', fields.ForeignKeyField('models.Customer', source_field='customer_id', null=True, db_constraint=True, to_field='id', related_name='requests', on_delete=OnDelete.SET_NULL)),
                ('ended_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('undo_until', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('state_before', fields.CharEnumField(null=True, description='UNCONFIRMED: unconfirmed\nNEW: new\nTAKEN: taken\nWAITING: waiting\nREOPENED: reopened\nANSWERED: answered\nREJECTED: rejected', enum_type=RequestState, max_length=12)),
            ],
            options={'table': 'access_request', 'app': 'models', 'indexes': [Index(fields=['state', 'created_at'], name='access_request_by_state'), Index(fields=['email'], name='access_request_by_email')], 'pk_attr': 'id', 'table_description': 'Somebody who cannot register by himself. Tells nobody whether he is a customer. Only staff compare.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='IssuedControlNumber',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('number_hash', fields.CharField(unique=True, max_length=64)),
                ('token_hash', fields.CharField(unique=True, max_length=64)),
                ('customer', fields.ForeignKeyField('models.Customer', source_field='customer_id', db_constraint=True, to_field='id', related_name='issued_numbers', on_delete=OnDelete.RESTRICT)),
                ('request', fields.ForeignKeyField('models.AccessRequest', source_field='request_id', null=True, db_constraint=True, to_field='id', related_name='issued_numbers', on_delete=OnDelete.SET_NULL)),
                ('issued_by', fields.ForeignKeyField('models.Staff', source_field='issued_by_id', null=True, db_constraint=True, to_field='id', related_name='issued_numbers', on_delete=OnDelete.SET_NULL)),
                ('issued_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('valid_until', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('used_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('spent_by', fields.ForeignKeyField('models.Account', source_field='spent_by_id', null=True, db_constraint=True, to_field='id', related_name='spent_numbers', on_delete=OnDelete.SET_NULL)),
                ('cancelled_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'issued_control_number', 'app': 'models', 'indexes': [Index(fields=['customer_id'], name='issued_control_number_by_customer')], 'pk_attr': 'id', 'table_description': 'A one-time control number for a customer without an invoice: as many random digits as an invoice number has.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='RecoveryCode',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('staff', fields.ForeignKeyField('models.Staff', source_field='staff_id', db_constraint=True, to_field='id', related_name='recovery_codes', on_delete=OnDelete.CASCADE)),
                ('code_hash', fields.CharField(unique=True, max_length=64)),
                ('used_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'recovery_code', 'app': 'models', 'indexes': [Index(fields=['staff_id'], name='recovery_code_by_staff')], 'pk_attr': 'id', 'table_description': 'Stands for the second factor once, when the phone is lost. Kept as a keyed hash.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='RequestNote',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('request', fields.ForeignKeyField('models.AccessRequest', source_field='request_id', db_constraint=True, to_field='id', related_name='noted', on_delete=OnDelete.CASCADE)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('kind', fields.CharEnumField(description='NOTE: note\nQUESTION: question\nADDITION: addition\nREASON: reason', enum_type=NoteKind, max_length=10)),
                ('by', fields.ForeignKeyField('models.Staff', source_field='by_id', null=True, db_constraint=True, to_field='id', related_name='notes', on_delete=OnDelete.SET_NULL)),
                ('text', fields.TextField(unique=False)),
            ],
            options={'table': 'request_note', 'app': 'models', 'indexes': [Index(fields=['request_id'], name='request_note_by_request')], 'pk_attr': 'id', 'table_description': 'What was written to a request after it came.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='StaffSession',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('token_hash', fields.CharField(unique=True, max_length=64)),
                ('staff', fields.ForeignKeyField('models.Staff', source_field='staff_id', db_constraint=True, to_field='id', related_name='sessions', on_delete=OnDelete.CASCADE)),
                ('address', fields.CharField(max_length=45)),
                ('started_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('last_seen_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('ended_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'staff_session', 'app': 'models', 'indexes': [Index(fields=['staff_id'], name='staff_session_by_staff')], 'pk_attr': 'id', 'table_description': "A browser in which somebody of the staff is signed in. No customer's session is ever one of these."},
            bases=['Model'],
        ),
        ops.AddField(
            model_name='Access',
            name='proven_by_issued',
            field=fields.ForeignKeyField('models.IssuedControlNumber', source_field='proven_by_issued_id', null=True, db_constraint=True, to_field='id', related_name='proofs', on_delete=OnDelete.SET_NULL),
        ),
        ops.AlterField(
            model_name='Letter',
            name='account',
            field=fields.ForeignKeyField('models.Account', source_field='account_id', null=True, db_constraint=True, to_field='id', related_name='letters', on_delete=OnDelete.CASCADE),
        ),
        ops.AlterField(
            model_name='Letter',
            name='state',
            field=fields.CharEnumField(default=LetterState.QUEUED, description='QUEUED: queued\nLEASED: leased\nSENT: sent\nREFUSED: refused\nWITHDRAWN: withdrawn', enum_type=LetterState, max_length=10),
        ),
        ops.AddField(
            model_name='Letter',
            name='issued',
            field=fields.ForeignKeyField('models.IssuedControlNumber', source_field='issued_id', null=True, db_constraint=True, to_field='id', related_name='letters', on_delete=OnDelete.SET_NULL),
        ),
        ops.AddField(
            model_name='Letter',
            name='note',
            field=fields.ForeignKeyField('models.RequestNote', source_field='note_id', null=True, db_constraint=True, to_field='id', related_name='letters', on_delete=OnDelete.SET_NULL),
        ),
        ops.AddField(
            model_name='Letter',
            name='request',
            field=fields.ForeignKeyField('models.AccessRequest', source_field='request_id', null=True, db_constraint=True, to_field='id', related_name='letters', on_delete=OnDelete.CASCADE),
        ),
        ops.AddIndex(
            model_name='Letter',
            index=Index(fields=['request_id'], name='letter_by_request'),
        ),
        ops.AddIndex(
            model_name='Letter',
            index=Index(fields=['created_at'], name='letter_by_time'),
        ),
        ops.AlterModelOptions(
            name='Link',
            options={'table': 'link', 'app': 'models', 'indexes': [Index(fields=['account_id', 'purpose'], name='link_by_account'), Index(fields=['request_id'], name='link_by_request'), Index(fields=['staff_id'], name='link_by_staff')], 'pk_attr': 'id', 'table_description': 'An address in a letter that acts once, for an account, a request, or somebody of the staff.'},
        ),
        ops.AlterField(
            model_name='Link',
            name='account',
            field=fields.ForeignKeyField('models.Account', source_field='account_id', null=True, db_constraint=True, to_field='id', related_name='links', on_delete=OnDelete.CASCADE),
        ),
        ops.AddField(
            model_name='Link',
            name='request',
            field=fields.ForeignKeyField('models.AccessRequest', source_field='request_id', null=True, db_constraint=True, to_field='id', related_name='links', on_delete=OnDelete.CASCADE),
        ),
        ops.AddField(
            model_name='Link',
            name='staff',
            field=fields.ForeignKeyField('models.Staff', source_field='staff_id', null=True, db_constraint=True, to_field='id', related_name='links', on_delete=OnDelete.CASCADE),
        ),
        ops.AddIndex(
            model_name='Link',
            index=Index(fields=['request_id'], name='link_by_request'),
        ),
        ops.AddIndex(
            model_name='Link',
            index=Index(fields=['staff_id'], name='link_by_staff'),
        ),
        ops.RunPython(finish),
    ]
