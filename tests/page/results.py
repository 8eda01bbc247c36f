# SPDX-License-Identifier: MIT
"""Results whose numbers are known, as the three tools would write them.

results.py DIRECTORY writes files of them there. Throughput, waits and costs follow the
formulas below; look.py expects them on the page.
"""
import json
import math
import sys

THREADS = (1, 2, 4, 8, 16)
PROCESSORS = tuple(2**i for i in range(1, 11))
LOCKS = ("tas", "ticket", "mcs", "mine")
ALPHA = {
    "model": "Processor A", "architecture": "x86_64", "packages": 2, "cores": 4,
    "hardware_threads": 8, "numa_nodes": 2, "system": "Linux", "kernel": "6.1",
    "virtual": False, "processors": [[[[[0, 4], [1, 5]]]], [[[[2, 6], [3, 7]]]]],
}
BETA = dict(ALPHA, model="Processor B", packages=1, cores=2, hardware_threads=2,
            processors=[[[[[0], [1]]]]])


DISTURBED = ("mcs", 4)


def throughput(name, threads):
    start, power = {"tas": (20, 0.9), "ticket": (18, 0.7), "mcs": (15, 0.3),
                    "mine": (16, 0.5)}[name]
    beyond = {"ticket": 0.05, "mcs": 0.04}.get(name, 1) if threads > 8 else 1
    return start / threads**power * beyond


def wait(name, threads, percentile):
    step = {"tas": 3, "ticket": 1.1, "mcs": 1.05, "mine": 1.7}[name]
    return 100 * threads * step**percentile


def jain(name, threads):
    return {"tas": 1 / (1 + 0.2 * (threads - 1)),
            "mine": 1 / (1 + 0.05 * (threads - 1))}.get(name, 1)


def cycles(name, processors):
    return {"ticket": 150 + 20 * processors, "mcs": 225.5, "mine": 150 + 40 * processors,
            "central": 100 + 50 * processors,
            "dissemination": 80 * math.log2(processors)}[name]


def way(first, second):
    same_cache = first % 4 // 2 == second % 4 // 2
    near = 12.5 if second - first == 4 else 48 if same_cache else 131
    return near + (8 * first + second) / 64


def head(tool, words, options, **fields):
    return {"schema": 1, "tool": tool, "version": "0.1.0", "command_line": [tool] + words,
            "options": options, "library_build": {"compiler": "cc 1.0", "flags": "-O2"},
            **fields}


def median(value, runs):
    """With an interval, 2 % to each side, if there are runs enough for one."""
    known = runs >= 6
    values = [value * (0.9 + 0.2 * run / (runs - 1)) for run in range(runs)]
    return {"median": value, "low": value * 0.98 if known else None,
            "high": value * 1.02 if known else None, "min": value * 0.9,
            "max": value * 1.1, "values": values}


def bench(kind, name, threads, runs=7, host="alpha", machine=ALPHA, cs=0.0, launch=1,
          writes=None, broken=False, disturbed=False, distance="any", transfer=None,
          **figures):
    options = {"locks": list(LOCKS), "threads": list(THREADS), "repeat": 7, "cs": cs,
               "ncs": 100.0, "random": False, "bind": "cache", "format": "json"}
    record = head("lockbench", ["-t", "1,2,4,8,16", "mine.c"], options,
                  session="00000000000000aa", launch=launch, date="2026-01-01T00:00:00Z",
                  host=host, machine=machine, sources=["mine.c"], compiler_flags=[],
                  tries_before_yield=32, quota_processors=None, kind=kind, name=name,
                  library=None, threads=threads, writes_percent=writes, broken=broken,
                  distance=distance, transfer_ns=transfer, runs=runs,
                  disturbed=disturbed)
    record.update((field, median(value, runs)) for field, value in figures.items())
    return record


PERCENTILES = ("median", "p90", "p99", "p999", "p9999", "max")


def contended(name, threads, **more):
    waits = {f"wait_{percentile}_ns": wait(name, threads, i)
             for i, percentile in enumerate(PERCENTILES)}
    return bench("lock", name, threads, jain_index=jain(name, threads),
                 acquisitions_millions_per_second=throughput(name, threads), **waits,
                 **more)


LATENCIES = {"tas": 5.25, "ticket": 5.5, "mcs": 9.75, "mine": 6.125}
RW_LATENCIES = {"rw_ticket": (9.5, 5.0), "rwmutex": (8.75, 9.25)}


