from tortoise import migrations
from tortoise.migrations import operations as ops
from storage.models.billing import RunState
from tortoise.fields.base import OnDelete
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('models', '0001_initial')]

    initial = False

    operations = [
        ops.CreateModel(
            name='ImportProfile',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('name', fields.CharField(unique=True, max_length=60)),
                ('columns', fields.JSONField()),
                ('encoding', fields.CharField(null=True, max_length=20)),
                ('fill_up', fields.BooleanField(default=False)),
            ],
            options={'table': 'import_profile', 'app': 'models', 'pk_attr': 'id', 'table_description': "How the columns of a utility's files are to be read, kept by name for the next month."},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='ImportRun',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('state', fields.CharEnumField(description='APPLYING: applying\nAPPLIED: applied\nUNCHANGED: unchanged\nREFUSED: refused\nFAILED: failed', enum_type=RunState, max_length=10)),
                ('started_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('finished_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('by', fields.CharField(max_length=100)),
                ('profile', fields.CharField(null=True, max_length=60)),
                ('files', fields.JSONField()),
                ('counts', fields.JSONField()),
                ('problems', fields.JSONField()),
                ('guessability', fields.JSONField(null=True)),
                ('highest_number', fields.CharField(null=True, max_length=20)),
                ('backup', fields.CharField(null=True, max_length=300)),
            ],
            options={'table': 'import_run', 'app': 'models', 'indexes': [Index(fields=['state'], name='import_run_by_state')], 'pk_attr': 'id', 'table_description': 'One import of billing data: from which files, by whom, with what result.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='MeteringPoint',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('code', fields.CharField(unique=True, max_length=40)),
                ('customer', fields.ForeignKeyField('models.Customer', source_field='customer_id', db_constraint=True, to_field='id', related_name='metering_points', on_delete=OnDelete.RESTRICT)),
                ('address', fields.CharField(max_length=300)),
                ('meter_serial', fields.CharField(max_length=40)),
                ('service', fields.CharField(max_length=100)),
                ('gone_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('came_with', fields.IntField(null=True)),
            ],
            options={'table': 'metering_point', 'app': 'models', 'indexes': [Index(fields=['customer_id'], name='metering_point_by_customer')], 'pk_attr': 'id', 'table_description': 'A place that is supplied, with its meter. Never deleted by an import, only marked as gone.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='MeterReading',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('metering_point', fields.ForeignKeyField('models.MeteringPoint', source_field='metering_point_id', db_constraint=True, to_field='id', related_name='readings', on_delete=OnDelete.RESTRICT)),
                ('meter_serial', fields.CharField(max_length=40)),
                ('read_on', fields.DateField()),
                ('state', fields.DecimalField(max_digits=12, decimal_places=3)),
                ('origin', fields.CharField(max_length=40)),
                ('came_with', fields.IntField(null=True)),
            ],
            options={'table': 'meter_reading', 'app': 'models', 'unique_together': (('metering_point', 'meter_serial', 'read_on'),), 'pk_attr': 'id', 'table_description': 'What a meter showed on a day (cubic metres, or the unit of its service), and how that is known.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='ParkedRegistration',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('account', fields.ForeignKeyField('models.Account', source_field='account_id', db_constraint=True, to_field='id', related_name='parked', on_delete=OnDelete.CASCADE)),
                ('payer_code', fields.CharField(max_length=20)),
                ('control_number', fields.CharField(max_length=20)),
                ('further_proofs', fields.JSONField()),
                ('since', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('imports_seen', fields.IntField(default=0)),
                ('last_import', fields.IntField(null=True)),
                ('ended_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('outcome', fields.CharField(null=True, max_length=30)),
            ],
            options={'table': 'parked_registration', 'app': 'models', 'indexes': [Index(fields=['account_id'], name='parked_by_account'), Index(fields=['ended_at'], name='parked_by_end')], 'pk_attr': 'id', 'table_description': 'A registration by an invoice newer than the billing data, which waits for the next import (domain/parking.py).'},
            bases=['Model'],
        ),
        ops.AddField(
            model_name='Customer',
            name='came_with',
            field=fields.IntField(null=True),
        ),
        ops.AddField(
            model_name='Invoice',
            name='came_with',
            field=fields.IntField(null=True),
        ),
    ]
