/* SPDX-License-Identifier: MIT */
#include "lines.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "program.h"

static unsigned line_bytes, page_bytes, line_bits; /* powers of two */

/* --- hash tables by number ---------------------------------------------------------- */

struct page {
    uintptr_t number;
    struct page *next;
    int place;
};

static struct line **lines; /* buckets, a power of two of them */
static struct page **pages;
static size_t line_buckets, page_buckets;
static unsigned line_count, page_count;

static size_t bucket_of(uintptr_t number, size_t buckets)
{
    return (size_t)(number * UINT64_C(0x9e3779b97f4a7c15) >> 32) & (buckets - 1);
}

static void *sure(void *memory)
{
    if (memory == NULL) {
        (void)fputs("locksim: no memory\n", stderr);
        exit(3);
    }
    return memory;
}

/* The two tables are alike but for what they hold. */
#define GROW(type, table, buckets, count)                                                \
    if ((count) >= (buckets)) {                                                          \
        size_t wider = (buckets) == 0 ? 1024 : 4 * (buckets);                            \
        struct type **moved = sure(calloc(wider, sizeof *moved));                        \
        for (size_t i = 0; i < (buckets); i++) {                                         \
            for (struct type *item = (table)[i], *next; item != NULL; item = next) {     \
                next = item->next;                                                       \
                item->next = moved[bucket_of(item->number, wider)];                      \
                moved[bucket_of(item->number, wider)] = item;                            \
            }                                                                            \
        }                                                                                \
        free((void *)(table));                                                           \
        (table) = moved;                                                                 \
        (buckets) = wider;                                                               \
    }

static struct line *find(uintptr_t number)
{
    struct line *line = line_buckets == 0 ? NULL : lines[bucket_of(number, line_buckets)];
    while (line != NULL && line->number != number) {
        line = line->next;
    }
    return line;
}

/* Where the page of an address lies: with who touches it first. */
static int place_of(uintptr_t address, unsigned processor)
{
    uintptr_t number = address / page_bytes;
    GROW(page, pages, page_buckets, page_count)
    struct page **bucket = &pages[bucket_of(number, page_buckets)];
    struct page *page = *bucket;
    while (page != NULL && page->number != number) {
        page = page->next;
    }
    if (page == NULL) {
        page = sure(malloc(sizeof *page));
        *page = (struct page){number, *bucket, (int)processor};
        *bucket = page;
        page_count++;
    }
    return page->place;
}

struct line *line_known(const void *address)
{
    return find((uintptr_t)address >> line_bits);
}

struct line *line_of(const void *address, unsigned processor)
{
    struct line *line = line_known(address);
    if (line == NULL) {
        GROW(line, lines, line_buckets, line_count)
        line = sure(calloc(1, sizeof *line));
        line->number = (uintptr_t)address >> line_bits;
        line->settled = vm_settled_address(address) >> line_bits;
        line->owner = line->ideal_owner = NOBODY;
        line->place = page_bytes <= line_bytes ? (int)processor
                                               : place_of((uintptr_t)address, processor);
        struct line **bucket = &lines[bucket_of(line->number, line_buckets)];
        line->next = *bucket;
        *bucket = line;
        line_count++;
    }
    return line;
}

unsigned lines_count(void)
{
    return line_count;
}

/* --- states ------------------------------------------------------------------------- */

enum state line_state(const struct line *line, unsigned processor)
{
    if (line->owner == (int)processor) {
        return line->owner_state;
    }
    return set_has(&line->holders, processor) ? SHARED : INVALID;
}

const char *state_name(enum state state)
{
    static const char *const names[] = {"I", "S", "E", "M", "Sm"};
    return names[state];
}

void line_set(struct line *line, unsigned processor, enum state state)
{
    if (state == INVALID) {
        set_remove(&line->holders, processor);
    } else {
        set_add(&line->holders, processor);
    }
    if (state == EXCLUSIVE || state == MODIFIED || state == SHARED_MODIFIED) {
        line->owner = (int)processor;
        line->owner_state = state;
    } else if (line->owner == (int)processor) {
        line->owner = NOBODY;
        line->owner_state = INVALID;
    }
}

static void empty(struct line *line)
{
    set_clear(&line->holders);
    set_clear(&line->ideal_holders);
    line->owner = line->ideal_owner = NOBODY;
    line->owner_state = INVALID;
    line->free = 0;
}

void lines_each(void (*visit)(struct line *line))
{
    for (size_t i = 0; i < line_buckets; i++) {
        for (struct line *line = lines[i]; line != NULL; line = line->next) {
            visit(line);
        }
    }
}

void lines_empty(void)
{
    lines_each(empty);
}

static unsigned name_count;

void lines_reset(unsigned bytes, unsigned page)
{
    for (size_t i = 0; i < line_buckets; i++) {
        for (struct line *line = lines[i], *next; line != NULL; line = next) {
            next = line->next;
            empty(line);
            free((void *)line->versions);
            free(line);
        }
        lines[i] = NULL;
    }
    for (size_t i = 0; i < page_buckets; i++) {
        for (struct page *one = pages[i], *next; one != NULL; one = next) {
            next = one->next;
            free(one);
        }
        pages[i] = NULL;
    }
    line_count = page_count = 0;
    name_count = 0;
    line_bytes = bytes;
    line_bits = (unsigned)__builtin_ctz(bytes);
    page_bytes = page;
}

/* --- names -------------------------------------------------------------------------- */

struct name {
    uintptr_t address;
    size_t size;
    const char *text;
    int index;
};
static struct name *names;
static unsigned name_room;

void lines_name(const void *address, size_t size, const char *text, int index)
{
    if (name_count == name_room) {
        name_room = name_room == 0 ? 64 : 2 * name_room;
        names = sure(realloc(names, name_room * sizeof *names));
    }
    names[name_count++] = (struct name){(uintptr_t)address, size, text, index};
}

void address_name(const void *address, char *text, size_t size)
{
    for (unsigned i = 0; i < name_count; i++) {
        const struct name *name = &names[i];
        size_t offset = (uintptr_t)address - name->address;
        if (offset >= name->size) {
            continue;
        }
        char index[16] = "", after[24] = "";
        if (name->index >= 0) {
            (void)snprintf(index, sizeof index, "[%d]", name->index);
        }
        if (offset > 0) {
            (void)snprintf(after, sizeof after, "+%zu", offset);
        }
        (void)snprintf(text, size, "%s%s%s", name->text, index, after);
        return;
    }
    vm_variable_name(address, text, size);
}

void line_name(const struct line *line, char *text, size_t size)
{
    address_name((const void *)(line->number * line_bytes), text, size);
}