def measured():
    for name in LOCKS:
        for threads in THREADS:
            yield contended(name, threads, disturbed=(name, threads) == DISTURBED)
        yield bench("latency", name, 1, runs=3, latency_ns=LATENCIES[name])
    yield bench("lock", "torn", 2, broken=True, acquisitions_millions_per_second=99.5)
    yield bench("lock", "null", 2, acquisitions_millions_per_second=88.5)
    yield bench("novel", "tas", 2, acquisitions_millions_per_second=77.5)
    for name, (read, write) in RW_LATENCIES.items():
        yield bench("rwlock_latency", name, 1, runs=3, read_latency_ns=read,
                    write_latency_ns=write)
    for writes in (1.0, 50.0):
        for i, name in enumerate(RW_LATENCIES):
            for threads in THREADS:
                yield bench("rwlock", name, threads, writes=writes,
                            acquisitions_millions_per_second=(10 + i) * threads / writes,
                            read_wait_p99_ns=100.0 * threads * (i + 1),
                            write_wait_p99_ns=300.0 * threads * (2 - i))
    for name in ("central", "dissemination"):
        for threads in THREADS[1:]:
            yield bench("barrier", name, threads, episode_ns=cycles(name, threads) / 2)


def ways():
    for first in range(8):
        for second in range(first + 1, 8):
            yield head("lockbench", ["matrix"], {}, date="2026-01-01T00:00:00Z",
                       host="alpha", machine=ALPHA, first=first, second=second,
                       shared="core" if second - first == 4 else "elsewhere",
                       one_way_ns=way(first, second), disturbed=False)


def simulated():
    growth = {"mcs": "constant", "dissemination": "log P"}
    for name in ("ticket", "mcs", "mine", "central", "dissemination"):
        kind = "barrier" if name in ("central", "dissemination") else "lock"
        for p in PROCESSORS:
            grown = growth.get(name, "P") if p == PROCESSORS[-1] else None
            yield head("locksim", ["-p", "2,4,...,1024", "mine.c"], {"set": []},
                       sources=["mine.c"], machine="smp", structure="smp",
                       protocol="mesi", arbitration="fifo", name=name, kind=kind,
                       scenario="steady", processors=p, seed=1,
                       cs_cycles=100 if kind == "lock" else None,
                       ncs_cycles=50, arrival="varied", data_lines=2,
                       cycles_per_passage=cycles(name, p),
                       transactions_per_passage=cycles(name, p) / 25,
                       rmr_cc_per_passage={"mcs": 10.0, "mine": None}.get(name, p + 5.0),
                       rmr_cc_per_passage_unbounded=name == "mine",
                       growth={"cycles": grown, "transactions": grown, "rmr_cc": grown})


def simulated_readers():
    """Passages of reader-writer locks, one in a hundred and every second one to write."""
    for name in RW_LATENCIES:
        for writes in (1.0, 50.0):
            for p in (2, 4, 8):
                yield head("locksim", ["--writes", str(writes)], {"writes": writes},
                           sources=None, machine="smp", name=name, kind="rwlock",
                           processors=p, seed=1, writes_percent=writes,
                           cycles_per_passage=readers_cycles(name, writes, p),
                           growth={"cycles": None})


def unbounded():
    """Without end on eight processors, and with one on fewer and on more."""
    for p in (2, 4, 8, 16, 32):
        yield head("locksim", ["-p", "2,4,...,32"], {}, sources=None, machine="smp",
                   name="ticket", kind="lock", processors=p, seed=1,
                   rmr_cc_per_passage=None if p == 8 else p + 5.0,
                   rmr_cc_per_passage_unbounded=p == 8, growth={"rmr_cc": None})


def readers_cycles(name, writes, processors):
    return 100 + len(name) * writes + processors


def check(name, client, verdict, executions, **fields):
    record = head("lockcheck", ["mine.c"], {"model": "rc11"}, sources=["mine.c"],
                  arguments=[], compiler_flags=[], name=name, client=client,
                  client_threads=2, client_rounds=1, verdict=verdict, failure=None,
                  message=verdict, counterexample=None, executions=executions,
                  all_executions=2 * (executions or 0))
    record.update(fields)
    return record


