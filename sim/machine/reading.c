/* SPDX-License-Identifier: MIT */
/* Reading the texts of machines, and listing those that are compiled in. */
#include "sim/machine/reading.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/input.h"
#include "common/text.h"
#include "sim/machine/parameters.h"
#include "sim/machine/texts.h"
#include "virtual/program/tool.h"

/* --- reading ------------------------------------------------------------------------ */

enum { LIKES = 8 }; /* machines that are like machines that are like … */

static bool read_named(struct machine *machine, const char *name, unsigned likes);

/* Without comment and blanks around it, in place. */
static char *trimmed(char *line)
{
    line[strcspn(line, "#")] = '\0';
    char *begin = line + strspn(line, " \t\r\n\v\f");
    size_t length = strlen(begin);
    while (length > 0 && isspace((unsigned char)begin[length - 1])) {
        length--;
    }
    begin[length] = '\0';
    return begin;
}

/* The name in a line "like = NAME", or NULL. */
static const char *name_of_like(const char *line)
{
    size_t blanks = strlen("like") + strspn(line + strcspn(line, " \t="), " \t");
    if (!starts(line, "like") || line[blanks] != '=') {
        return NULL;
    }
    return line + blanks + 1 + strspn(line + blanks + 1, " \t");
}

static void take_summary(const char *line, char *summary, size_t size)
{
    line += strspn(line, " \t");
    if (summary[0] == '\0' && line[0] == '#') {
        line += strspn(line, "# \t");
        (void)snprintf(summary, size, "%.*s", (int)strcspn(line, "\r\n"), line);
    }
}

/* Reads lines; `name` is what messages call the text. */
static bool read_text(struct machine *machine, FILE *file, const char *name,
                      unsigned likes)
{
    char summary[sizeof machine->summary] = "", *line = NULL;
    size_t size = 0;
    bool good = true, first = true;
    for (unsigned number = 1; good && getline(&line, &size, file) >= 0; number++) {
        take_summary(line, summary, sizeof summary);
        const char *text = trimmed(line), *like = name_of_like(text);
        char where[512];
        (void)snprintf(where, sizeof where, "%.480s:%u", name, number);
        if (text[0] == '\0') {
            continue;
        }
        if (first && like != NULL && likes == LIKES) {
            good = machine_refuse(where, "too many machines that are like each other");
        } else if (first && like != NULL) {
            good = read_named(machine, like, likes + 1);
        } else {
            good = machine_set(machine, text, where);
        }
        first = false;
    }
    if (good && ferror(file)) {
        good = machine_refuse(name, "cannot be read: %s", strerror(errno));
    } else if (good && first) {
        good = machine_refuse(name, "is empty; a machine says at least its structure");
    }
    free(line);
    (void)snprintf(machine->summary, sizeof machine->summary, "%s", summary);
    return good;
}

static const struct machine_text *find_text(const char *name)
{
    for (const struct machine_text *text = machine_texts; text->name != NULL; text++) {
        if (strcmp(text->name, name) == 0) {
            return text;
        }
    }
    char list[256] = "";
    for (const struct machine_text *text = machine_texts; text->name != NULL; text++) {
        text_append(list, sizeof list, "%s%s", list[0] != '\0' ? ", " : "", text->name);
    }
    (void)machine_refuse("machine",
                         "none is called '%.40s'; there are %s, and files, whose names "
                         "have a '/' or a '.'",
                         name, list);
    return NULL;
}

/* "machines/mine.machine" → "mine" */
static void name_of_file(const char *path, char *name, size_t size)
{
    const char *base = last_part(path);
    size_t length = strlen(base), ending = strlen(".machine");
    if (length > ending && strcmp(base + length - ending, ".machine") == 0) {
        length -= ending;
    }
    (void)snprintf(name, size, "%.*s", (int)length, base);
}

static bool read_named(struct machine *machine, const char *name, unsigned likes)
{
    FILE *file;
    if (strpbrk(name, "/.") != NULL) {
        file = input_open(name, "r");
        if (file == NULL) {
            return machine_refuse(name, "cannot be read: %s", strerror(errno));
        }
    } else {
        const struct machine_text *text = find_text(name);
        if (text == NULL) {
            return false;
        }
        file = fmemopen((void *)(uintptr_t)text->begin, (size_t)(text->end - text->begin),
                        "r");
        if (file == NULL) {
            return machine_refuse(name, "cannot be read: %s", strerror(errno));
        }
    }
    bool good = read_text(machine, file, name, likes);
    (void)fclose(file);
    name_of_file(name, machine->name, sizeof machine->name);
    return good;
}

bool machine_read(struct machine *machine, const char *name)
{
    *machine = (struct machine){
        .line = 64,
        .page = 64,
        .most = VM_PROCESSORS,
        .hit = 1,
        .pause = 1,
        .cores = 1,
    };
    return read_named(machine, name, 0);
}

/* --- listing ------------------------------------------------------------------------ */

void machine_list(void)
{
    (void)fprintf(vm_out, "%-10s %-10s %-9s %10s  %s\n", "machine", "structure",
                  "protocol", "processors", "summary");
    for (const struct machine_text *text = machine_texts; text->name != NULL; text++) {
        struct machine machine;
        if (machine_read(&machine, text->name)) {
            (void)fprintf(vm_out, "%-10s %-10s %-9s %10u  %s\n", machine.name,
                          structure_names[machine.structure],
                          protocol_names[machine.protocol], machine.most,
                          machine.summary);
        }
    }
}

bool machine_show(const char *name)
{
    const struct machine_text *text = find_text(name);
    if (text != NULL) {
        (void)fwrite(text->begin, 1, (size_t)(text->end - text->begin), vm_out);
    }
    return text != NULL;
}
