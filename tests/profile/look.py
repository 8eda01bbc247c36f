# SPDX-License-Identifier: MIT
#
# look.py FILE SCENE: whether the records of a profile are what the scene must have. Each
# number follows from scenes.c.
import json
import platform
import sys

records = [json.loads(line) for line in open(sys.argv[1])]
scene = sys.argv[2]
has_frames = platform.machine() == "x86_64"


def of(kind, lock=None, **wanted):
    """The records of a kind, of a lock, with a function as their place, waiter …"""
    return [
        record
        for record in records
        if record["kind"] == kind
        and (lock is None or record["lock"]["variable"] == lock)
        and all(record[name]["function"] == value for name, value in wanted.items())
    ]


def one(kind, lock=None, **wanted):
    found = of(kind, lock, **wanted)
    assert len(found) == 1, f"{len(found)} records: {kind} {lock} {wanted}"
    return found[0]


def equal(value, wanted, what):
    assert value == wanted, f"{what} is {value}, not {wanted}"


def place(lock, function, acquisitions, waited=0):
    record = one("place", lock, place=function)
    equal(record["acquisitions"], acquisitions, f"{function}: acquisitions")
    equal(record["waited"], waited, f"{function}: waited")
    return record


def no_cycle():
    assert of("place"), "nothing was seen at all"
    equal(len(of("cycle")), 0, "cycles")


def cycle(count, stacks):
    """One cycle; its steps' stacks hold these functions, in some turn."""
    steps = one("cycle")["steps"]
    equal(len(steps), count, "steps")
    functions = [
        ({frame["function"] for frame in step["has_stack"]},
         {frame["function"] for frame in step["wants_stack"]})
        for step in steps
    ]
    for function in stacks:
        assert any(function in wants for _, wants in functions), f"no {function}"
        if has_frames:
            assert any(function in has for has, _ in functions), f"no {function}: has"
    equal(len({step["thread"] for step in steps}), count, "threads")
    for step, next_step in zip(steps, steps[1:] + steps[:1]):
        equal(step["wants"], next_step["has"], "what the next one has")


def static_cycle(count, stacks):
    cycle(count, stacks)
    equal(one("cycle")["memory_may_be_reused"], False, "reused")
    equal(one("cycle")["more_at_these_places"], 0, "more")


def accounts():
    """Two cycles at the same places are told once."""
    cycle(2, ["transfer"])
    equal(one("cycle")["memory_may_be_reused"], True, "reused")
    equal(one("cycle")["more_at_these_places"], 1, "more")


def waiting():
    """3 threads wait in each of 10 rounds, for one that gives when all sleep."""
    asked = place("queue", "ask", 30, 30)
    held = place("queue", "hold", 10, 0)
    pair = one("pair", "queue", waiter="ask", holder="hold")
    lock = asked["lock"]
    equal(pair["waits"], 30, "waits of the pair")
    equal(len(of("pair")), 1, "pairs")
    equal(lock["acquisitions"], 40, "acquisitions")
    equal(lock["longest_queue"], 3, "longest queue")
    equal(lock["passed_over"], 2, "passed over")
    equal(lock["threads"], 4, "threads")
    equal(lock["jain_index"], 1.0, "Jain's index")  # each has 10
    equal(asked["waited_share"], 1.0, "share")
    equal(pair["waiting_total_ns"], asked["waiting"]["total_ns"], "time of the pair")
    assert 0 < asked["waiting"]["p50_ns"] <= asked["waiting"]["p99_ns"]
    assert asked["waiting"]["p99_ns"] <= asked["waiting"]["max_ns"]
    assert asked["waiting"]["max_ns"] <= asked["waiting"]["total_ns"]
    equal(held["waiting"]["total_ns"], None, "no waiting")
    equal(held["holdings_timed"], 10, "timed holdings")
    equal(asked["holdings_timed"], 30, "timed holdings")
    assert held["place"]["line"] > asked["place"]["line"] > 0


