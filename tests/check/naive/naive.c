/* SPDX-License-Identifier: MIT */
#include "tests/check/naive/naive.h"

#include <stdatomic.h>

enum { EVENTS = PROGRAM_LOCATIONS + PROGRAM_THREADS * PROGRAM_OPERATIONS };

enum event_type { NO_EVENT, READ, WRITE, UPDATE, FENCE, LIGHT, HEAVY, PEEK, POKE };

struct event {
    int type;
    int order;
    int location;
    int source; /* the event that a READ or an UPDATE reads from */
    int value;  /* that a WRITE or an UPDATE writes */
    int word;   /* the letter of the try of a spin, or of a part of a borrow; or 0 */
    int locked; /* x86 has a locked instruction for it */
};

/* Graphs are compared byte by byte: there are only ints in them, so no padding. */
struct graph {
    struct event event[EVENTS]; /* first the initial writes, then by thread (event_of) */
    int writes[PROGRAM_LOCATIONS];
    int modification_order[PROGRAM_LOCATIONS][EVENTS];
    int events[PROGRAM_THREADS];
    int next[PROGRAM_THREADS]; /* index of the operation that the thread stands at */
    int last[PROGRAM_THREADS];
    int tries[PROGRAM_THREADS]; /* that a spin there has made, or a watch in vain; the
                                   events of a borrow, or of both locks */
    int failed;                 /* tries of watches */
};

static int event_of(int thread, int index)
{
    return PROGRAM_LOCATIONS + thread * PROGRAM_OPERATIONS + index;
}

static int thread_of(int event)
{
    return event < PROGRAM_LOCATIONS ? -1
                                     : (event - PROGRAM_LOCATIONS) / PROGRAM_OPERATIONS;
}

/* --- relations ---------------------------------------------------------------------- */

/* The axioms tell the read of an update from its write: event e has parts 2e (a read, or
   a fence) and 2e + 1 (a write). */
enum { PARTS = 2 * EVENTS };

/* A set of parts: bit a is part a. */
typedef uint64_t set;
_Static_assert(PARTS <= 64, "a set has 64 bits");

/* A boolean matrix: to[a] has those b for which (a, b) is in the relation. */
struct relation {
    set to[PARTS];
};

static bool has(set s, int part)
{
    return (s >> part & 1) != 0;
}

static void relate(struct relation *r, int a, int b)
{
    r->to[a] |= (set)1 << b;
}

/* [s]: the identity on a set */
static struct relation only(set s)
{
    struct relation r = {{0}};
    for (int a = 0; a < PARTS; a++) {
        r.to[a] = s & (set)1 << a;
    }
    return r;
}

/* p ∪ q */
static struct relation either(struct relation p, struct relation q)
{
    for (int a = 0; a < PARTS; a++) {
        p.to[a] |= q.to[a];
    }
    return p;
}

/* p ∩ q */
static struct relation both(struct relation p, struct relation q)
{
    for (int a = 0; a < PARTS; a++) {
        p.to[a] &= q.to[a];
    }
    return p;
}

/* p \ q */
static struct relation without(struct relation p, struct relation q)
{
    for (int a = 0; a < PARTS; a++) {
        p.to[a] &= ~q.to[a];
    }
    return p;
}

/* p;q */
static struct relation then(struct relation p, struct relation q)
{
    struct relation r = {{0}};
    for (int a = 0; a < PARTS; a++) {
        for (set rest = p.to[a]; rest != 0; rest &= rest - 1) {
            r.to[a] |= q.to[__builtin_ctzll(rest)]; /* of each b that is in it */
        }
    }
    return r;
}

/* p⁻¹ */
static struct relation inverse(struct relation p)
{
    struct relation r = {{0}};
    for (int a = 0; a < PARTS; a++) {
        for (int b = 0; p.to[a] >> b != 0; b++) {
            r.to[b] |= has(p.to[a], b) ? (set)1 << a : 0;
        }
    }
    return r;
}

/* p? */
static struct relation maybe(struct relation p)
{
    return either(p, only(~(set)0));
}

/* p⁺ */
static struct relation repeated(struct relation p)
{
    for (int b = 0; b < PARTS; b++) {
        for (int a = 0; a < PARTS && p.to[b] != 0; a++) {
            p.to[a] |= has(p.to[a], b) ? p.to[b] : 0;
        }
    }
    return p;
}

static bool empty(struct relation p)
{
    set any = 0;
    for (int a = 0; a < PARTS; a++) {
        any |= p.to[a];
    }
    return any == 0;
}

