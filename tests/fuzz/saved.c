/* SPDX-License-Identifier: MIT */
/* Executions that lockcheck has saved. */
#include "check/saved.h"
#include "check/show/words.h"
#include "tests/fuzz/takes.h"
#include "virtual/program/tool.h"

FILE *vm_out, *vm_err;

/* For writing, which is not asked for. */
void words_begin(void)
{
}
void words_place(struct words *words, const void *site)
{
    (void)words, (void)site;
}
void words_variable(struct words *words, const void *address)
{
    (void)words, (void)address;
}
const char *words_text(const struct words *words)
{
    (void)words;
    return "";
}
void words_free(struct words *words)
{
    (void)words;
}

bool takes(const char *kind, const char *path)
{
    static struct graph graph;
    struct options options = {.replay = path};
    (void)kind;
    vm_out = stdout;
    vm_err = stderr;
    return saved_read(path, &options, &graph) == 0;
}