def checked():
    yield check("ticket", "lock", "verified", 12)
    yield check("ticket", "trylock", "verified", 30)
    yield check("mine", "lock", "verified", 8)
    yield check("mine", "rounds", "wrong", 3, failure="race", message="data race on data",
                counterexample=["lockcheck: wrong: data race on data", "",
                                "  33 | W rlx  mine.now = 1"])
    yield check("ticket", None, "not checked", None, client_threads=None,
                all_executions=None, message="ticket has no is_locked: not checked")
    # What nobody has asked for sets nothing apart, nor one thread from several.
    yield check("ring", "episodes", "verified", 2, client_threads=1,
                options={"model": "rc11", "early_returns": "none"})
    yield check("slow", "lock", "inconclusive", 1000, message="no time left")
    yield head("lockcheck", ["--weaken", "mine.c"], {"model": "rc11", "weaken": True},
               sources=["mine.c"], name="mine", client="lock", client_threads=2,
               client_rounds=1, file="mine.c", line=20, column=12, operation="load",
               order="acquire", weaker_order="relaxed", outcome="race")


def of_another_machine():
    for cs in (0.0, 250.0):
        for name in ("ticket", "mine"):
            for threads in (1, 2, 4):
                yield contended(name, threads, host="beta", machine=BETA, cs=cs)


def launched():
    """Seven launches, whose medians are 1 to 7, and four of another lock."""
    for launch in range(1, 8):
        yield bench("lock", "ticket", 2, launch=launch, runs=3,
                    acquisitions_millions_per_second=float(launch))
        if launch < 5:
            yield bench("lock", "mine", 2, launch=launch, runs=3,
                        acquisitions_millions_per_second=float(10 * launch))


def moved():
    """The host of a virtual machine moved the processors apart. All have half of their
    runs near; far were too few with two threads, and the only ones alone with eight."""
    for name in ("ticket", "mcs"):
        yield contended(name, 1)
        yield contended(name, 2, distance="near", transfer=25)
        yield contended(name, 4, distance="far", transfer=200)
        yield contended(name, 2, runs=3, distance="far", transfer=195)
        yield contended(name, 4, runs=4, distance="near", transfer=30)
        yield bench("latency", name, 1, runs=3, latency_ns=LATENCIES[name])
    yield contended("mcs", 8, distance="near", transfer=28, disturbed=True)
    yield contended("mcs", 8, runs=2, distance="far", transfer=210)


def lone():
    """With four threads all but one were disturbed."""
    for name in ("ticket", "mcs"):
        for threads in (2, 4):
            yield contended(name, threads, disturbed=(name, threads) == DISTURBED)


def older():
    """By a lockbench that did not write the values of the runs."""
    for name in ("ticket", "mcs"):
        record = contended(name, 2)
        for figure in record.values():
            if isinstance(figure, dict):
                figure.pop("values", None)
        yield record


HOSTILE = ("<script>alert(1)</script>",
           "x' with lines, '`touch evil`' \n!touch evil\nplot 'a",
           '"><img src=http://example.com/a.png onerror=x>', "$(touch evil)",
           "</text></svg><b>", "\u202eline\u0007\\n@M {/Symbol a}", "a" * 300)


def hostile():
    for i, name in enumerate(HOSTILE):
        for threads in (1, 2, 4):
            yield bench("lock", name, threads, host=HOSTILE[0], machine=ALPHA,
                        acquisitions_millions_per_second=(i + 1) / threads)
        yield bench("latency", name, 1, host=HOSTILE[0], latency_ns=4.5)
        yield check(name, "lock", "wrong", 1, message=name, counterexample=[name, 7])
    record = bench("lock", "tas", 2, acquisitions_millions_per_second=1e308)
    record["machine"] = dict(ALPHA, model="<i>&\"'",
                             processors=[[[["<x>", {"a": 1}, [0, "b", 1e9]]]], 7])
    record["command_line"] = ["lockbench", "<b>", "'; touch evil", 7]
    record["options"]["locks"] = {"<b>": "<b>"}
    yield record
    yield dict(record, name="ttas", threads="two")
    yield dict(record, name="ttas", acquisitions_millions_per_second="many")


FILES = {"bench": measured, "matrix": ways, "sim": simulated, "check": checked,
         "other": of_another_machine, "launches": launched, "moved": moved,
         "readers": simulated_readers, "unbounded": unbounded,
         "older": older, "lone": lone, "hostile": hostile}

if __name__ == "__main__":
    for file_name, records in FILES.items():
        with open(f"{sys.argv[1]}/{file_name}.json", "w") as file:
            for each in records():
                print(json.dumps(each), file=file)