static bool irreflexive(struct relation p)
{
    for (int a = 0; a < PARTS; a++) {
        if (has(p.to[a], a)) {
            return false;
        }
    }
    return true;
}

static bool acyclic(struct relation p)
{
    return irreflexive(repeated(p));
}

/* --- RC11 --------------------------------------------------------------------------- */

/* Lahav, Vafeiadis, Kang, Hur, Dreyer: Repairing sequential consistency in C/C++11, PLDI
   2017. The names are the paper's. Of asymmetric fences: Goldblatt: Asymmetric Fences,
   WG21 paper P1202. */
struct base {
    set r, w, f;        /* reads, writes, fences (heavy ones among them) */
    set light, heavy;   /* the halves of asymmetric fences */
    set plain, poke;    /* accesses to plain variables, and those that write */
    set rel, acq, sc;   /* at least release, at least acquire, seq_cst */
    set locked;         /* parts of a locked instruction of x86 */
    struct relation sb; /* with the initial writes before all else */
    struct relation rf;
    struct relation mo;
    struct relation rmw; /* from the read of an update to its write */
    struct relation loc; /* between parts that access the same location */
};

static void add_event(struct base *base, int event, const struct event *e)
{
    set first = (set)1 << 2 * event, second = first << 1;
    bool sc = e->order == memory_order_seq_cst;
    bool rel = sc || e->order == memory_order_acq_rel || e->order == memory_order_release;
    bool acq = sc || e->order == memory_order_acq_rel || e->order == memory_order_acquire;
    base->sc |= sc ? first | second : 0;
    base->rel |= rel ? first | second : 0;
    base->acq |= acq ? first | second : 0;
    base->locked |= e->locked ? first | second : 0;
    if (e->type == FENCE || e->type == HEAVY) {
        base->f |= first;
    }
    base->light |= e->type == LIGHT ? first : 0;
    base->heavy |= e->type == HEAVY ? first : 0;
    base->plain |= e->type == PEEK || e->type == POKE ? first : 0;
    base->poke |= e->type == POKE ? first : 0;
    if (e->type == READ || e->type == UPDATE) {
        base->r |= first;
        relate(&base->rf, 2 * e->source + 1, 2 * event);
    }
    if (e->type == WRITE || e->type == UPDATE) {
        base->w |= second;
    }
    if (e->type == UPDATE) {
        relate(&base->rmw, 2 * event, 2 * event + 1);
    }
}

static struct base base_of(const struct graph *graph)
{
    struct base base = {0};
    for (int event = 0; event < EVENTS; event++) {
        if (graph->event[event].type != NO_EVENT) {
            add_event(&base, event, &graph->event[event]);
        }
    }
    set access = base.r | base.w, all = access | base.f | base.light | base.plain;
    for (int a = 0; a < PARTS; a++) {
        for (int b = 0; b < PARTS && has(all, a); b++) {
            int from = thread_of(a / 2), to = thread_of(b / 2);
            if (has(all, b) && a < b && (from == to ? from >= 0 : from < 0)) {
                relate(&base.sb, a, b);
            }
            if (has(access, a) && has(access, b) &&
                graph->event[a / 2].location == graph->event[b / 2].location) {
                relate(&base.loc, a, b);
            }
        }
    }
    for (int location = 0; location < PROGRAM_LOCATIONS; location++) {
        const int *order = graph->modification_order[location];
        for (int i = 0; i < graph->writes[location]; i++) {
            for (int j = i + 1; j < graph->writes[location]; j++) {
                relate(&base.mo, 2 * order[i] + 1, 2 * order[j] + 1);
            }
        }
    }
    return base;
}

/* hb = (sb ∪ sw)⁺ */
static struct relation happens_before(const struct base *base, bool same_thread)
{
    struct relation sb = base->sb, rf = base->rf;
    struct relation w = only(base->w), f = only(base->f);
    /* rs = [W];(rf;rmw)*, the older one [W];(sb|loc;[W])?;(rf;rmw)* */
    struct relation rs = maybe(repeated(then(rf, base->rmw)));
    if (same_thread) {
        rs = then(maybe(then(both(sb, base->loc), w)), rs);
    }
    rs = then(w, rs);
    /* sw = [rel];([F];sb)?;rs;rf;[R];(sb;[F])?;[acq] */
    struct relation begin = then(only(base->rel & ~base->light), maybe(then(f, sb)));
    struct relation end = then(maybe(then(sb, f)), only(base->acq & ~base->light));
    struct relation read = then(rs, then(rf, only(base->r)));
    struct relation sw = then(then(begin, read), end);
    /* [light ∩ rel];sb;rs;rf;[R];sb;[heavy ∩ acq], and the other way round */
    struct relation between = then(then(sb, read), sb);
    struct relation asymmetric = either(
        then(then(only(base->light & base->rel), between), only(base->heavy & base->acq)),
        then(then(only(base->heavy & base->rel), between),
             only(base->light & base->acq)));
    return repeated(either(sb, either(sw, asymmetric)));
}

