/* SPDX-License-Identifier: MIT */
/*
 * A library is put into a program by the dynamic linker, if the environment says so. A
 * program without one, one that runs with another user's rights, and one for another
 * processor or C library cannot have it; the system would run it all the same, without a
 * word or with one that is easily missed. So these are refused here.
 */
#include "preload/run/program.h"

#include <elf.h>
#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <link.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "common/memory.h"
#include "common/text.h"

/* From where this tool is; the Makefile says another place for one that is installed. */
#ifndef LIBRARY_PLACE
#define LIBRARY_PLACE "."
#endif

/* --- files -------------------------------------------------------------------------- */

/* The beginning of a file, and what a program is run by: its dynamic linker. */
struct head {
    union {
        ElfW(Ehdr) elf; /* of this tool's own class, if `ident` says so */
        unsigned char ident[EI_NIDENT];
        char text[PATH_MAX + 1]; /* ends with 0 */
    };
    size_t size;
    char linker[PATH_MAX]; /* "": it needs none */
};

static bool is_elf(const struct head *head)
{
    return head->size >= sizeof head->elf && memcmp(head->ident, ELFMAG, SELFMAG) == 0;
}

/* Whether both are for the same processor, and as wide. */
static bool is_alike(const struct head *one, const struct head *other)
{
    return one->ident[EI_CLASS] == other->ident[EI_CLASS] &&
           one->ident[EI_DATA] == other->ident[EI_DATA] &&
           one->elf.e_machine == other->elf.e_machine;
}

static void read_linker(FILE *file, struct head *head)
{
    for (unsigned i = 0; i < head->elf.e_phnum; i++) {
        ElfW(Phdr) part;
        long at = (long)(head->elf.e_phoff + i * (size_t)head->elf.e_phentsize);
        if (fseek(file, at, SEEK_SET) != 0 || fread(&part, sizeof part, 1, file) != 1) {
            return;
        }
        if (part.p_type == PT_INTERP && part.p_filesz < sizeof head->linker &&
            fseek(file, (long)part.p_offset, SEEK_SET) == 0) {
            size_t size = fread(head->linker, 1, part.p_filesz, file);
            head->linker[size] = '\0';
        }
    }
}

/* Reads it; of a program of this tool's class also its dynamic linker. */
static void read_head(const char *path, struct head *head)
{
    static const unsigned char class = sizeof(void *) == 8 ? ELFCLASS64 : ELFCLASS32;
    *head = (struct head){.size = 0};
    FILE *file = fopen(path, "re");
    if (file == NULL) {
        refuse("cannot read %s: %s", path, strerror(errno));
    }
    head->size = fread(head->text, 1, sizeof head->text - 1, file);
    if (is_elf(head) && head->ident[EI_CLASS] == class) {
        read_linker(file, head);
    }
    (void)fclose(file);
}

/* --- can it be? --------------------------------------------------------------------- */

/* Whether the program gets rights that its caller does not have: the dynamic linker then
   takes no libraries from the environment. */
static bool gains_rights(const char *path)
{
    struct stat status;
    if (stat(path, &status) != 0) {
        return false;
    }
    return ((status.st_mode & S_ISUID) != 0 && status.st_uid != getuid()) ||
           ((status.st_mode & S_ISGID) != 0 && status.st_gid != getgid()) ||
           (getuid() != 0 && getxattr(path, "security.capability", NULL, 0) > 0);
}

static void check_elf(const char *path, const struct head *head, const char *library)
{
    static struct head other, own;
    read_head(library, &other);
    if (!is_alike(head, &other)) {
        refuse("%s is for another kind of processor than %s", path, library);
    }
    if (head->linker[0] == '\0') {
        refuse("%s is linked statically: no library can be put into it", path);
    }
    read_head("/proc/self/exe", &own);
    if (own.linker[0] != '\0' &&
        strcmp(last_part(own.linker), last_part(head->linker)) != 0) {
        refuse("%s is for another C library: its dynamic linker is %s", path,
               head->linker);
    }
}

/* "#! /bin/sh -e": cuts out the program that runs it, or returns NULL. */
static const char *interpreter_of(struct head *head)
{
    if (strncmp(head->text, "#!", 2) != 0) {
        return NULL;
    }
    char *begin = head->text + 2 + strspn(head->text + 2, " \t");
    begin[strcspn(begin, " \t\n")] = '\0';
    return begin[0] != '\0' ? begin : NULL;
}

static void check(const char *path, const char *library, int depth)
{
    static struct head head;
    read_head(path, &head);
    if (gains_rights(path)) {
        refuse("%s runs with rights that you do not have (set-uid, set-gid or "
               "capabilities): the system puts no library into it",
               path);
    }
    if (is_elf(&head)) {
        check_elf(path, &head, library);
        return;
    }
    const char *interpreter = interpreter_of(&head);
    if (interpreter != NULL && depth > 0) {
        char *copy = sure(strdup(interpreter));
        check(copy, library, depth - 1);
        free(copy);
    }
}

/* --- where it is -------------------------------------------------------------------- */

static bool is_program(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && S_ISREG(status.st_mode) && access(path, X_OK) == 0;
}

/* Looks through PATH as execvp does. */
static char *search(const char *name)
{
    const char *path = getenv("PATH");
    char *list = sure(strdup(path != NULL ? path : "/bin:/usr/bin")), *rest = list;
    char *found = NULL;
    for (char *place; found == NULL && (place = strsep(&rest, ":")) != NULL;) {
        char *whole = text_made("%s/%s", place[0] != '\0' ? place : ".", name);
        if (is_program(whole)) {
            found = whole;
        } else {
            free(whole);
        }
    }
    free(list);
    return found;
}

const char *find_program(const char *name, const char *library)
{
    enum { SCRIPTS_OF_SCRIPTS = 4 }; /* as many as Linux follows */
    const char *path = strchr(name, '/') != NULL ? name : search(name);
    if (path == NULL) {
        refuse("there is no program %s in PATH", name);
    }
    if (access(path, F_OK) != 0) {
        refuse("there is no program %s", path);
    }
    if (!is_program(path)) {
        refuse("%s cannot be run: it is no file, or is not marked as a program", path);
    }
    check(path, library, SCRIPTS_OF_SCRIPTS);
    return path;
}

const char *find_library(void)
{
    static const char name[] = "liblockstep-preload.so";
    char own[PATH_MAX];
    ssize_t size = readlink("/proc/self/exe", own, sizeof own - 1);
    if (size < 0) {
        refuse("cannot tell where this program is: /proc/self/exe: %s", strerror(errno));
    }
    own[size] = '\0';
    const char *directory = LIBRARY_PLACE[0] == '/' ? "" : dirname(own);
    char *library = text_made("%s/%s/%s", directory, LIBRARY_PLACE, name);
    char *resolved = realpath(library, NULL);
    if (resolved == NULL) {
        refuse("%s: %s", library, strerror(errno));
    }
    free(library);
    /* These end a name in LD_PRELOAD, and nothing quotes them. */
    if (strpbrk(resolved, " :") != NULL) {
        refuse("%s: a library cannot be put into programs from a place with a space or a "
               "colon in its name",
               resolved);
    }
    return resolved;
}
