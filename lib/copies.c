/* SPDX-License-Identifier: MIT */
/*
 * A process that has two copies of the library, say one linked statically into a plug-in,
 * has two tables of those that wait for a mutex: an unlock by one would overlook those
 * that wait by the other. It is ended when the second copy is loaded.
 *
 * Every file with a copy has a note, as those that linkers leave in files, which leads to
 * the table that the copy uses. That may be another one's: where a program exports its
 * copy, the dynamic linker makes those of all libraries refer to it. Such copies are one.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* dl_iterate_phdr */
#endif
#include <lockstep/check.h>
#include <lockstep/mutex.h>

#ifdef __linux__
#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What the note leads to: filled in by the dynamic linker, before any constructor. */
extern const void *const volatile lks_copy_uses;
__attribute__((used, visibility("hidden"))) const void *const volatile lks_copy_uses =
    lks_mutex_waiting;

/* The note: a name and how far it is to lks_copy_uses. */
#define NAME "Lockstep"
__asm__(".pushsection .note.lockstep, \"a\", %note\n"
        ".balign 4\n"
        ".long 9, 4, 1\n"
        ".asciz \"" NAME "\"\n"
        ".balign 4\n"
        ".long lks_copy_uses - .\n"
        ".popsection\n");

/* How far it is from the beginning of a note to what it says. */
static size_t to_text(const ElfW(Nhdr) * note, size_t alignment)
{
    return (sizeof *note + note->n_namesz + alignment - 1) / alignment * alignment;
}

/* Returns what the note leads to if it is one of ours, or NULL. */
static const void *const volatile *used_by(const ElfW(Nhdr) * note)
{
    if (note->n_namesz != sizeof NAME ||
        memcmp((const char *)(note + 1), NAME, sizeof NAME) != 0) {
        return NULL;
    }
    const char *text = (const char *)note + to_text(note, 4);
    int32_t distance;
    (void)memcpy(&distance, text, sizeof distance);
    return (const void *const volatile *)(const void *)(text + distance);
}

/* Returns the same of a file in memory. */
static const void *const volatile *used_in(const struct dl_phdr_info *file)
{
    for (unsigned i = 0; i < file->dlpi_phnum; i++) {
        const ElfW(Phdr) *part = &file->dlpi_phdr[i];
        const size_t alignment = part->p_align == 8 ? 8 : 4;
        const char *at = (const char *)(file->dlpi_addr + part->p_vaddr);
        const char *end = at + (part->p_type == PT_NOTE ? part->p_memsz : 0);
        while (at < end) {
            const ElfW(Nhdr) *note = (const ElfW(Nhdr) *)(const void *)at;
            const void *const volatile *uses = used_by(note);
            if (uses != NULL) {
                return uses;
            }
            size_t size = to_text(note, alignment) + note->n_descsz;
            at += (size + alignment - 1) / alignment * alignment;
        }
    }
    return NULL;
}

/* Called for each file: a first time to find out which is ours, by its name. */
static int look(struct dl_phdr_info *file, size_t size, void *argument)
{
    (void)size;
    const char **own = argument;
    const char *name = file->dlpi_name[0] != '\0' ? file->dlpi_name : "the program";
    const void *const volatile *uses = used_in(file);
    if (uses == &lks_copy_uses) {
        *own = name;
    } else if (uses != NULL && *uses != lks_copy_uses && *own != NULL) {
        (void)fprintf(stderr,
                      "lockstep: the library is in this process twice, in %s and in %s: "
                      "lks_mutex(3) says what to do\n",
                      name, *own);
        abort();
    }
    return 0;
}

void lks_refuse_copies(void)
{
    const char *own = NULL;
    (void)dl_iterate_phdr(look, &own);
    (void)dl_iterate_phdr(look, &own);
}

#else
void lks_refuse_copies(void)
{
}
#endif