/* What the seq_cst light fences add to psc: with heavy ones they are as fences are. What
   goes through one comes from a heavy one or leads to one: to all else a light fence is
   nothing but a place in its thread. */
static struct relation asymmetric_sc(const struct base *base, struct relation hb,
                                     struct relation eco)
{
    struct relation l = only(base->light & base->sc), h = only(base->heavy & base->sc);
    struct relation sc = only(base->sc & ~base->light);
    struct relation fence = either(hb, then(then(hb, eco), hb));
    struct relation before = then(maybe(hb), base->sb), after = then(base->sb, maybe(hb));
    struct relation from_heavy = then(then(h, fence), l);
    struct relation to_heavy = then(then(l, fence), h);
    struct relation from_any = either(from_heavy, then(then(sc, after), l));
    struct relation to_any = either(to_heavy, then(then(l, before), sc));
    return either(then(from_any, to_heavy), then(from_heavy, to_any));
}

/* psc_base ∪ psc_F, and what asymmetric fences add */
static struct relation partial_sc(const struct base *base, struct relation hb,
                                  struct relation rb, struct relation eco)
{
    struct relation sc = only(base->sc & ~base->light), fsc = only(base->f & base->sc);
    /* scb = sb ∪ sb|≠loc;hb;sb|≠loc ∪ hb|loc ∪ mo ∪ rb */
    struct relation other = without(base->sb, base->loc);
    struct relation scb = either(base->sb, then(then(other, hb), other));
    scb = either(scb, both(hb, base->loc));
    scb = either(scb, either(base->mo, rb));
    /* psc_base = ([SC] ∪ [Fsc];hb?);scb;([SC] ∪ hb?;[Fsc]) */
    struct relation begin = either(sc, then(fsc, maybe(hb)));
    struct relation end = either(sc, then(maybe(hb), fsc));
    struct relation psc_base = then(then(begin, scb), end);
    /* psc_F = [Fsc];(hb ∪ hb;eco;hb);[Fsc] */
    struct relation between = either(hb, then(then(hb, eco), hb));
    struct relation psc_f = then(then(fsc, between), fsc);
    return either(either(psc_base, psc_f), asymmetric_sc(base, hb, eco));
}

/* --- x86-TSO ------------------------------------------------------------------------ */

/* The parts of a thread's events from one to before another. */
static set parts_of(int thread, int from, int to)
{
    set parts = 0;
    for (int i = from; i < to; i++) {
        parts |= (set)3 << 2 * event_of(thread, i);
    }
    return parts;
}

static void relate_all(struct relation *r, set from, set to)
{
    for (int a = 0; a < PARTS; a++) {
        r->to[a] |= has(from, a) ? to : 0;
    }
}

/* A heavy fence has a beginning, its first part, and an end. In each other thread there
   is a full fence between the two, at any place: tries all of them, for the pairs of a
   heavy fence and a thread from `pair` on. */
static bool has_places(const struct graph *graph, struct relation ghb, set heavy,
                       int pair)
{
    int event = pair / PROGRAM_THREADS, other = pair % PROGRAM_THREADS;
    if (!acyclic(ghb)) {
        return false;
    }
    if (event == EVENTS) {
        return true;
    }
    if (!has(heavy, 2 * event) || thread_of(event) == other) {
        return has_places(graph, ghb, heavy, pair + 1);
    }
    for (int place = 0; place <= graph->events[other]; place++) {
        struct relation more = ghb;
        set before = parts_of(other, 0, place),
            after = parts_of(other, place, graph->events[other]);
        relate_all(&more, before, after | (set)2 << 2 * event);
        relate_all(&more, (set)1 << 2 * event, after);
        if (has_places(graph, more, heavy, pair + 1)) {
            return true;
        }
    }
    return false;
}

/* Alglave, Maranget, Tautschnig: Herding Cats, TOPLAS 36 (2), 2014: what it has of TSO,
   with mfence and locked instructions; and membarrier(2), by its manual. */
