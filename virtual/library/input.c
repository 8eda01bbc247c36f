/* SPDX-License-Identifier: MIT */
/*
 * What a program reads: files, and standard input. Each execution finds them as they were
 * before the first: a file is read anew and must not have changed since, standard input
 * is read once, as a whole. One thread takes from a stream: which of several gets what
 * would be one more choice, which nobody explores. What a program writes to a file goes
 * nowhere, and it cannot ask for it.
 */
#include "virtual/library/input.h"
#include "common/text.h"
#include "virtual/executions.h"
#include "virtual/ground/files.h"
#include "virtual/ground/messages.h"
#include "virtual/library/library.h"
#include "virtual/program/tool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { MOST_STREAMS = 64 };

/* A stream of the C library's, which reads from memory; or writes to nowhere. */
struct stream {
    FILE *file;
    char *written; /* the path of what is written; NULL: it is read */
    char *text;
    size_t size, at;
    int reader;  /* a processor, or VM_NOBODY */
    void *block; /* of the program's heap: stands for the stream, until it is closed */
};
static struct stream standard = {.reader = VM_NOBODY}, opened[MOST_STREAMS];
static size_t count;
static struct timespec beginning;

static ssize_t take(void *cookie, char *to, size_t size)
{
    struct stream *stream = cookie;
    size_t left = stream->size - stream->at;
    size = size < left ? size : left;
    memcpy(to, stream->text + stream->at, size);
    stream->at += size;
    return (ssize_t)size;
}

static ssize_t forget(void *cookie, const char *bytes, size_t size)
{
    (void)cookie;
    (void)bytes;
    return (ssize_t)size;
}

static int move(void *cookie, off64_t *offset, int whence)
{
    struct stream *stream = cookie;
    size_t from = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? stream->at : stream->size;
    off64_t at = (off64_t)from + *offset;
    if (at < 0 || at > (off64_t)stream->size) {
        errno = EINVAL;
        return -1;
    }
    stream->at = (size_t)at;
    *offset = at;
    return 0;
}

static FILE *open_stream(struct stream *stream)
{
    stream->file =
        fopencookie(stream, stream->written != NULL ? "w" : "r",
                    (cookie_io_functions_t){.read = take, .write = forget, .seek = move});
    return stream->file;
}

/* --- standard input ----------------------------------------------------------------- */

static bool wanted, is_terminal;
static int descriptor = -1;

void vm_input_ours(void)
{
    (void)clock_gettime(CLOCK_REALTIME, &beginning);
    is_terminal = isatty(STDIN_FILENO) == 1;
    descriptor = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    if (open_stream(&standard) != NULL) {
        stdin = standard.file;
    }
}

void vm_input_note(const char *name)
{
    static const char *const names[] = {
        "stdin",           "_ZSt3cin",       "getchar",        "getchar_unlocked",
        "scanf",           "vscanf",         "__isoc99_scanf", "__isoc23_scanf",
        "__isoc99_vscanf", "__isoc23_vscanf"};
    static const char prefix[] = "__wrap_";
    name += strncmp(name, prefix, sizeof prefix - 1) == 0 ? sizeof prefix - 1 : 0;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        wanted = wanted || strcmp(name, names[i]) == 0;
    }
}

void vm_input_read(void)
{
    enum { PART = 1 << 16 };
    ssize_t got = wanted && !is_terminal ? 1 : 0;
    while (got > 0) {
        standard.text = sure_resize(standard.text, standard.size + PART);
        got = read(descriptor, standard.text + standard.size, PART);
        standard.size += got > 0 ? (size_t)got : 0;
    }
}

/* --- from one execution to the next ------------------------------------------------- */

void vm_reset_input(void)
{
    while (count > 0) {
        count--;
        (void)fclose(opened[count].file);
        free(opened[count].text);
        free(opened[count].written);
    }
    standard.at = 0;
    standard.reader = VM_NOBODY;
    if (standard.file != NULL) {
        stdin = standard.file;
        __fpurge(stdin);
        clearerr(stdin);
    }
}

/* --- whose a stream is -------------------------------------------------------------- */

static struct stream *find(const FILE *file)
{
    struct stream *found = file == standard.file ? &standard : NULL;
    for (size_t i = 0; i < count; i++) {
        found = file == opened[i].file ? &opened[i] : found;
    }
    return found;
}

static void refuse_written(const char *path, const void *site)
{
    instrument_refuse(
        site,
        "%s is asked for after it was opened to write: what a program writes "
        "to files goes nowhere",
        path);
}

