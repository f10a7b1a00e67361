"""Where a command writes: results to standard output, everything else to standard error."""

from __future__ import annotations

import json
import shutil
import time
from typing import TextIO

PLAIN_LINE_SECONDS = 5.0
_CLEAR_LINE = "\r\x1b[K"


class Console:
    """Two streams and one progress line.

    On a terminal the progress line is rewritten in place; in a log it becomes a plain line every few seconds.
    """

    def __init__(self, out: TextIO, err: TextIO) -> None:
        self._out, self._err = out, err
        for stream in (out, err):
            if hasattr(stream, "reconfigure"):
                # A caption must not end a command because the terminal cannot spell it.
                stream.reconfigure(errors="backslashreplace")
        self._live = err.isatty()
        self._line_shown = False
        self._last_line = float("-inf")
        self._said: set[str] = set()

    @property
    def width(self) -> int | None:
        """Columns of the terminal that shows the results; None when they go to a file or a pipe."""
        return shutil.get_terminal_size().columns if self._out.isatty() else None

    def write(self, line: str) -> None:
        """One line of the result."""
        self._out.write(line + "\n")

    def write_json(self, record: object) -> None:
        """One line of JSON, UTF-8 whatever the terminal's encoding: it is read by programs."""
        if hasattr(self._out, "reconfigure"):
            self._out.reconfigure(encoding="utf-8")
        self.write(json.dumps(record, ensure_ascii=False, allow_nan=False))

    def say(self, message: str) -> None:
        """A message for the person who waits."""
        self._said.add(message)
        self._to_err((_CLEAR_LINE if self._line_shown else "") + message + "\n")
        self._line_shown = False

    def say_once(self, message: str) -> None:
        """A message, unless it was said before: some things are known early and stand in a report, too."""
        if message not in self._said:
            self.say(message)

    def progress(self, message: str, *, last: bool = False) -> None:
        """How far it is. Not every call is shown; one with ``last`` always is."""
        now = time.monotonic()
        if self._live:
            cut = message[: max(1, shutil.get_terminal_size().columns - 1)]
            self._to_err(_CLEAR_LINE + cut + ("\n" if last else ""))
            self._line_shown = not last
        elif last or now - self._last_line >= PLAIN_LINE_SECONDS:
            self._last_line = now
            self._to_err(message + "\n")

    def flush(self) -> None:
        """Hand the results over; BrokenPipeError when nobody reads them any more."""
        self._out.flush()

    def _to_err(self, text: str) -> None:
        try:
            self._err.write(text)
            self._err.flush()
        except BrokenPipeError:
            pass  # nobody listens; the work goes on
