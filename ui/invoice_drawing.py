"""The drawing of an invoice with both numbers marked (manual, Slika 3)."""

from html import escape

from domain.language import _
from domain.settings import settings
from ui.elements import picture, said

_SVG = """<svg viewBox="0 0 470 290" class="invoice" aria-hidden="true" focusable="false">
<rect class="sheet" x="1" y="1" width="468" height="288" rx="6"/>
<g class="lines"><rect x="24" y="26" width="150" height="12" rx="3"/><rect x="24" y="46" width="110" height="8" rx="3"/>
<rect x="24" y="196" width="200" height="8" rx="3"/><rect x="24" y="214" width="160" height="8" rx="3"/>
<rect x="24" y="246" width="370" height="8" rx="3"/><rect x="24" y="264" width="330" height="8" rx="3"/></g>
<g class="words"><text x="24" y="96">Račun številka</text><text x="24" y="152">Šifra uporabnika</text></g>
<g class="marks"><rect x="164" y="73" width="122" height="34" rx="6"/>
<rect x="164" y="129" width="122" height="34" rx="6"/></g>
<g class="numbers"><text x="176" y="96">{invoice}</text><text x="176" y="152">{code}</text></g>
<g class="names"><text x="297" y="96">{control_number}</text><text x="297" y="152">{username}</text></g>
</svg>"""


def invoice_drawing() -> None:
    chosen = settings()
    names = {'control_number': said(_('Control number')), 'username': said(_('Username'))}
    svg = _SVG.format(
        invoice=escape(chosen.sample_invoice_number),
        code=escape(chosen.sample_payer_code),
        **{key: escape(name) for key, name in names.items()},
    )
    picture(
        svg,
        _(
            'Drawing of an invoice. Beside “Račun številka” stands {invoice}: that is the control number. Below it, '
            'beside “Šifra uporabnika”, stands {code}: that is the username.',
            invoice=chosen.sample_invoice_number,
            code=chosen.sample_payer_code,
        ),
    )