static bool consistent_tso(const struct graph *graph)
{
    struct base base = base_of(graph);
    struct relation po = base.sb, rf = base.rf, co = base.mo, any = only(~(set)0);
    struct relation fr = then(inverse(rf), co), com = either(rf, either(co, fr));
    struct relation r = only(base.r), w = only(base.w), at = only(base.locked);
    struct relation ppo =
        without(then(then(either(r, w), po), either(r, w)), then(then(w, po), r));
    struct relation mfence = only(base.f & base.sc);
    struct relation fence = then(then(po, mfence), po);
    struct relation implied =
        either(then(then(w, po), then(r, at)), then(then(at, w), then(po, r)));
    struct relation rfe = without(rf, then(any, po));
    struct relation ghb =
        either(either(ppo, either(fence, implied)), either(rfe, either(co, fr)));
    set heavy = base.heavy & base.sc;
    for (int event = PROGRAM_LOCATIONS; event < EVENTS; event++) {
        if (has(heavy, 2 * event)) {
            int t = thread_of(event), i = event - event_of(t, 0);
            relate_all(&ghb, parts_of(t, 0, i) | (set)1 << 2 * event,
                       (set)2 << 2 * event);
            relate_all(&ghb, parts_of(t, 0, i), (set)1 << 2 * event);
            relate_all(&ghb, (set)2 << 2 * event, parts_of(t, i + 1, graph->events[t]));
        }
    }
    return acyclic(either(both(po, base.loc), com)) && /* uniproc */
           empty(both(base.rmw, then(fr, co))) &&      /* atomicity */
           has_places(graph, ghb, heavy, 0);           /* ghb */
}

static bool consistent(const struct graph *graph, enum naive_model model)
{
    if (model == NAIVE_TSO) {
        return consistent_tso(graph);
    }
    bool same_thread = model == NAIVE_SAME_THREAD;
    struct base base = base_of(graph);
    struct relation mo = base.mo, rf = base.rf;
    struct relation rb = then(inverse(rf), mo);
    struct relation eco = repeated(either(rf, either(mo, rb)));
    struct relation hb = happens_before(&base, same_thread);
    return irreflexive(then(hb, maybe(eco))) &&       /* coherence */
           empty(both(base.rmw, then(rb, mo))) &&     /* atomicity */
           acyclic(partial_sc(&base, hb, rb, eco)) && /* SC */
           acyclic(either(base.sb, rf));              /* no thin air */
}

/* To x86 every load is an acquire, every store a release. */
static bool racing(const struct graph *graph, enum naive_model model)
{
    struct base base = base_of(graph);
    if (model == NAIVE_TSO) {
        base.rel |= base.w;
        base.acq |= base.r;
    }
    struct relation hb = happens_before(&base, model == NAIVE_SAME_THREAD);
    for (int a = 0; a < PARTS; a++) {
        for (int b = 0; b < a && has(base.plain, a); b++) {
            if (has(base.plain, b) && thread_of(a / 2) != thread_of(b / 2) &&
                (has(base.poke, a) || has(base.poke, b)) && !has(hb.to[a], b) &&
                !has(hb.to[b], a) &&
                graph->event[a / 2].location == graph->event[b / 2].location) {
                return true;
            }
        }
    }
    return false;
}

/* --- all partial graphs ------------------------------------------------------------- */

struct exploration {
    const struct program *program;
    enum naive_model model;
    size_t limit;
    size_t count;
    struct graph *graph; /* all that were met, in that order; room for `limit` */
    size_t *table;       /* hash table of indices into `graph`, plus 1; 0 is empty */
    size_t table_size;   /* a power of 2 */
    bool exceeded;
};

/* Finds the graph's place in the table: the one that has it, or one that is empty. */
static size_t *find(const struct exploration *e, const struct graph *graph)
{
    const unsigned *words = (const void *)graph;
    uint64_t hash = 0;
    for (size_t i = 0; i < sizeof *graph / sizeof *words; i++) {
        hash = (hash ^ words[i]) * 0x9e3779b97f4a7c15;
        hash ^= hash >> 29;
    }
    size_t place = (size_t)hash & (e->table_size - 1);
    while (e->table[place] != 0 &&
           memcmp(&e->graph[e->table[place] - 1], graph, sizeof *graph) != 0) {
        place = (place + 1) & (e->table_size - 1);
    }
    return &e->table[place];
}

