# SPDX-License-Identifier: MIT
"""Looks at a page of lockbench report.

look.py WHAT PAGE: whether WHAT holds for it; the functions below say what that is.
"""
import html.parser
import itertools
import re
import sys

import results

VOID = {"meta", "br", "use", "path", "circle", "rect", "polygon", "img", "link", "input"}


class Page(html.parser.HTMLParser):
    """The sections of a page: heading, table rows, texts in its drawing, all text."""

    def __init__(self, text):
        super().__init__()
        self.sections, self.section, self.open = {}, None, []
        self.tags, self.attributes, self.lines = [], [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        self.tags.append(tag)
        self.attributes += attrs
        if tag == "section":
            self.section = {"rows": [], "drawn": [], "pictures": 0, "text": "",
                            "marks": []}
            self.sections[attributes["id"]] = self.section
        if self.section is not None:
            if tag == "use":
                self.section["marks"].append((attributes["href"], attributes["color"]))
            if tag == "svg":
                self.section["pictures"] += 1
            if tag == "tr":
                self.section["rows"].append([])
            if tag in ("td", "th"):
                self.section["rows"][-1].append("")
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if tag in self.open:
            while self.open.pop() != tag:
                pass
        if tag == "section":
            self.section = None

    def handle_data(self, data):
        self.lines.append(data)
        if self.section is None:
            return
        self.section["text"] += data
        if self.open[-1:] == ["text"]:
            self.section["drawn"].append(data.strip())
        elif any(tag in ("td", "th") for tag in self.open):
            self.section["rows"][-1][-1] += data


def table(section):
    """Rows by their first cell: lists of value, low, high; None for an empty one."""
    rows = {}
    for row in section["rows"]:
        cells = []
        for cell in row[1:]:
            numbers = re.findall(r"[\d.]+", cell)
            cells.append([float(number) for number in numbers] if numbers else None)
        rows[row[0].strip()] = cells
    return rows


def close(shown, expected):
    """As near as four digits can be."""
    return abs(shown - expected) <= 0.0006 * abs(expected)


def expect(rows, name, values, interval=0.02):
    for cell, value in zip(rows[name], values, strict=True):
        assert close(cell[0], value), (name, cell, value)
        if interval:
            assert close(cell[1], value * (1 - interval)), (name, cell, value)
            assert close(cell[2], value * (1 + interval)), (name, cell, value)


def numbers(page):
    """Each number of the results is in the table of its figure."""
    sections = page.sections
    for name in results.LOCKS:
        for figure, value in (("throughput", results.throughput),
                              ("fairness", results.jain),
                              ("waiting", lambda n, t: results.wait(n, t, 2))):
            expect(table(sections[figure]), name,
                   [value(name, t) for t in results.THREADS])
        expect(table(sections["tail"]), name,
               [results.wait(name, 8, i) for i in range(6)])
        expect(table(sections["latency"]), name, [results.LATENCIES[name]], 0.1)
    assert "~" in sections["throughput"]["rows"][3][3]
    for i, name in enumerate(results.RW_LATENCIES):
        for figure, writes in (("readers-writers", 1), ("readers-writers-2", 50)):
            expect(table(sections[figure]), name,
                   [(10 + i) * t / writes for t in results.THREADS])
        expect(table(sections["readers-waiting"]), name,
               [100 * t * (i + 1) for t in results.THREADS])
        expect(table(sections["writers-waiting"]), name,
               [300 * t * (2 - i) for t in results.THREADS])
        for figure, side in (("read-latency", 0), ("write-latency", 1)):
            expect(table(sections[figure]), name, [results.RW_LATENCIES[name][side]], 0.1)
    for name in ("central", "dissemination"):
        expect(table(sections["barriers"]), name,
               [results.cycles(name, t) / 2 for t in results.THREADS[1:]])
    for name in ("ticket", "mcs", "mine"):
        simulated = [results.cycles(name, p) for p in results.PROCESSORS]
        rows = table(sections["sim-cycles"])
        expect({name: rows[name][:-1]}, name, simulated, None)
        rows = table(sections["sim-transactions"])
        expect({name: rows[name][:-1]}, name, [c / 25 for c in simulated], None)
        times = [1000 / results.throughput(name, t) for t in results.THREADS]
        cells = table(sections["measured-time"])[name]
        for cell, time in zip(cells, times, strict=True):
            assert close(cell[0], time), (name, cell, time)
            assert close(cell[1], time / 1.02), (name, cell, time)
    references = {row[0]: row[1:] for row in sections["sim-references"]["rows"]}
    assert references["mine"] == ["∞"] * len(results.PROCESSORS) + ["P"], references
    assert "tas" not in table(sections["measured-time"])
    growths = {row[0]: row[-1] for row in sections["sim-cycles"]["rows"]}
    assert growths["mcs"] == "constant" and growths["ticket"] == "P", growths
    pairs = {(row[0], row[1]): float(row[3]) for row in sections["matrix"]["rows"][1:]}
    assert len(pairs) == 28 and close(pairs["0", "4"], results.way(0, 4)), pairs


def differ(one, other, pairs):
    """The rank-sum test, by trying all ways, at 5 % for so many pairs. No ties."""
    pool = sorted(one + other)
    ranks = range(len(pool))
    expected = len(one) * (len(pool) - 1) / 2
    off = abs(sum(pool.index(value) for value in one) - expected)
    sums = [sum(chosen) for chosen in itertools.combinations(ranks, len(one))]
    return sum(abs(each - expected) >= off for each in sums) <= 0.05 / pairs * len(sums)


def best(page):
    """What has a * in each column is the best and what cannot be told from it."""
    def wait99(name, threads):
        return results.wait(name, threads, 2)
    for figure, value, turn in (("throughput", results.throughput, -1),
                                ("waiting", wait99, 1)):
        rows = {row[0]: row[1:] for row in page.sections[figure]["rows"]}
        for column, threads in enumerate(results.THREADS):
            alone = {name: results.median(value(name, threads), 7)["values"]
                     for name in results.LOCKS
                     if (name, threads) != results.DISTURBED}
            first = min(alone, key=lambda name: turn * value(name, threads))
            pairs = len(alone) * (len(alone) - 1) // 2
            marked = {name for name in results.LOCKS if rows[name][column][0] == "*"}
            assert marked == {name for name in alone if name == first or
                              not differ(alone[first], alone[name], pairs)}, (
                                  figure, threads, rows)
    # Of three runs of each of four nothing can be told: 2 of 20 ways; of five 2 of 252.
    free = page.sections["latency"]
    assert [row[1][0] == "*" for row in free["rows"][1:]] == [True, False, False, False]
    assert "it takes 5 of each" in free["text"], free["text"]
    assert "it takes" not in page.sections["throughput"]["text"]
    glance_rows = {row[0]: row[1:] for row in page.sections["glance"]["rows"]}
    at8 = {row[0]: row[4] for row in page.sections["throughput"]["rows"]}
    for name in results.LOCKS:
        assert (glance_rows[name][2][0] == "*") == (at8[name][0] == "*"), glance_rows
    simulated = {row[0]: row[1:] for row in page.sections["sim-cycles"]["rows"]}
    costs = {name: results.cycles(name, 4) for name in ("ticket", "mcs", "mine")}
    for name, cost in costs.items():
        assert (simulated[name][1][0] == "*") == (cost == min(costs.values())), simulated


def older(page):
    """Without the values of the runs the best is marked, and it says that this is all."""
    section = page.sections["throughput"]
    marks = {row[0]: row[1][0] == "*" for row in section["rows"][1:]}
    assert marks == {"ticket": False, "mcs": True}, marks
    assert "do not have the values of the runs" in section["text"], section["text"]
    assert "all but one were disturbed" not in section["text"], section["text"]


def lone(page):
    """One of two that are not disturbed is not the best of what cannot be compared."""
    section = page.sections["throughput"]
    marks = {row[0]: [cell[:1] for cell in row[1:]] for row in section["rows"][1:]}
    assert marks["ticket"][1] != "*" and marks["mcs"][1] == "~", marks
    assert "*" in (marks["ticket"][0], marks["mcs"][0]), marks
    assert "all but one were disturbed none is marked" in section["text"], section["text"]


def readers(page):
    """A figure for each share of writes."""
    for figure, writes in (("sim-readers", 1), ("sim-readers-2", 50)):
        section = page.sections[figure]
        assert f"{writes} % writes" in section["text"] and section["pictures"] == 1
        rows = table(section)
        for name in results.RW_LATENCIES:
            expect({name: rows[name][:-1]}, name,
                   [results.readers_cycles(name, writes, p) for p in (2, 4, 8)], None)


def figures(page):
    """Each figure is drawn, with its names, and has what belongs below it."""
    names = {"throughput": results.LOCKS, "waiting": results.LOCKS, "tail": results.LOCKS,
             "fairness": results.LOCKS, "latency": results.LOCKS,
             "barriers": ("central", "dissemination"),
             "readers-writers": results.RW_LATENCIES,
             "read-latency": results.RW_LATENCIES,
             "readers-writers-2": results.RW_LATENCIES,
             "readers-waiting": results.RW_LATENCIES,
             "writers-waiting": results.RW_LATENCIES,
             "write-latency": results.RW_LATENCIES,
             "sim-cycles": ("ticket", "mcs", "mine"),
             "sim-transactions": ("ticket", "mcs", "mine"),
             "sim-references": ("ticket", "mcs"),
             "measured-time": ("ticket", "mcs", "mine"),
             "sim-barriers": ("central", "dissemination"),
             "measured-episodes": ("central", "dissemination"),
             "machine": "01234567", "matrix": "01234567"}
    for figure, shown in names.items():
        section = page.sections[figure]
        assert section["pictures"] == 1, figure
        for name in shown:
            assert name in section["drawn"], (figure, name, section["drawn"])
        if figure != "machine":
            assert re.search(r"From lock(bench|sim) ", section["text"]), figure
    assert "1024" in page.sections["sim-cycles"]["drawn"]
    # A mark for each point but the disturbed one, and for each name in the legend.
    marks = page.sections["throughput"]["marks"]
    assert len(marks) == len(results.LOCKS) * (len(results.THREADS) + 1) - 1, marks
    assert "8 hardware threads" in page.sections["throughput"]["text"]
    assert "1 launch of 7 runs" in page.sections["throughput"]["text"]
    assert "95 % interval" in page.sections["throughput"]["text"]
    assert "too few for an interval" in page.sections["latency"]["text"]


def styles(page):
    """The same mark and colour everywhere, and another one for each name."""
    ticket, own = ("#gpPt1", "#cc79a7"), set()
    for figure in ("throughput", "waiting", "tail", "fairness", "sim-cycles",
                   "sim-transactions", "measured-time"):
        marks = set(page.sections[figure]["marks"])
        names = 3 if figure in ("sim-cycles", "sim-transactions", "measured-time") else 4
        assert len(marks) == len({mark for mark, _ in marks}) == names, (figure, marks)
        assert len({colour for _, colour in marks}) == names, (figure, marks)
        assert ticket in marks, (figure, marks)
        own = own & marks if own else marks
    assert len(own) == 3, own


def ticket_alone(page):
    """Its style does not depend on what else is there."""
    assert set(page.sections["sim-cycles"]["marks"]) == {("#gpPt1", "#cc79a7")}


def glance(page):
    rows = {row[0]: row[1:] for row in page.sections["glance"]["rows"]}
    assert "of 8 threads" in page.sections["glance"]["text"]
    verdict, free, rate, waits, jain, growth = rows["ticket"]
    assert (verdict, growth) == ("✓ verified", "P"), rows
    free, rate, waits = (cell.lstrip("*") for cell in (free, rate, waits))
    assert close(float(free), results.LATENCIES["ticket"]), rows
    assert close(float(rate), results.throughput("ticket", 8)), rows
    assert close(float(waits), results.wait("ticket", 8, 2)), rows
    assert jain == "*1", rows
    assert rows["mine"][0] == "✗ wrong" and rows["tas"][0] == "not checked", rows
    assert rows["torn"][0] == "✗ broken in lockbench", rows
    assert "null" not in rows and "ring" not in rows, rows


def verdicts(page):
    section = page.sections["verdicts"]
    rows = {row[0]: row[1:] for row in section["rows"][:6] if row}
    assert rows["ticket"][:3] == ["✓ verified", "2", "42"], rows
    assert "ticket has no is_locked: not checked" in section["text"]
    assert rows["mine"][:2] == ["✗ wrong", "2"], rows
    assert rows["mine"][-1] == "data race on data", rows
    assert rows["slow"][:2] == ["? inconclusive", "1"], rows
    assert "33 | W rlx  mine.now = 1" in section["text"]
    assert "episodes, 1 thread × 1" in section["text"], section["text"]
    assert "--early-returns" not in section["text"], section["text"]
    assert "mine.c:20:12" in section["text"]


def left_out(page):
    text = page.sections["left-out"]["text"]
    for part in ("kind novel", "measured of torn", "null: no lock",
                 "Throughput: 1 of 20 points not drawn"):
        assert part in text, (part, text)
    everything = "".join(page.lines)
    for number in ("99.5", "88.5", "77.5"):
        assert number not in everything, number


def sealed(page):
    """Nothing is asked for from anywhere, and nothing is run."""
    assert not {"script", "img", "link", "iframe", "object", "image"} & set(page.tags)
    for name, value in page.attributes:
        assert not name.startswith("on"), name
        assert name not in ("src", "xlink:href", "xmlns"), (name, value)
        if name == "href":
            assert value.startswith("#"), value
        if name in ("style", "fill", "stroke"):
            assert "url(" not in value, value


def groups(page):
    """A figure for each machine and each --cs, named by what differs."""
    headings = [page.sections[figure]["text"].strip().split("\n")[0]
                for figure in ("throughput", "throughput-2", "throughput-3")]
    assert headings == ["Throughput host alpha, --cs 0", "Throughput host beta, --cs 0",
                        "Throughput host beta, --cs 250"], headings
    expect(table(page.sections["throughput-2"]), "mine",
           [results.throughput("mine", t) for t in (1, 2, 4)])
    assert page.sections["machine-2"]["pictures"] == 1


def launches(page):
    """The median of the launches' medians; of seven with an interval, of four without."""
    rows = table(page.sections["throughput"])
    assert rows["ticket"] == [[4, 1, 7]], rows
    assert rows["mine"] == [[25, 10, 40]], rows
    text = page.sections["throughput"]["text"]
    assert "7 launches" in text and "the median of the launches" in text, text
    assert "least and the most of the launches" in text, text


def moved(page):
    """A figure for each distance, whose curves begin at one thread; one of free locks."""
    for distance, number, threads, way in (("near", "", (1, 2, 4, 8), "25 to 30"),
                                           ("far", "-2", (1, 4, 8), "200 to 210")):
        for topic in ("throughput", "waiting", "fairness"):
            section = page.sections[topic + number]
            assert f"distance {distance}" in section["text"], section["text"]
            assert f"cache line took {way} ns" in section["text"], section["text"]
            assert section["rows"][0] == ["name"] + [str(t) for t in threads], section
        rows = table(page.sections["throughput" + number])
        for cell, count in zip(rows["mcs"], threads, strict=True):
            assert close(cell[0], results.throughput("mcs", count)), (rows, threads)
    for name in ("ticket", "mcs"):
        line = f"{name} with 2 threads at the distance far: 3 of 7 runs, and more were"
        assert line in page.sections["left-out"]["text"], page.sections["left-out"]
    assert "distance" not in page.sections["latency"]["text"]
    assert not {"throughput-3", "latency-2", "glance"} & set(page.sections)


def hostile(page):
    """Names are there as they are, and nothing comes of them."""
    sealed(page)
    assert "b" not in page.tags and "i" not in page.tags
    cells = {row[0] for section in page.sections.values()
             for row in section["rows"] if row}
    for name in results.HOSTILE:
        assert name in cells, (name, cells)
    drawn = page.sections["throughput"]["drawn"]
    assert results.HOSTILE[0] in drawn and results.HOSTILE[3] in drawn, drawn


def undrawn(page):
    """Without gnuplot: the tables, and a line that says so."""
    assert all(section["pictures"] == 0 for section in page.sections.values())
    assert "gnuplot cannot be run" in "".join(page.lines)
    numbers(page)


if __name__ == "__main__":
    with open(sys.argv[2], encoding="utf-8") as file:
        globals()[sys.argv[1]](Page(file.read()))
