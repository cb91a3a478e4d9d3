"""A file made by the server for whoever looks at this page: it goes through the page's own socket, past no address."""

import json
import re

from nicegui import ui

SAVE = """
const link = document.createElement("a");
link.href = URL.createObjectURL(new Blob(["\\ufeff", {text}], {{type: "text/csv;charset=utf-8"}}));
link.download = {name};
link.click();
setTimeout(() => URL.revokeObjectURL(link.href), 60000);
"""


def download_csv(name: str, text: str) -> None:
    """UTF-8 with a byte order mark, which spreadsheets want."""
    plain = re.sub(r'[^\w.-]', '-', name)
    ui.run_javascript(SAVE.format(text=json.dumps(text), name=json.dumps(plain)))
