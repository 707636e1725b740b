"""History is written by many threads at once, and every row can be read again."""

from __future__ import annotations

import os
import threading

from engine import history


def test_rows_packed_by_many_threads_at_once_can_all_be_read():
    wrong: list[object] = []

    def work(number: int) -> None:
        for turn in range(1500):
            entries = [{"what": "completed", "element": f"{number}-{turn}", "data": {"note": os.urandom(60).hex() * 8}}]
            try:
                back = history.unpack(history.pack(entries))
            except Exception as error:  # noqa: BLE001 - whatever it is, the test tells it
                wrong.append(error)
            else:
                if back != entries:
                    wrong.append(back)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert wrong == []
