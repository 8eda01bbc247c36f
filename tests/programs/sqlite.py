"""Threads that write and read: half of them one database with a connection each, half of
them another one with a connection together. What all have written is there in the end.

Not both in one database: a connection that some share says to one of them that the
database is locked, at once, if another one just reads from before what somebody else has
written.

    sqlite.py THREADS
"""
import sqlite3
import sys
import threading

TIMES = 20
THREADS = int(sys.argv[1])
wrong = []


def connect(path):
    return sqlite3.connect(path, timeout=120, isolation_level=None,
                           check_same_thread=False)


def create(path):
    connection = connect(path)
    connection.execute("pragma journal_mode = wal")
    connection.execute("pragma synchronous = off")
    connection.execute("create table rows (thread, number)")
    return connection


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
    first, common = create("each"), create("together")
    threads = [threading.Thread(target=write, args=(i, common if i % 2 else
                                                    connect("each")))
               for i in range(THREADS)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    for connection, count in (first, (THREADS + 1) // 2), (common, THREADS // 2):
        total, = connection.execute("select count(distinct thread * 1000 + number) from "
                                    "rows").fetchone()
        if total != count * TIMES:
            wrong.append(total)
    sys.exit(f"wrong: {wrong}" if wrong else 0)


main()
