"""What somebody does at nearly one moment is all done: no request takes another one's place, and none ends another half done."""

from __future__ import annotations

import itertools

import pytest
from playwright.sync_api import expect

from tests.browser.search_page import Visit, cards, field

# What is reported in one turn of the browser goes out as one message; what comes in the next, as another right behind it.
DO = """async ([text, size, order, rest]) => {
    const roots = [document];
    for (let at = 0; at < roots.length; at += 1)
        for (const one of roots[at].querySelectorAll('*')) if (one.shadowRoot) roots.push(one.shadowRoot);
    const all = (selector) => roots.flatMap(root => [...root.querySelectorAll(selector)]);
    const ask = () => {
        const input = all('input[aria-label^="What the"]')[0];
        input.value = text;
        input.dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', bubbles: true}));
    };
    const choose = () => all('.st-key-card_size_choice button').find(one => one.textContent === size).click();
    for (const at of order) {
        [ask, choose][at]();
        await new Promise(resolve => setTimeout(resolve, rest));
    }
}"""
SHOWN = """([text, size]) => {
    const at = new URLSearchParams(location.search);
    return at.get('q') === text && at.get('size') === size;
}"""


# As on a computer that is busy: what was chosen goes out late, while results come in.
BUSY = """const wait = window.setTimeout.bind(window);
    window.setTimeout = (task, delay, ...rest) => wait(task, (delay ?? 0) + (Math.random() < 0.3 ? 250 : 20), ...rest);"""


@pytest.mark.parametrize(("rest", "before"), [(0, ""), (4, ""), (12, ""), (30, ""), (0, BUSY)])
def test_a_query_and_a_size_chosen_in_one_moment_are_both_kept(visit: Visit, rest: int, before: str) -> None:
    page = visit("/?q=a+mill", before=before)
    expect(cards(page)).to_have_count(24)
    expect(field(page)).to_have_value("a mill")
    expect(page.get_by_role("radio", name="S", exact=True)).to_be_visible()
    wanted = itertools.cycle([("a dog", "S"), ("a castle", "L")])
    for order in [(0, 1), (1, 0)] * 3:
        now = next(wanted)
        page.evaluate(DO, [*now, order, rest])
        page.wait_for_function(SHOWN, arg=list(now), timeout=60_000)
        expect(field(page)).to_have_value(now[0])
