from tests.attacks.deeds import PASSWORD, Payer, link_page, token_for
from tests.mail_server import MailServer
from tests.page import Browser


async def test_the_whole_way_without_a_browser(mail: MailServer, browser: Browser, payer: Payer) -> None:
    page = await browser.open('/registracija')
    await page.submit('registracija', payer.form())
    assert await browser.enter(page) == '/preverite-posto'
    confirm = await link_page(browser, token_for(mail, payer.email))
    assert 'Potrdi' in confirm.whole_text
    await confirm.do('confirm', 'click')
    await confirm.until(lambda: 'Registracija je potrjena' in confirm.whole_text)
    page = await browser.open('/')
    await page.submit('prijava', {'payer_code': payer.payer_code, 'password': PASSWORD})
    assert await browser.enter(page) == '/moj-dostop'
    page = await browser.open('/moj-dostop')
    await page.until(lambda: 'Janez Novak' in page.whole_text)
