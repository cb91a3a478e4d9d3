from tortoise import migrations
from tortoise.migrations import operations as ops
from storage.models import AccessState, LetterState, SessionKind
from tortoise.fields.base import OnDelete
from uuid import uuid4
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    initial = True

    operations = [
        ops.CreateModel(
            name='Account',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('email', fields.CharField(max_length=254)),
                ('password_hash', fields.CharField(max_length=200)),
                ('language', fields.CharField(max_length=2)),
                ('terms_version', fields.CharField(max_length=20)),
                ('terms_accepted_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('activated_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('closed_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('frozen_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('last_sign_in_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('previous_sign_in_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'account', 'app': 'models', 'indexes': [Index(fields=['email'], name='account_by_email')], 'pk_attr': 'id', 'table_description': "Somebody's access to the portal: an address, a password, and when each step was taken."},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Attempt',
            fields=[
                ('key', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=64)),
                ('count', fields.IntField(default=0)),
                ('started_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('paused_until', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'attempt', 'app': 'models', 'indexes': [Index(fields=['started_at'], name='attempt_by_start')], 'pk_attr': 'key', 'table_description': 'A counter of a budget. `key` is a keyed hash: neither names nor addresses can be read from it.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='AttemptLog',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('what', fields.CharField(max_length=20)),
                ('about', fields.CharField(null=True, max_length=20)),
                ('address', fields.CharField(max_length=45)),
                ('outcome', fields.CharField(max_length=30)),
            ],
            options={'table': 'attempt_log', 'app': 'models', 'indexes': [Index(fields=['at'], name='attempt_log_by_time'), Index(fields=['about', 'at'], name='attempt_log_by_code')], 'pk_attr': 'id', 'table_description': 'What was tried and why it truly failed, for staff, kept 30 days. `about` is a well-formed payer code or null.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Customer',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('payer_code', fields.CharField(unique=True, max_length=20)),
                ('name', fields.CharField(max_length=200)),
                ('address', fields.CharField(max_length=300)),
                ('email', fields.CharField(null=True, max_length=254)),
                ('search_key', fields.CharField(default='', max_length=600)),
                ('tax_number_hmac', fields.CharField(null=True, max_length=64)),
                ('tax_number_ending', fields.CharField(null=True, max_length=3)),
                ('gone_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'customer', 'app': 'models', 'indexes': [Index(fields=['tax_number_hmac'], name='customer_by_tax_number')], 'pk_attr': 'id', 'table_description': 'A payer as the billing program knows him, never deleted, only marked as gone.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Invoice',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('number', fields.CharField(unique=True, max_length=20)),
                ('customer', fields.ForeignKeyField('models.Customer', source_field='customer_id', db_constraint=True, to_field='id', related_name='invoices', on_delete=OnDelete.RESTRICT)),
                ('issued_on', fields.DateField()),
                ('period_from', fields.DateField(null=True)),
                ('period_to', fields.DateField(null=True)),
                ('due_on', fields.DateField(null=True)),
                ('amount', fields.DecimalField(max_digits=12, decimal_places=2)),
                ('open_amount', fields.DecimalField(max_digits=12, decimal_places=2)),
                ('reference', fields.CharField(null=True, max_length=35)),
                ('spent_by', fields.ForeignKeyField('models.Account', source_field='spent_by_id', null=True, db_constraint=True, to_field='id', related_name='spent_invoices', on_delete=OnDelete.SET_NULL)),
            ],
            options={'table': 'invoice', 'app': 'models', 'indexes': [Index(fields=['customer_id', 'issued_on'], name='invoice_by_customer')], 'pk_attr': 'id', 'table_description': 'A paper invoice. Its number proves the payer code once (`spent_by` is the registration that used it up).'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Access',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('account', fields.ForeignKeyField('models.Account', source_field='account_id', db_constraint=True, to_field='id', related_name='accesses', on_delete=OnDelete.CASCADE)),
                ('customer', fields.ForeignKeyField('models.Customer', source_field='customer_id', db_constraint=True, to_field='id', related_name='accesses', on_delete=OnDelete.RESTRICT)),
                ('proven_by', fields.ForeignKeyField('models.Invoice', source_field='proven_by_id', null=True, db_constraint=True, to_field='id', related_name='proofs', on_delete=OnDelete.SET_NULL)),
                ('state', fields.CharEnumField(description='PENDING: pending\nHELD: held\nACTIVE: active\nENDED: ended', enum_type=AccessState, max_length=10)),
                ('first_holder_of', fields.IntField(null=True, unique=True)),
                ('pending_for', fields.IntField(null=True, unique=True)),
                ('since', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('until', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'access', 'app': 'models', 'indexes': [Index(fields=['account_id'], name='access_by_account'), Index(fields=['customer_id'], name='access_by_customer')], 'pk_attr': 'id', 'table_description': 'Which account sees which payer code. The first holder is the one who signs in by the code.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Link',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('purpose', fields.CharField(max_length=20)),
                ('account', fields.ForeignKeyField('models.Account', source_field='account_id', db_constraint=True, to_field='id', related_name='links', on_delete=OnDelete.CASCADE)),
                ('token_hash', fields.CharField(unique=True, max_length=64)),
                ('issued_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('valid_until', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('used_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('replaced_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('cancelled_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'link', 'app': 'models', 'indexes': [Index(fields=['account_id', 'purpose'], name='link_by_account')], 'pk_attr': 'id', 'table_description': 'An address in a letter that acts once. Neither this table nor the outbox holds its token (domain/links.py).'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Letter',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('kind', fields.CharField(max_length=30)),
                ('account', fields.ForeignKeyField('models.Account', source_field='account_id', db_constraint=True, to_field='id', related_name='letters', on_delete=OnDelete.CASCADE)),
                ('customer', fields.ForeignKeyField('models.Customer', source_field='customer_id', null=True, db_constraint=True, to_field='id', related_name='letters', on_delete=OnDelete.SET_NULL)),
                ('link', fields.ForeignKeyField('models.Link', source_field='link_id', null=True, db_constraint=True, to_field='id', related_name='letters', on_delete=OnDelete.SET_NULL)),
                ('recipient', fields.CharField(max_length=254)),
                ('language', fields.CharField(max_length=2)),
                ('message_id', fields.CharField(unique=True, max_length=200)),
                ('state', fields.CharEnumField(default=LetterState.QUEUED, description='QUEUED: queued\nLEASED: leased\nSENT: sent\nREFUSED: refused', enum_type=LetterState, max_length=10)),
                ('attempts', fields.IntField(default=0)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('due_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('leased_until', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('sent_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('last_reply', fields.CharField(null=True, max_length=500)),
            ],
            options={'table': 'letter', 'app': 'models', 'indexes': [Index(fields=['state', 'due_at'], name='letter_by_state'), Index(fields=['account_id'], name='letter_by_account')], 'pk_attr': 'id', 'table_description': 'The outbox. A letter is rendered when it is sent, from what it refers to.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Session',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('token_hash', fields.CharField(unique=True, max_length=64)),
                ('kind', fields.CharEnumField(description='CUSTOMER: customer\nREGISTERING: registering\nUNCONFIRMED: unconfirmed', enum_type=SessionKind, max_length=12)),
                ('account', fields.ForeignKeyField('models.Account', source_field='account_id', db_constraint=True, to_field='id', related_name='sessions', on_delete=OnDelete.CASCADE)),
                ('address_hash', fields.CharField(max_length=64)),
                ('started_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('last_seen_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('ended_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'session', 'app': 'models', 'indexes': [Index(fields=['account_id'], name='session_by_account')], 'pk_attr': 'id', 'table_description': "A browser that is let in: the cookie's token is kept only as a keyed hash."},
            bases=['Model'],
        ),
    ]