/* Lets a thread take its skips. */
static void skip(const struct program *program, struct graph *graph, int t)
{
    const struct program_thread *thread = &program->thread[t];
    int next = graph->next[t];
    while (next < thread->operations && thread->operation[next].kind == PROGRAM_SKIP) {
        const struct program_operation *operation = &thread->operation[next];
        next += 1 + (graph->last[t] == operation->expected ? operation->count : 0);
    }
    graph->next[t] = next < thread->operations ? next : thread->operations;
}

/* Takes up a graph that is new and consistent. */
static void meet(struct exploration *e, const struct graph *graph)
{
    size_t *place = find(e, graph);
    if (*place != 0 || !consistent(graph, e->model)) {
        return;
    }
    if (e->count == e->limit) {
        e->exceeded = true;
        return;
    }
    e->graph[e->count++] = *graph;
    *place = e->count;
}

/* What the next event of a poll is. */
enum part { NO_PART, LOOK, TAKE, TOUCH, GIVE, PUT };

static enum part part_of(const struct program_operation *operation, int tries)
{
    static const enum part polls[] = {TAKE, LOOK, GIVE},
                           scans[] = {LOOK, TAKE, TOUCH, GIVE}, retries[] = {PUT, LOOK};
    return operation->kind == PROGRAM_POLL    ? polls[tries % 3]
           : operation->kind == PROGRAM_SCAN  ? scans[tries % 4]
           : operation->kind == PROGRAM_RETRY ? retries[tries % 2]
                                              : NO_PART;
}

/* Whether it has ended with this event. */
static bool ends(const struct program_operation *operation, int tries, int last)
{
    enum part end = operation->kind == PROGRAM_POLL ? GIVE : LOOK;
    return part_of(operation, tries) == end && last == operation->expected;
}

/* The graph after the thread's operation has made this event. */
static struct graph with(const struct exploration *e, const struct graph *graph, int t,
                         struct event event, int last)
{
    struct graph more = *graph;
    more.event[event_of(t, more.events[t]++)] = event;
    more.last[t] = last;
    const struct program_operation *operation =
        &e->program->thread[t].operation[more.next[t]];
    if (program_is_spin(operation)) {
        more.tries[t]++;
        bool counts = operation->kind == PROGRAM_COUNT;
        more.last[t] = !counts ? last : graph->last[t];
        if (last != operation->expected && more.tries[t] < operation->count) {
            return more;
        }
        more.last[t] = counts ? more.tries[t] : last;
    }
    if (operation->kind == PROGRAM_BORROW &&
        (more.tries[t]++ % 2 == 1 || last != operation->expected)) {
        more.last[t] = graph->last[t];
        return more;
    }
    if (operation->kind == PROGRAM_BOTH && more.tries[t]++ == 0) {
        return more;
    }
    if (program_is_poll(operation) && !ends(operation, more.tries[t]++, last)) {
        return more;
    }
    more.tries[t] = 0;
    more.next[t]++;
    skip(e->program, &more, t);
    return more;
}

/* Meets the graphs in which the thread's newest event, a write, has each place in the
   modification order. */
static void place_everywhere(struct exploration *e, const struct graph *graph, int t)
{
    int event = event_of(t, graph->events[t] - 1);
    int location = graph->event[event].location;
    for (int place = 0; place <= graph->writes[location]; place++) {
        struct graph more = *graph;
        int *order = more.modification_order[location];
        memmove(order + place + 1, order + place,
                (size_t)(more.writes[location] - place) * sizeof *order);
        order[place] = event;
        more.writes[location]++;
        meet(e, &more);
    }
}

static bool locks(const struct program_operation *operation)
{
    return operation->kind == PROGRAM_LOCK || operation->kind == PROGRAM_TAKE ||
           operation->kind == PROGRAM_BOTH;
}

/* Where the thread's next event is. */
static int place_of(const struct graph *graph, int t,
                    const struct program_operation *operation)
{
    bool other = operation->kind == PROGRAM_BOTH && graph->tries[t] == 1;
    if (part_of(operation, graph->tries[t]) == LOOK) {
        return PROGRAM_LOCATIONS - 1;
    }
    return other ? 1 - operation->location : operation->location;
}

static bool waits(const struct program_operation *operation)
{
    return operation->kind == PROGRAM_AWAIT || program_is_watch(operation) ||
           operation->kind == PROGRAM_BORROW || locks(operation);
}

/* Is this the value that the operation waits for? */
static bool satisfied(const struct program_operation *operation, int value)
{
    return value == (locks(operation) ? 0 : operation->expected);
}

/* Whether the thread has made so many turns of a borrow, or of a poll, that the next one
   must find what it looks for. */
