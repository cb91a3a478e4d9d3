from tests.mail_server import MailServer
from tests.page import REGISTRATION, Browser
from tests.portal import Portal
from tests.world import link_in


async def test_the_whole_way_without_a_browser(portal: Portal, mail: MailServer, browser: Browser) -> None:
    page = await browser.open('/registracija')
    await page.submit('registracija', REGISTRATION)
    assert await browser.enter(page) == '/preverite-posto'
    [letter] = mail.wait_for(1)
    link = link_in(letter)
    confirm = await browser.open(link.removeprefix(portal.url.replace('127.0.0.1', 'localhost')))
    await confirm.do('link-token', 'token', link.rsplit('/', 1)[1])
    await confirm.until(lambda: 'Potrdi' in confirm.whole_text)
    await confirm.do('confirm', 'click')
    await confirm.until(lambda: 'Registracija je potrjena' in confirm.whole_text)
    page = await browser.open('/')
    await page.submit('prijava', {'payer_code': '123456', 'password': REGISTRATION['password']})
    assert await browser.enter(page) == '/moj-dostop'
    page = await browser.open('/moj-dostop')
    await page.until(lambda: 'Janez Novak' in page.whole_text)
