"""What the data of a billing file are called, for those who map columns and read changes."""

from collections.abc import Mapping

from domain.language import Message, _

KIND_NAMES: Mapping[str, Message] = {
    'customer': _('customers'),
    'metering_point': _('metering points'),
    'invoice': _('invoices'),
    'reading': _('meter readings'),
}

# In the order in which they are offered.
DATUM_NAMES: Mapping[str, Message] = {
    'payer_code': _('payer code'),
    'name': _('name'),
    'surname': _('surname, where it stands apart'),
    'street': _('street and number'),
    'house_number': _('house number, where it stands apart'),
    'post_code': _('post code'),
    'town': _('town'),
    'tax_number': _('tax number'),
    'email': _('e-mail address'),
    'number': _('invoice number'),
    'issued_on': _('date of the invoice'),
    'period_from': _('first day of the period'),
    'period_to': _('last day of the period'),
    'amount': _('amount'),
    'open_amount': _('amount still open'),
    'due_on': _('due date'),
    'reference': _('payment reference'),
    'metering_point': _('metering point code'),
    'address': _('address of the metering point'),
    'meter_serial': _('meter number'),
    'service': _('service'),
    'read_on': _('date of the reading'),
    'state': _('state of the meter'),
    'origin': _('kind of reading'),
}

_OTHER_COLUMNS: Mapping[str, Message] = {
    'code': DATUM_NAMES['metering_point'],
    'tax_number_ending': _('end of the tax number'),
}


def label(kind: str, column: str) -> Message:
    """Of a datum of a file, or of a column that keeps it."""
    if (kind, column) == ('customer', 'address'):
        return _('address')
    return DATUM_NAMES.get(column) or _OTHER_COLUMNS[column]
