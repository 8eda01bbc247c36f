/* SPDX-License-Identifier: MIT */
/*
 * What libstdc++ has compiled of reading from streams: numbers and strings. It writes
 * what it has read into the program's variables, and moves the stream on.
 */
#include "virtual/library/input.h"
#include "virtual/library/library.h"

#include <time.h>

/* How a std::streambuf begins. */
struct buffer {
    void *functions;
    char *beginning, *next, *end;
};

static void announce(void *bytes, size_t size, bool write, const void *site)
{
    vm_plain_of_program(bytes, size, write, site);
}

/* Something will be taken from the buffer: how much, its characters decide. */
static void take(struct buffer *buffer, const void *site)
{
    if (buffer == NULL) {
        return;
    }
    if ((uintptr_t)buffer - vm_streams < vm_streams_size) {
        (void)vm_input_use(stdin, vm_site_in_program(site));
        return;
    }
    if (buffer->next < buffer->end) {
        announce(buffer->next, (size_t)(buffer->end - buffer->next), false, site);
    }
    announce((void *)&buffer->next, sizeof buffer->next, true, site);
}

/* --- numbers ------------------------------------------------------------------------ */

/* A std::istreambuf_iterator, or std::ostreambuf_iterator. */
struct place {
    struct buffer *buffer;
    int character;
};

/* std::num_get<>::do_get for a kind of characters and of numbers. */
#define NUMBERS(kind)                                                                    \
    "St7num_getI" kind "St19istreambuf_iteratorI" kind "St11char_traitsI" kind "EEE"
#define GET_NAME(kind, letter)                                                           \
    "_ZNK" NUMBERS(kind) "6do_getES3_S3_RSt8ios_baseRSt12_Ios_IostateR" letter
#define GET(kind, letter, type)                                                          \
    static struct place get_##kind##_##letter(void *self, struct place from,             \
                                              struct place to, void *stream,             \
                                              void *state, type *value)                  \
    {                                                                                    \
        typedef struct place get(void *, struct place, struct place, void *, void *,     \
                                 type *);                                                \
        take(from.buffer, SITE);                                                         \
        announce(value, sizeof *value, true, SITE);                                      \
        return NATIVE(get *, GET_NAME(#kind, #letter))(self, from, to, stream, state,    \
                                                       value);                           \
    }
#define EACH_NUMBER(action, kind)                                                        \
    action(kind, b, bool) action(kind, l, long) action(kind, t, unsigned short)          \
        action(kind, j, unsigned) action(kind, m, unsigned long)                         \
            action(kind, x, long long) action(kind, y, unsigned long long)               \
                action(kind, f, float) action(kind, d, double)                           \
                    action(kind, e, long double) action(kind, Pv, void *)
EACH_NUMBER(GET, c)
EACH_NUMBER(GET, w)

/* --- times -------------------------------------------------------------------------- */

#define TIMES "St8time_putIcSt19ostreambuf_iteratorIcSt11char_traitsIcEEE"
#define PUT   "_ZNK" TIMES "6do_putES3_RSt8ios_basecPK2tmcc"

static struct place put_time(void *self, struct place to, void *stream, char fill,
                             struct tm *time, char format, char modifier)
{
    typedef struct place put(void *, struct place, void *, char, struct tm *, char, char);
    announce(time, sizeof *time, false, SITE);
    return NATIVE(put *, PUT)(self, to, stream, fill, time, format, modifier);
}

const char *vm_announce_input(void)
{
#define SLOT(kind, letter, type)                                                         \
    {"_ZTV" NUMBERS(#kind), GET_NAME(#kind, #letter),                                    \
     (void *)(uintptr_t)get_##kind##_##letter},
    static const struct {
        const char *table, *name;
        void *instead;
    } slots[] = {EACH_NUMBER(SLOT, c) EACH_NUMBER(SLOT, w){"_ZTV" TIMES, PUT,
                                                           (void *)(uintptr_t)put_time}};
    for (size_t i = 0; i < sizeof slots / sizeof *slots; i++) {
        if (!vm_replace_slot(slots[i].table, slots[i].name, slots[i].instead)) {
            return "what std::istream reads, or std::put_time";
        }
    }
    return NULL;
}

/* --- strings ------------------------------------------------------------------------ */

/* How a std::string begins. */
struct string {
    char *text;
    size_t length;
    char rest[16];
};

/* What is read into a string: it, and the stream. Returns the stream's state. */
static struct vm_stream *begin_string(char *stream, struct string *string,
                                      const void *site)
{
    ptrdiff_t base = (*(ptrdiff_t **)(void *)stream)[-3]; /* std::basic_ios in it */
    struct vm_stream *own = (struct vm_stream *)(void *)(stream + base);
    typedef struct buffer *buffer(void *);
    take(NATIVE(buffer *, "_ZNKSt9basic_iosIcSt11char_traitsIcEE5rdbufEv")(own), site);
    announce(stream + sizeof(void *), sizeof(size_t), true, site); /* gcount */
    announce(&own->state, sizeof own->state, false, site);
    announce(string, sizeof *string, true, site);
    announce(string->text, string->length + 1, true, site);
    return own;
}

static void end_string(struct vm_stream *stream, int state, struct string *string,
                       const void *site)
{
    announce(string->text, string->length + 1, true, site);
    if (stream->state != state) {
        announce(&stream->state, sizeof stream->state, true, site);
    }
}

#define READ_NAME                                                                        \
    "IcSt11char_traitsIcESaIcEERSt13basic_istreamIT_T0_ES7_RNSt7__cxx1112basic_"         \
    "stringIS4_S5_T1_EE"
#define READ_WORD "_ZStrs" READ_NAME
#define READ_LINE "_ZSt7getline" READ_NAME "S4_"

void *read_word(char *stream, struct string *string) __asm__("__wrap_" READ_WORD);
void *read_word(char *stream, struct string *string)
{
    typedef void *read(void *, struct string *);
    struct vm_stream *own = begin_string(stream, string, SITE);
    int state = own->state;
    void *result = NATIVE(read *, READ_WORD)(stream, string);
    end_string(own, state, string, SITE);
    return result;
}

void *read_line(char *stream, struct string *string,
                char end) __asm__("__wrap_" READ_LINE);
void *read_line(char *stream, struct string *string, char end)
{
    typedef void *read(void *, struct string *, char);
    struct vm_stream *own = begin_string(stream, string, SITE);
    int state = own->state;
    void *result = NATIVE(read *, READ_LINE)(stream, string, end);
    end_string(own, state, string, SITE);
    return result;
}