static bool is_last_turn(const struct graph *graph, int t,
                         const struct program_operation *operation)
{
    int turn = operation->kind == PROGRAM_POLL   ? 3
               : operation->kind == PROGRAM_SCAN ? 4
                                                 : 2;
    return (operation->kind == PROGRAM_BORROW || program_is_poll(operation)) &&
           graph->tries[t] / turn == operation->count;
}

/* Whether it has to give back what it has borrowed. */
static bool gives_back(const struct graph *graph, int t,
                       const struct program_operation *operation)
{
    return operation->kind == PROGRAM_BORROW && graph->tries[t] % 2 == 1;
}

/* Meets the graph in which a try of the thread's watch has failed. */
static void fail(struct exploration *e, const struct graph *graph, int t, int source)
{
    const struct program_operation *operation =
        &e->program->thread[t].operation[graph->next[t]];
    struct graph more = *graph;
    more.event[event_of(t, more.events[t]++)] =
        (struct event){READ, operation->order, operation->location, source, 0, 0, 0};
    more.event[event_of(t, more.events[t]++)] =
        (struct event){operation->kind == PROGRAM_REWRITE ? POKE : PEEK,
                       0,
                       operation->location,
                       0,
                       0,
                       0,
                       0};
    more.tries[t]++;
    more.failed++;
    meet(e, &more);
}

/* Meets the graphs in which the thread's operation, which reads, reads from `source`. */
static void read_from(struct exploration *e, const struct graph *graph, int t, int source)
{
    int next = graph->next[t];
    const struct program_operation *operation = &e->program->thread[t].operation[next];
    int old = graph->event[source].value;
    int operand = operation->constant + (operation->add_last ? graph->last[t] : 0);
    bool back = gives_back(graph, t, operation);
    bool borrows = operation->kind == PROGRAM_BORROW;
    enum part part = part_of(operation, graph->tries[t]);
    if ((part == TAKE && old != 0) || (part == LOOK && old != operation->expected &&
                                       is_last_turn(graph, t, operation))) {
        return;
    }
    if (waits(operation) && !satisfied(operation, old) &&
        (!borrows || is_last_turn(graph, t, operation))) {
        if (program_is_watch(operation) && graph->tries[t] == 0) {
            fail(e, graph, t, source);
        }
        return;
    }
    struct event event = {
        UPDATE, operation->order, place_of(graph, t, operation), source, 0, 0, 1};
    switch (operation->kind) {
    case PROGRAM_EXCHANGE:
        event.value = operand;
        break;
    case PROGRAM_ADD:
        event.value = old + operand;
        break;
    case PROGRAM_BORROW:
        event.value = back ? old - operand : old + operand;
        event.order = back ? operation->failure : operation->order;
        event.word = back ? 'B' : 'G';
        break;
    case PROGRAM_LOCK:
    case PROGRAM_TAKE:
    case PROGRAM_BOTH:
        event.value = 1;
        break;
    case PROGRAM_CAS:
        if (old == operation->expected) {
            event.value = operand;
        } else {
            event.type = READ;
            event.order = operation->failure;
        }
        break;
    case PROGRAM_POLL:
    case PROGRAM_SCAN:
    case PROGRAM_RETRY:
        if (part == TAKE) {
            event.value = 1;
            event.word = operation->kind == PROGRAM_POLL ? 'P' : 'T';
            old = graph->last[t]; /* of no interest */
            break;
        }
        event.order =
            operation->kind == PROGRAM_RETRY ? operation->order : memory_order_relaxed;
        event.type = READ;
        event.locked = 0;
        break;
    default: /* PROGRAM_LOAD, PROGRAM_AWAIT, PROGRAM_WATCH, PROGRAM_REWRITE, … */
        event.type = READ;
        event.locked = 0;
        event.word = program_word(operation, old, graph->tries[t] > 0);
    }
    struct graph more = with(e, graph, t, event, old);
    if (event.type == UPDATE) {
        place_everywhere(e, &more, t);
    } else {
        meet(e, &more);
    }
}

/* The type of event that a fence or a plain access is. */
static int fence_of(const struct program_operation *operation, enum part part)
{
    return operation->kind == PROGRAM_PEEK || part == TOUCH ? PEEK
           : operation->kind == PROGRAM_POKE                ? POKE
           : operation->kind == PROGRAM_FENCE               ? FENCE
           : operation->kind == PROGRAM_LIGHT               ? LIGHT
           : operation->kind == PROGRAM_HEAVY               ? HEAVY
                                                            : NO_EVENT;
}

