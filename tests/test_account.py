import pytest

from domain.account import overview
from storage.models import Access, AccessState
from tests.world import a_customer, an_account, an_invoice, confirmed, registered

pytestmark = pytest.mark.usefixtures('db')


async def test_a_customer_sees_his_own_payer_codes_only() -> None:
    await an_invoice()
    await an_invoice('202000999', await a_customer('654321', name='Marija Žagar'))
    ana = await confirmed()
    marija = await confirmed(payer_code='654321', control_number='202000999', email='marija@primer.si')

    assert [customer.payer_code for customer in (await overview(ana.account)).customers] == ['123456']
    assert [customer.payer_code for customer in (await overview(marija.account)).customers] == ['654321']


async def test_before_the_confirmation_there_is_nothing_to_see() -> None:
    await an_invoice()
    session = await registered()

    assert (await overview(session.account)).customers == []


@pytest.mark.parametrize('state', [AccessState.HELD, AccessState.ENDED])
async def test_an_access_that_is_not_active_shows_nothing(state: AccessState) -> None:
    account = await an_account()
    await Access.create(account=account, customer=await a_customer(), state=state, since=account.created_at)

    assert (await overview(account)).customers == []