/* The stream that the running thread is about to read, or to ask. */
static struct stream *use(FILE *file, const void *site)
{
    vm_possible_cancellation_point("input", site);
    struct stream *stream = find(file);
    if (file == NULL) {
        instrument_wrong(VM_CRASH, site, "a stream that is NULL: it was not opened");
    }
    if (stream == NULL) {
        instrument_wrong(VM_MISUSE, site, "input from what is no stream for input");
    }
    if (vm_self() == VM_NOBODY) {
        instrument_refuse(site, "input in a constructor, before main");
    }
    if (stream == &standard && is_terminal) {
        instrument_refuse(site, "input from a terminal: give the program a file (<file)");
    }
    if (stream->block != NULL) {
        reads(stream->block, 1, site);
    }
    if (stream->written != NULL) {
        refuse_written(stream->written, site);
    }
    if (stream->reader != VM_NOBODY && stream->reader != vm_self()) {
        instrument_refuse(site, "input of two threads from one stream: who of them gets "
                                "what is not explored; let one thread read");
    }
    stream->reader = vm_self();
    instrument_effect();
    return stream;
}

size_t vm_input_use(FILE *file, const void *site)
{
    return use(file, site)->size;
}

void *vm_input_block(const FILE *file)
{
    const struct stream *stream = find(file);
    return stream == NULL ? NULL : stream->block;
}

bool vm_output_use(const FILE *file, const void *site)
{
    vm_possible_cancellation_point("output", site);
    vm_output_locked(file, site);
    const struct stream *stream = find(file);
    if (stream != NULL && stream->block != NULL) {
        reads(stream->block, 1, site);
    }
    return stream == NULL || stream->written != NULL;
}

void vm_not_written(const char *path, const void *site)
{
    for (size_t i = 0; i < count; i++) {
        const char *written = opened[i].written;
        if (written != NULL && strcmp(last_part(written), last_part(path)) == 0) {
            refuse_written(path, site);
        }
    }
}

/* --- opening and closing ------------------------------------------------------------ */

/* A file's text, which is the same in each execution; NULL with errno. */
static char *read_file(const char *path, size_t *size, const void *site)
{
    struct stat status;
    char *text = file_read(path, size);
    if (text == NULL && errno == EINVAL) {
        instrument_refuse(site, "input from %s, which is no file", path);
    }
    if (text == NULL || stat(path, &status) != 0) {
        return text;
    }
    const struct timespec *changed = &status.st_mtim;
    if (*size == 0 || changed->tv_sec > beginning.tv_sec ||
        (changed->tv_sec == beginning.tv_sec && changed->tv_nsec > beginning.tv_nsec)) {
        instrument_refuse(site, "input from %s, which %s", path,
                          *size == 0 ? "is empty, or no plain file"
                                     : "has changed since the beginning");
    }
    return text;
}

FILE *vm_input_open(const char *path, const char *mode, const void *site)
{
    vm_possible_cancellation_point("fopen", site);
    (void)read_string(path, site);
    bool read = mode[0] == 'r';
    if ((!read && mode[0] != 'w' && mode[0] != 'a') ||
        strpbrk(mode, read ? "+c," : "x,") != NULL) {
        instrument_refuse(site,
                          "fopen of %s as \"%s\": a program may read files (\"r\"), or "
                          "write them (\"w\", \"a\")",
                          path, mode);
    }
    if (vm_self() == VM_NOBODY) {
        instrument_refuse(site, "%s opened in a constructor, before main", path);
    }
    if (count == MOST_STREAMS) {
        instrument_refuse(site, "more than %d files", MOST_STREAMS);
    }
    struct stream *stream = &opened[count];
    *stream = (struct stream){.reader = VM_NOBODY};
    if (read) {
        vm_not_written(path, site);
        stream->text = read_file(path, &stream->size, site);
    } else {
        stream->written = sure_copy(path);
    }
    if (read && stream->text == NULL) {
        vm_set_error(errno);
        return NULL;
    }
    stream->block = vm_allocate(sizeof(FILE), 1, true, site);
    if (stream->block == NULL || open_stream(stream) == NULL) {
        free(stream->text);
        free(stream->written);
        return NULL;
    }
    count++;
    return stream->file;
}

FILE *__wrap_fopen(const char *path, const char *mode)
{
    (void)read_string(mode, SITE);
    return vm_input_open(path, mode, SITE);
}

FILE *__wrap_fopen64(const char *path, const char *mode)
{
    (void)read_string(mode, SITE);
    return vm_input_open(path, mode, SITE);
}

/* It stays open behind the scenes: who uses it still finds its block freed. */
void vm_input_close(const FILE *file, const void *site)
{
    vm_possible_cancellation_point("fclose", site);
    const struct stream *stream = find(file);
    if (stream == NULL || stream == &standard) {
        instrument_refuse(site, "fclose of another stream than what fopen has opened");
    }
    vm_free(stream->block, site);
}

