/* SPDX-License-Identifier: MIT */
/* A machine's parameters: their names, and what each may be. */
#include "sim/machine/parameters.h"

#include <ctype.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "common/text.h"

enum { KEY = 64 };          /* bytes of a key, at most */
enum { NEAR = 3 };          /* letters that a misspelt key may be off */
enum { MILLION = 1000000 }; /* no cost is higher: times stay far from overflowing */

/* --- words -------------------------------------------------------------------------- */

static const char *const uses[] = {"read", "write", "modify", NULL};
static const char *const founds[] = {"modified", "exclusive", "shared", "memory", NULL};

/* "smp, dancehall or numa" */
static void list_words(const char *const *words, char *text, size_t size)
{
    text[0] = '\0';
    for (unsigned i = 0; words[i] != NULL; i++) {
        const char *separator = i == 0 ? "" : words[i + 1] == NULL ? " or " : ", ";
        text_append(text, size, "%s%s", separator, words[i]);
    }
}

/* Which of the words it is, or -1. */
static int find_word(const char *const *words, const char *word, size_t length)
{
    for (int i = 0; words[i] != NULL; i++) {
        if (strlen(words[i]) == length && strncmp(words[i], word, length) == 0) {
            return i;
        }
    }
    return -1;
}

static bool read_word(const char *where, const char *key, const char *value,
                      const char *const *words, int *found)
{
    *found = find_word(words, value, strlen(value));
    if (*found >= 0) {
        return true;
    }
    char list[128];
    list_words(words, list, sizeof list);
    return machine_refuse(where, "%s: '%.40s' is not %s", key, value, list);
}

/* --- numbers ------------------------------------------------------------------------ */

/* A whole number at the beginning of a text, which goes on after it. */
static bool read_number(const char **text, uint64_t *number)
{
    size_t digits = strspn(*text, "0123456789");
    char after = (*text)[digits];
    if (digits == 0 || digits > 9 || (after != '\0' && !isspace((unsigned char)after))) {
        return false;
    }
    *number = strtoull(*text, NULL, 10);
    *text += digits;
    *text += strspn(*text, " \t");
    return true;
}

/* As many numbers as there are, up to `limit`; 0 if something is wrong. */
static unsigned read_numbers(const char *where, const char *key, const char *value,
                             uint64_t most, unsigned limit, uint64_t *numbers)
{
    unsigned count = 0;
    const char *rest = value;
    while (count < limit && read_number(&rest, &numbers[count]) &&
           numbers[count] <= most) {
        count++;
        if (*rest == '\0') {
            return count;
        }
    }
    (void)machine_refuse(where,
                         "%s: '%.40s' is not a list of up to %u whole numbers from 0 to "
                         "%" PRIu64 ", with spaces between them",
                         key, value, limit, most);
    return 0;
}

enum width { UNSIGNED, CYCLES };
static const struct parameter {
    const char *key;
    size_t offset;
    uint64_t least, most;
    enum width width;
    bool power; /* of two */
} parameters[] = {
    {"line", offsetof(struct machine, line), 8, 4096, UNSIGNED, true},
    {"caching", offsetof(struct machine, caching), 0, MILLION, UNSIGNED, false},
    {"ways", offsetof(struct machine, ways), 0, MILLION, UNSIGNED, false},
    {"page", offsetof(struct machine, page), 8, 1 << 22, UNSIGNED, true},
    {"nodes", offsetof(struct machine, nodes), 0, NODES, UNSIGNED, false},
    {"cores", offsetof(struct machine, cores), 1, VM_PROCESSORS, UNSIGNED, false},
    {"processors", offsetof(struct machine, most), 1, VM_PROCESSORS, UNSIGNED, false},
    {"modules", offsetof(struct machine, modules), 0, VM_PROCESSORS, UNSIGNED, false},
    {"hit", offsetof(struct machine, hit), 1, MILLION, CYCLES, false},
    {"atomic", offsetof(struct machine, atomic), 0, MILLION, CYCLES, false},
    {"pause", offsetof(struct machine, pause), 1, MILLION, CYCLES, false},
    {"bus_memory", offsetof(struct machine, bus_memory), 0, MILLION, CYCLES, false},
    {"bus_cache", offsetof(struct machine, bus_cache), 0, MILLION, CYCLES, false},
    {"bus_upgrade", offsetof(struct machine, bus_upgrade), 0, MILLION, CYCLES, false},
    {"bus_update", offsetof(struct machine, bus_update), 0, MILLION, CYCLES, false},
    {"bus_write_back", offsetof(struct machine, bus_write_back), 0, MILLION, CYCLES,
     false},
    {"network", offsetof(struct machine, network), 0, MILLION, CYCLES, false},
    {"module", offsetof(struct machine, module), 0, MILLION, CYCLES, false},
    {"directory", offsetof(struct machine, directory), 0, MILLION, CYCLES, false},
    {"memory", offsetof(struct machine, memory), 0, MILLION, CYCLES, false},
    {"cache", offsetof(struct machine, cache), 0, MILLION, CYCLES, false},
    {"link", offsetof(struct machine, link), 0, MILLION, CYCLES, false},
};
enum { PARAMETERS = sizeof parameters / sizeof *parameters };