def wrapped():
    if has_frames:
        place("queue", "produce", 7)
        place("queue", "consume", 5)
        record = place("queue", "vary", 20)
        equal(record["place"]["by"], "take_lock", "by")
    else:
        place("queue", "take_lock", 32)


def many(every):
    record = one("place", "queue")
    equal(record["acquisitions"], 100000, "acquisitions")
    if every == 1:
        equal(record["holdings_timed"], 100000, "timed holdings")
    else:
        # The first 32; of the others one in 32, at gaps of 1 to 63 that are evenly
        # likely: 3124 in the mean, with a standard deviation of 32.
        timed = record["holdings_timed"]
        assert 32 + 3124 - 320 < timed < 32 + 3124 + 320
        equal(record["holdings_stand_for"], 32 + 32 * (timed - 32), "stand for")
    equal(record["process"]["timed_every"], every, "timed every")
    assert all(count == 0 for count in record["process"]["lost"].values())


def threads():
    record = one("place", "queue")
    equal(record["acquisitions"], 1000, "acquisitions")
    equal(record["lock"]["threads"], 100, "threads")
    equal(record["lock"]["jain_index"], 1.0, "Jain's index")


def held():
    """40 at once: all are counted, 32 have room to be timed."""
    rows = of("place")
    equal(len(rows), 40, "locks")
    equal(sum(row["acquisitions"] for row in rows), 40, "acquisitions")
    equal(sum(row["holdings_timed"] for row in rows), 32, "timed holdings")
    equal(rows[0]["process"]["lost"]["holdings"], 8, "lost holdings")
    equal(rows[0]["process"]["lost"]["given_by_others"], 0, "given by others")


def forked():
    counts, parents = {}, {}
    for record in records:
        counts[record["process"]["pid"]] = record["acquisitions"]
        parents[record["process"]["pid"]] = record["process"]["parent"]
    equal(sorted(counts.values()), [3, 5], "acquisitions")
    child = next(pid for pid, count in counts.items() if count == 5)
    equal(counts[parents[child]], 3, "acquisitions of the child's parent")


def replaced():
    equal([record["acquisitions"] for record in records], [3, 4], "acquisitions")
    equal(len({record["process"]["pid"] for record in records}), 1, "processes")


def deadlock():
    cycle(2, ["get_stuck"])
    waiters = of("waiter")
    equal(len(waiters), 2, "threads that wait")
    equal({waiter["lock"]["variable"] for waiter in waiters}, {"a", "b"}, "for")


def reused():
    no_cycle()
    locks = [record["lock"] for record in records]
    objects = {lock["variable"]: lock["objects"] for lock in locks}
    equal(objects, {"a": 2, "b": 1}, "objects")


def four():
    record = one("place", "queue")
    equal(record["acquisitions"], 4, "acquisitions")
    equal(record["holdings_timed"], 4, "timed holdings")


def loaded():
    """Two libraries in turn, most likely at the same addresses."""
    place("queue", "alpha", 20)
    place("queue", "beta", 20)


checks = {
    "waiting": waiting,
    "wrapped": wrapped,
    "many": lambda: many(32),
    "many_all": lambda: many(1),
    "threads": threads,
    "recursive": lambda: equal(one("place")["acquisitions"], 6, "acquisitions"),
    "held": held,
    "cycle": lambda: static_cycle(2, ["a_then_b", "b_then_a"]),
    "cycle_of_three": lambda: static_cycle(3, ["a_then_b", "b_then_c", "c_then_a"]),
    "accounts": accounts,
    "one_thread": no_cycle,
    "gated": no_cycle,
    "tried": no_cycle,
    "reused": reused,
    "readers": no_cycle,
    "writers": lambda: cycle(2, ["read_and_write"]),
    "killed": four,
    "left": four,
    "forked": forked,
    "replaced": replaced,
    "deadlock": deadlock,
    "loaded": loaded,
}
try:
    checks[scene]()
except AssertionError as error:
    sys.exit(f"{scene}: {error}")
