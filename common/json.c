/* SPDX-License-Identifier: MIT */
#include "common/json.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/memory.h"

/* Replaces the first byte at which the text stops to be UTF-8. */
static json_t *repaired(const char *text)
{
    size_t length = strlen(text), used = 0;
    char *fixed = sure(malloc(3 * length + 1));
    while (*text != '\0') {
        size_t good = strlen(text);
        good = good < 4 ? good : 4;
        json_t *whole = NULL; /* the longest beginning, of one character, that is UTF-8 */
        for (size_t size = 1; size <= good && whole == NULL; size++) {
            whole = json_stringn(text, size);
            if (whole != NULL) {
                good = size;
            }
        }
        memcpy(fixed + used, whole != NULL ? text : "\xEF\xBF\xBD",
               whole != NULL ? good : 3);
        used += whole != NULL ? good : 3;
        text += whole != NULL ? good : 1;
        json_decref(whole);
    }
    json_t *string = json_stringn(fixed, used);
    free(fixed);
    return string;
}

json_t *json_text(const char *text)
{
    if (text == NULL) {
        return json_null();
    }
    json_t *string = json_string(text);
    return string != NULL ? string : repaired(text);
}

json_t *json_known(double number)
{
    return isfinite(number) ? json_real(number) : json_null();
}

json_t *json_count(uint64_t count)
{
    return json_integer((json_int_t)count);
}

json_t *json_texts(const char *const *texts)
{
    json_t *array = json_array();
    for (; texts != NULL && *texts != NULL; texts++) {
        (void)json_array_append_new(array, json_text(*texts));
    }
    return array;
}