/* The other keys, the last two of which stand for many. */
static const char *const other_keys[] = {"structure", "protocol", "arbitration",
                                         "distance.NODE", "latency.USE.FOUND"};
enum { OTHER_KEYS = sizeof other_keys / sizeof *other_keys };

static bool set_parameter(struct machine *machine, const struct parameter *parameter,
                          const char *value, const char *where)
{
    uint64_t number = 0;
    const char *rest = value;
    bool good = read_number(&rest, &number) && *rest == '\0' &&
                number >= parameter->least && number <= parameter->most &&
                (!parameter->power || (number & (number - 1)) == 0);
    if (!good) {
        return machine_refuse(
            where, "%s: '%.40s' is not a %s from %" PRIu64 " to %" PRIu64, parameter->key,
            value, parameter->power ? "power of two" : "whole number", parameter->least,
            parameter->most);
    }
    char *at = (char *)machine + parameter->offset;
    if (parameter->width == CYCLES) {
        *(cycles *)(void *)at = number;
    } else {
        *(unsigned *)(void *)at = (unsigned)number;
    }
    machine->given |= UINT32_C(1) << (parameter - parameters);
    return true;
}

bool parameter_given(const struct machine *machine, const char *key)
{
    unsigned i = 0;
    while (strcmp(parameters[i].key, key) != 0) {
        i++;
    }
    return (machine->given >> i & 1) != 0;
}

/* --- parameters of several numbers -------------------------------------------------- */

/* latency.read.modified = 40 110 170 */
static bool set_latency(struct machine *machine, const char *key, const char *value,
                        const char *where)
{
    const char *use = key + strlen("latency.");
    const char *dot = strchr(use, '.');
    int which = dot == NULL ? -1 : find_word(uses, use, (size_t)(dot - use));
    int found = dot == NULL ? -1 : find_word(founds, dot + 1, strlen(dot + 1));
    if (which < 0 || found < 0) {
        char use_list[64], found_list[64];
        list_words(uses, use_list, sizeof use_list);
        list_words(founds, found_list, sizeof found_list);
        return machine_refuse(where,
                              "'%s' is not latency.USE.FOUND: USE is %s, FOUND is %s",
                              key, use_list, found_list);
    }
    uint64_t numbers[DISTANCES];
    unsigned count = read_numbers(where, key, value, MILLION, DISTANCES, numbers);
    if (count == 0) {
        return false;
    }
    cycles *latency = machine->latency[which][found];
    for (unsigned i = 0; i < DISTANCES; i++) {
        latency[i] = i < count ? numbers[i] : 0;
    }
    return true;
}

/* distance.0 = 0 1 2 2 */
static bool set_distance(struct machine *machine, const char *key, const char *value,
                         const char *where)
{
    const char *rest = key + strlen("distance.");
    uint64_t row, numbers[FAR_NODES];
    if (!read_number(&rest, &row) || *rest != '\0' || row >= FAR_NODES) {
        return machine_refuse(where, "'%s' is not distance.NODE: NODE is from 0 to %d",
                              key, FAR_NODES - 1);
    }
    unsigned count = read_numbers(where, key, value, DISTANCES - 1, FAR_NODES, numbers);
    if (count == 0) {
        return false;
    }
    for (unsigned i = 0; i < FAR_NODES; i++) {
        machine->distance[row][i] = i < count ? (uint8_t)numbers[i] : 0;
    }
    return true;
}