int __wrap_fclose(FILE *file)
{
    vm_input_close(file, SITE);
    return 0;
}

/* --- characters and lines ----------------------------------------------------------- */

#define GET(name)                                                                        \
    int __wrap_##name(FILE *file)                                                        \
    {                                                                                    \
        (void)use(file, SITE);                                                           \
        return name(file);                                                               \
    }
GET(getc)
GET(fgetc)
GET(getc_unlocked)
GET(fgetc_unlocked)

#define GET_CHARACTER(name)                                                              \
    int __wrap_##name(void)                                                              \
    {                                                                                    \
        (void)use(stdin, SITE);                                                          \
        return name();                                                                   \
    }
GET_CHARACTER(getchar)
GET_CHARACTER(getchar_unlocked)

int __wrap_ungetc(int character, FILE *file)
{
    (void)use(file, SITE);
    return ungetc(character, file);
}

char *__wrap_fgets(char *to, int size, FILE *file)
{
    (void)use(file, SITE);
    int length = 0, last = 0;
    char *own = sure_resize(NULL, (size_t)(size > 0 ? size : 1));
    while (length + 1 < size && last != '\n' && (last = getc(file)) != EOF) {
        own[length++] = (char)last;
    }
    bool good = length > 0 || size == 1;
    if (good) {
        own[length] = '\0';
        writes(to, (size_t)length + 1, SITE);
        memcpy(to, own, (size_t)length + 1);
    }
    free(own);
    return good ? to : NULL;
}

static ssize_t get_line(char **line, size_t *room, int end, FILE *file, const void *site)
{
    enum { USUAL = 120 };
    (void)use(file, site);
    reads((const void *)line, sizeof *line, site);
    reads(room, sizeof *room, site);
    char *own = NULL;
    size_t own_room = 0;
    ssize_t length = getdelim(&own, &own_room, end, file);
    size_t size = length < 0 ? 1 : (size_t)length + 1;
    if (*line == NULL || *room < size) {
        size_t wished = size < USUAL ? USUAL : size;
        char *block = vm_allocate(wished, 1, false, site);
        if (*line != NULL) {
            vm_free(*line, site);
        }
        writes((const void *)line, sizeof *line, site);
        writes(room, sizeof *room, site);
        *line = block;
        *room = block == NULL ? 0 : wished;
    }
    if (length >= 0 && *line != NULL) {
        writes(*line, size, site);
        memcpy(*line, own, size);
    }
    free(own);
    return *line == NULL ? -1 : length;
}

ssize_t __wrap_getline(char **line, size_t *room, FILE *file)
{
    return get_line(line, room, '\n', file, SITE);
}

ssize_t __wrap_getdelim(char **line, size_t *room, int end, FILE *file)
{
    return get_line(line, room, end, file, SITE);
}

size_t vm_input_get(FILE *file, void *to, size_t size, const void *site)
{
    size_t most = use(file, site)->size + 1; /* to come to the end */
    size = size < most ? size : most;
    char *own = sure_resize(NULL, size + 1);
    size_t got = fread(own, 1, size, file);
    if (got > 0) {
        writes(to, got, site);
        memcpy(to, own, got);
    }
    free(own);
    return got;
}

size_t __wrap_fread(void *to, size_t size, size_t number, FILE *file)
{
    size_t wished;
    bool huge = __builtin_mul_overflow(size, number, &wished);
    size_t got = vm_input_get(file, to, huge ? SIZE_MAX : wished, SITE);
    return size == 0 ? 0 : got / size;
}

/* --- where one is ------------------------------------------------------------------- */

#define PLACE(type, tell, seek)                                                          \
    type __wrap_##tell(FILE *file)                                                       \
    {                                                                                    \
        (void)use(file, SITE);                                                           \
        return tell(file);                                                               \
    }                                                                                    \
    int __wrap_##seek(FILE *file, type offset, int whence)                               \
    {                                                                                    \
        (void)use(file, SITE);                                                           \
        return seek(file, offset, whence);                                               \
    }
PLACE(long, ftell, fseek)
PLACE(off_t, ftello, fseeko)

void __wrap_rewind(FILE *file)
{
    (void)use(file, SITE);
    rewind(file);
}

/* Of streams for output, too. */
#define ASK(name)                                                                        \
    int __wrap_##name(FILE *file)                                                        \
    {                                                                                    \
        if (!vm_output_use(file, SITE)) {                                                \
            (void)use(file, SITE);                                                       \
        }                                                                                \
        return name(file);                                                               \
    }
ASK(feof)
ASK(ferror)
