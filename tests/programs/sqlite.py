"""Threads that write and read one database: half of them with a connection each, half of
them with one together. What all have written is there in the end.

    sqlite.py THREADS
"""
import os
import sqlite3
import sys
import threading

TIMES = 20
THREADS = int(sys.argv[1])
PATH = os.path.abspath("database")
wrong = []


def connect():
    return sqlite3.connect(PATH, timeout=120, isolation_level=None,
                           check_same_thread=False)


def write(thread, connection):
    try:
        for i in range(TIMES):
            connection.execute("insert into rows values (?, ?)", (thread, i))
            count, = connection.execute("select count(*) from rows where thread = ?",
                                        (thread,)).fetchone()
            if count != i + 1:
                wrong.append((thread, i, count))
    except sqlite3.Error as error:
        wrong.append((thread, error))


def main():
    common = connect()
    common.execute("pragma journal_mode = wal")
    common.execute("pragma synchronous = off")
    common.execute("create table rows (thread, number)")
    threads = [threading.Thread(target=write, args=(i, common if i % 2 else connect()))
               for i in range(THREADS)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    total, = common.execute("select count(distinct thread * 1000 + number) from rows"
                            ).fetchone()
    if total != THREADS * TIMES:
        wrong.append(total)
    sys.exit(f"wrong: {wrong}" if wrong else 0)


main()