/* --- keys --------------------------------------------------------------------------- */

/* How many letters must be changed, added or taken away to get from one to the other. */
static unsigned letters_between(const char *one, const char *other)
{
    unsigned row[KEY + 1];
    size_t length = strlen(other);
    for (unsigned i = 0; i <= length; i++) {
        row[i] = i;
    }
    for (unsigned i = 0; one[i] != '\0'; i++) {
        unsigned diagonal = row[0];
        row[0] = i + 1;
        for (unsigned j = 0; j < length; j++) {
            unsigned best = diagonal + (one[i] != other[j]);
            diagonal = row[j + 1];
            best = row[j] + 1 < best ? row[j] + 1 : best;
            row[j + 1] = diagonal + 1 < best ? diagonal + 1 : best;
        }
    }
    return row[length];
}

static const char *key_number(unsigned i)
{
    return i < PARAMETERS ? parameters[i].key : other_keys[i - PARAMETERS];
}

static bool refuse_key(const char *key, const char *where)
{
    const char *nearest = NULL;
    unsigned least = NEAR + 1;
    char list[512] = "";
    for (unsigned i = 0; i < PARAMETERS + OTHER_KEYS; i++) {
        unsigned letters = letters_between(key, key_number(i));
        if (letters < least && letters < strlen(key)) {
            least = letters;
            nearest = key_number(i);
        }
        text_append(list, sizeof list, "%s%s", i == 0 ? "" : ", ", key_number(i));
    }
    if (nearest != NULL) {
        return machine_refuse(where, "no parameter is called '%s': is it '%s'?", key,
                              nearest);
    }
    return machine_refuse(where, "no parameter is called '%s'; there are %s", key, list);
}

static bool set_key(struct machine *machine, const char *key, const char *value,
                    const char *where)
{
    int word = 0;
    if (strcmp(key, "structure") == 0) {
        bool good = read_word(where, key, value, structure_names, &word);
        machine->structure = good ? (enum structure)word : machine->structure;
        if (good && machine->structure == DANCEHALL) {
            machine->protocol = NO_CACHES; /* what else */
        }
        return good;
    }
    if (strcmp(key, "protocol") == 0) {
        bool good = read_word(where, key, value, protocol_names, &word);
        machine->protocol = good ? (enum protocol)word : machine->protocol;
        return good;
    }
    if (strcmp(key, "arbitration") == 0) {
        bool good = read_word(where, key, value, arbitration_names, &word);
        machine->arbitration = good ? (enum arbitration)word : machine->arbitration;
        return good;
    }
    if (starts(key, "latency.")) {
        return set_latency(machine, key, value, where);
    }
    if (starts(key, "distance.")) {
        return set_distance(machine, key, value, where);
    }
    for (unsigned i = 0; i < PARAMETERS; i++) {
        if (strcmp(key, parameters[i].key) == 0) {
            return set_parameter(machine, &parameters[i], value, where);
        }
    }
    return refuse_key(key, where);
}

/* As many as there are places, unless `processors` comes later and says fewer. */
static void count_processors(struct machine *machine)
{
    uint64_t places = (uint64_t)machine->nodes * machine->cores;
    machine->most =
        places > 0 && places < VM_PROCESSORS ? (unsigned)places : VM_PROCESSORS;
}

bool machine_set(struct machine *machine, const char *assignment, const char *where)
{
    const char *equals = strchr(assignment, '=');
    size_t length = equals == NULL ? 0 : (size_t)(equals - assignment);
    while (length > 0 && isspace((unsigned char)assignment[length - 1])) {
        length--;
    }
    if (length == 0 || length >= KEY) {
        return machine_refuse(where, "'%.40s' is not KEY = VALUE", assignment);
    }
    char key[KEY];
    memcpy(key, assignment, length);
    key[length] = '\0';
    const char *value = equals + 1 + strspn(equals + 1, " \t");
    if (strcmp(key, "like") == 0) {
        return machine_refuse(where, "'like' comes before all else in a machine's text");
    }
    if (!set_key(machine, key, value, where)) {
        return false;
    }
    if (strcmp(key, "nodes") == 0 || strcmp(key, "cores") == 0) {
        count_processors(machine);
    } else if (strcmp(key, "line") == 0 && machine->page < machine->line) {
        machine->page = machine->line; /* a line is never split */
    }
    return true;
}