/* Meets the graphs in which the thread has done one more operation. */
static void extend(struct exploration *e, const struct graph *graph, int t)
{
    int next = graph->next[t];
    if (next == e->program->thread[t].operations) {
        return;
    }
    const struct program_operation *operation = &e->program->thread[t].operation[next];
    int location = place_of(graph, t, operation), last = graph->last[t];
    enum part part = part_of(operation, graph->tries[t]);
    int fence = fence_of(operation, part);
    if (fence != NO_EVENT) {
        struct graph more =
            with(e, graph, t,
                 (struct event){fence, operation->order, location, 0, 0, 0, 0}, last);
        meet(e, &more);
    } else if (operation->kind == PROGRAM_STORE || part == GIVE || part == PUT) {
        bool gives = part == GIVE;
        int value = gives ? 0 : operation->constant + (operation->add_last ? last : 0);
        int order = part != NO_PART ? operation->failure : operation->order;
        int word = part == PUT                       ? 'N'
                   : !gives                          ? 0
                   : operation->kind == PROGRAM_POLL ? 'Q'
                                                     : 'V';
        struct event event = {
            WRITE, order, location, 0, value, word, order == memory_order_seq_cst};
        struct graph more = with(e, graph, t, event, last);
        place_everywhere(e, &more, t);
    } else {
        for (int i = 0; i < graph->writes[location]; i++) {
            read_from(e, graph, t, graph->modification_order[location][i]);
        }
    }
}

static void start(struct exploration *e)
{
    struct graph empty = {0};
    for (int location = 0; location < PROGRAM_LOCATIONS; location++) {
        empty.event[location] =
            (struct event){WRITE, memory_order_relaxed, location, 0, 0, 0, 0};
        empty.modification_order[location][0] = location;
        empty.writes[location] = 1;
    }
    for (int t = 0; t < e->program->threads; t++) {
        skip(e->program, &empty, t);
    }
    meet(e, &empty);
}

/* --- what is found ------------------------------------------------------------------ */

static bool complete(const struct program *program, const struct graph *graph)
{
    for (int t = 0; t < program->threads; t++) {
        if (graph->next[t] < program->thread[t].operations) {
            return false;
        }
    }
    return true;
}

static int newest_value(const struct graph *graph, int location)
{
    const int *order = graph->modification_order[location];
    return graph->event[order[graph->writes[location] - 1]].value;
}

/* Whether another thread than t stands at a borrow of the location, or at a poll that
   takes it: it would make turns there for ever. */
static bool is_borrowed(const struct program *program, const struct graph *graph, int t,
                        int location)
{
    bool is_free = newest_value(graph, location) == 0;
    for (int other = 0; other < program->threads; other++) {
        const struct program_operation *operation =
            &program->thread[other].operation[graph->next[other]];
        if (other != t && graph->next[other] < program->thread[other].operations &&
            operation->location == location &&
            (operation->kind == PROGRAM_BORROW ||
             (program_is_poll(operation) && operation->kind != PROGRAM_RETRY &&
              is_free))) {
            return true;
        }
    }
    return false;
}

/* Whether a thread that stands at an operation need not do so for ever. */
static bool can_go_on(const struct graph *graph, int t,
                      const struct program_operation *operation)
{
    int location = operation->location;
    bool finds = newest_value(graph, PROGRAM_LOCATIONS - 1) == operation->expected;
    bool is_free = newest_value(graph, location) == 0;
    bool scans = operation->kind == PROGRAM_SCAN;
    if (program_is_poll(operation)) { /* else it does so for ever */
        switch (part_of(operation, graph->tries[t])) {
        case TAKE:
            return is_last_turn(graph, t, operation) || (is_free && (scans || finds));
        case LOOK:
            return is_last_turn(graph, t, operation) || !scans || finds;
        case PUT:
            return graph->tries[t] == 0 || finds;
        default:
            return true;
        }
    }
    if (operation->kind == PROGRAM_BOTH) {
        return graph->tries[t] == 1 || (newest_value(graph, location) == 0 &&
                                        newest_value(graph, 1 - location) == 0);
    }
    return !waits(operation) || satisfied(operation, newest_value(graph, location)) ||
           gives_back(graph, t, operation) || is_last_turn(graph, t, operation);
}

