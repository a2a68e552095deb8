"""One table of strings that do harm somewhere: on the server, in a browser, a database, a spreadsheet, a file system.

What runs in a page leaves its mark in ``window.top.__owned``, opens a dialog, or asks a host (``hostile.example``).
"""

from __future__ import annotations

#: Name → text. One line each, since the seeds allow no control characters in a cell.
LINES: dict[str, str] = {
    "img": '<img src=x onerror="window.top.__owned=1">',
    "img_host": "<img src=//hostile.example/a.png><link rel=stylesheet href=//hostile.example/a.css>",
    "svg": "<svg/onload=window.top.__owned=2><details open ontoggle=window.top.__owned=2>",
    "script_end": "</script><script>window.top.__owned=3;alert(3)</script>",
    "closers": "</title></style></textarea></template></noscript></iframe>--><base href=//hostile.example>",
    "iframe": "<iframe src='javascript:window.top.__owned=4'></iframe><meta http-equiv=refresh content=0>",
    "attributes": "\" onmouseover=\"window.top.__owned=5\" x='' autofocus onfocus='window.top.__owned=5'",
    "jinja": "{{ 7*7 }}{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "jinja_block": "{% raise %}{% for x in () %}{# comment #}{%- raw -%}",
    "template_literal": "`${window.top.__owned=6}` ${7*7} #{7*7} <%= 7*7 %>",
    "python_format": "%s %(y)s %n {0} {name!r} {0.__class__}",
    "quotes": "'\"`\\'\\\"'' \"\" \\",
    "entity": "&lt;b&gt; &amp; &#60;i&#62; &nbsp; &copy",
    "cdata": "]]><![CDATA[<x/>]]><!-- -->",
    "markdown_link": "[x](javascript:window.top.__owned=7) ![y](//hostile.example/b.png) <https://hostile.example>",
    "markdown": "**b** _i_ ~~s~~ # h `c` | a | www.hostile.example a@hostile.example",
    "streamlit": ":material/delete: :red[r] :smile: $\\frac{1}{2}$ $$x$$ :blue-background[b] <- -> --",
    "rtl": "\u202egnp.exe\u202c \u200fשלום\u200f \u2066x\u2069 \u061c",
    "invisible": "zero\u200bwidth\u200d\u2060\u00ad\ufe0f\u034f\u180e\U000e0041",
    "emoji": "😀👨‍👩‍👧‍👦🏳️‍🌈 𠮷𡃁 Z̸̢͑ạ̶l̵go",
    "case": "ǰΐﬃ İıßſ ＩＭＧ ﷽",
    "formula": "=cmd|' /C calc'!A0",
    "dde": '@SUM(1+1)*DDE("cmd";"/C calc";"x")',
    "plus": "+1+cmd|' /C calc'!A0",
    "minus": '-2+3+HYPERLINK("http://hostile.example")',
    "full_width_formula": "＝1+1",
    "quoted_formula": "'=1+1",
    "negative_number": "-12.5",
    "path": "../../../../etc/passwd",
    "windows_path": '..\\..\\C:\\CON|<>?*:"',
    "sql": "'; DROP TABLE places; --",
    "sql_more": "\") OR 1=1; /* \\copy x from program 'id' */ $$; $a$",
    "shell": "$(touch owned) `touch owned` && touch owned | tee owned; #",
    "kml": "$[name] $[geDirections] %20%00 &#0;",
    "dxf": "\\P{\\fArial;x}^I\\U+4E2D%%d%%u",
    "url": "javascript:window.top.__owned=8",
    "null_word": "NULL",
    "true_word": "true",
    "long_number": "00012345678901234567890",
    "long": "长" * 100_000,
}

#: What only a cell of a user's table, a name of a file or a URL can hold.
CELLS: dict[str, str] = {
    **LINES,
    "nul": "null\x00inside",
    "control": "bell\x07 escape\x1b[31m delete\x7f",
    "newlines": "one\ntwo\r\nthree\rfour\ttab",
    "tab_formula": "\t=1+1",
    "return_formula": "\r=1+1",
    "line_separators": "a\u2028b\u2029c\x85d\x0be\x0cf",
    "noncharacters": "\ufeffbom \ufffe \uffff",
    "spaces": "  outer spaces\u3000",
}

#: No text at all to UTF-8: only a URL, a file name or a careless program can bring it.
LONE_SURROGATE = "lone \ud800 surrogate"
