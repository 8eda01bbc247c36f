/* SPDX-License-Identifier: MIT */
#include "sim/rules/lines.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/memory.h"
#include "virtual/program/program.h"

static unsigned line_bytes, page_bytes, line_bits; /* powers of two */

/* --- hash tables by number ---------------------------------------------------------- */

static struct table {
    struct numbered **buckets; /* a power of two of them, or NULL */
    size_t width;
    unsigned count;
} lines, pages;

static struct numbered **bucket_of(const struct table *table, uintptr_t number)
{
    uint64_t hash = number * UINT64_C(0x9e3779b97f4a7c15) >> 32;
    return &table->buckets[hash & (table->width - 1)];
}

static struct numbered *table_find(const struct table *table, uintptr_t number)
{
    struct numbered *entry = table->width == 0 ? NULL : *bucket_of(table, number);
    while (entry != NULL && entry->number != number) {
        entry = entry->next;
    }
    return entry;
}

static void put(struct table *table, struct numbered *entry)
{
    struct numbered **bucket = bucket_of(table, entry->number);
    entry->next = *bucket;
    *bucket = entry;
}

static void table_add(struct table *table, struct numbered *entry)
{
    if (table->count == table->width) {
        struct table wider = {.width = table->width == 0 ? 1024 : 4 * table->width};
        wider.buckets = sure(calloc(wider.width, sizeof(void *)));
        for (size_t i = 0; i < table->width; i++) {
            for (struct numbered *one = table->buckets[i], *next; one != NULL;
                 one = next) {
                next = one->next;
                put(&wider, one);
            }
        }
        free((void *)table->buckets);
        table->buckets = wider.buckets;
        table->width = wider.width;
    }
    put(table, entry);
    table->count++;
}

static void table_clear(struct table *table, void (*forget)(struct numbered *entry))
{
    for (size_t i = 0; i < table->width; i++) {
        for (struct numbered *one = table->buckets[i], *next; one != NULL; one = next) {
            next = one->next;
            forget(one);
        }
        table->buckets[i] = NULL;
    }
    table->count = 0;
}

/* --- lines -------------------------------------------------------------------------- */

struct page {
    struct numbered entry; /* its number is settled as lines' are */
    int place;
};

/* Where the page of an address lies: near the processor that touches it first. */
static int place_of(uintptr_t settled, unsigned processor)
{
    uintptr_t number = settled / page_bytes;
    struct page *page = (struct page *)table_find(&pages, number);
    if (page == NULL) {
        page = sure(malloc(sizeof *page));
        *page = (struct page){.entry.number = number, .place = (int)processor};
        table_add(&pages, &page->entry);
    }
    return page->place;
}

struct line *line_known(const void *address)
{
    return (struct line *)table_find(&lines, (uintptr_t)address >> line_bits);
}

struct line *line_of(const void *address, unsigned processor)
{
    struct line *line = line_known(address);
    if (line == NULL) {
        uintptr_t settled = vm_settled_address(address);
        line = sure(calloc(1, sizeof *line));
        line->entry.number = (uintptr_t)address >> line_bits;
        line->settled = settled >> line_bits;
        line->owner = line->ideal_owner = NOBODY;
        line->place =
            page_bytes <= line_bytes ? (int)processor : place_of(settled, processor);
        table_add(&lines, &line->entry);
    }
    return line;
}

unsigned lines_count(void)
{
    return lines.count;
}

/* --- states ------------------------------------------------------------------------- */

const char *state_name(enum state state)
{
    static const char *const letters[] = {"I", "S", "E", "M", "Sm"};
    return letters[state];
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

void lines_each(void (*visit)(struct line *line))
{
    for (size_t i = 0; i < lines.width; i++) {
        for (struct numbered *one = lines.buckets[i]; one != NULL; one = one->next) {
            visit((struct line *)one);
        }
    }
}

/* --- anew --------------------------------------------------------------------------- */

static void forget_line(struct numbered *entry)
{
    struct line *line = (struct line *)entry;
    set_clear(&line->holders);
    set_clear(&line->ideal_holders);
    free((void *)line->versions);
    free(line);
}

static void forget_page(struct numbered *entry)
{
    free((struct page *)entry);
}

static unsigned name_count;

void lines_reset(unsigned bytes, unsigned page)
{
    table_clear(&lines, forget_line);
    table_clear(&pages, forget_page);
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
    address_name((const void *)(line->entry.number * line_bytes), text, size);
}