/* Whether no other thread will come to the location at which a thread stands. */
static bool is_left_alone(const struct program *program, const struct graph *graph, int t)
{
    int location = program->thread[t].operation[graph->next[t]].location;
    for (int other = 0; other < program->threads; other++) {
        for (int i = graph->next[other]; i < program->thread[other].operations; i++) {
            const struct program_operation *operation =
                &program->thread[other].operation[i];
            if (other != t &&
                (operation->location == location || operation->kind == PROGRAM_BOTH ||
                 program_is_poll(operation))) {
                return false;
            }
        }
    }
    return true;
}

/* Returns 0, HANGS, or MAY_HANG; or that and MEETS. */
static int hanging(const struct program *program, const struct graph *graph)
{
    int how = complete(program, graph) ? 0 : HANGS, meets = 0;
    bool for_good = false; /* whatever becomes of those that may hang */
    for (int t = 0; t < program->threads; t++) {
        const struct program_operation *operation =
            &program->thread[t].operation[graph->next[t]];
        if (graph->next[t] < program->thread[t].operations &&
            operation->kind == PROGRAM_BORROW &&
            is_borrowed(program, graph, t, operation->location)) {
            meets = MEETS;
        }
    }
    for (int t = 0; t < program->threads; t++) {
        if (graph->next[t] == program->thread[t].operations) {
            continue;
        }
        const struct program_operation *operation =
            &program->thread[t].operation[graph->next[t]];
        if (can_go_on(graph, t, operation)) {
            return meets;
        }
        if (!program_is_poll(operation) &&
            is_borrowed(program, graph, t, operation->location)) {
            how = MAY_HANG;
        }
        for_good =
            for_good || (!program_is_poll(operation) && is_left_alone(program, graph, t));
    }
    return (for_good ? HANGS : how) | meets;
}

/* Plain accesses do not count. */
static char *write_event_name(const struct graph *graph, char *text, int event)
{
    if (thread_of(event) < 0) {
        return text + sprintf(text, "init");
    }
    int index = 0;
    for (int a = event_of(thread_of(event), 0); a < event; a++) {
        index += graph->event[a].type < PEEK;
    }
    return text + sprintf(text, "%d.%d", thread_of(event), index);
}

enum {
    TEXT = EVENTS * 20
}; /* an event has up to 12 letters in its word, 4 in an order */

static void write_text(const struct graph *graph, char *text)
{
    const char *space = "";
    *text = '\0';
    for (int a = PROGRAM_LOCATIONS; a < EVENTS; a++) {
        const struct event *event = &graph->event[a];
        if (event->type == NO_EVENT || event->type >= PEEK) {
            continue;
        }
        text = write_event_name(graph, text + sprintf(text, "%s", space), a);
        text +=
            sprintf(text, ":%c", event->word != 0 ? event->word : " RWUFLH"[event->type]);
        text += event->type < FENCE ? sprintf(text, "%d", event->location) : 0;
        if (event->type == READ || event->type == UPDATE) {
            text = write_event_name(graph, text + sprintf(text, "="), event->source);
        }
        space = " ";
    }
    for (int location = 0; location < PROGRAM_LOCATIONS; location++) {
        for (int i = 1; i < graph->writes[location]; i++) {
            text += i == 1 ? sprintf(text, ";%d:", location) : sprintf(text, ",");
            text = write_event_name(graph, text, graph->modification_order[location][i]);
        }
    }
}

bool naive_explore(const struct program *program, enum naive_model model, size_t limit,
                   void (*graph)(const char *text, void *context), void *context,
                   int *hangs, bool *races)
{
    struct exploration e = {
        .program = program, .model = model, .limit = limit, .table_size = 2};
    while (e.table_size < 2 * limit) {
        e.table_size *= 2;
    }
    e.graph = malloc((limit + 1) * sizeof *e.graph);
    e.table = calloc(e.table_size, sizeof *e.table);
    if (e.graph == NULL || e.table == NULL) {
        abort();
    }
    start(&e);
    for (size_t i = 0; i < e.count && !e.exceeded; i++) {
        for (int t = 0; t < program->threads; t++) {
            extend(&e, &e.graph[i], t);
        }
    }
    *hangs = 0;
    *races = false;
    for (size_t i = 0; i < e.count && !e.exceeded; i++) {
        char text[TEXT];
        *hangs |= hanging(program, &e.graph[i]);
        *races = *races || racing(&e.graph[i], model);
        if (complete(program, &e.graph[i]) && e.graph[i].failed == 0) {
            write_text(&e.graph[i], text);
            graph(text, context);
        }
    }
    free(e.graph);
    free(e.table);
    return !e.exceeded;
}
