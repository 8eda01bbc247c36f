/* SPDX-License-Identifier: MIT */
/* Values of JSON, from those of C. */
#ifndef LOCKSTEP_COMMON_JSON_H
#define LOCKSTEP_COMMON_JSON_H

#include <jansson.h>
#include <stdint.h>

/* null for NULL. What is no UTF-8 in it becomes U+FFFD. */
json_t *json_text(const char *text);

/* null for what is no finite number. */
json_t *json_known(double number);

json_t *json_count(uint64_t count);

/* Sets a field to a value that nothing else has. */
static inline void set(json_t *object, const char *name, json_t *value)
{
    (void)json_object_set_new(object, name, value);
}

/* An array of texts, NULL at the end; empty for NULL. */
json_t *json_texts(const char *const *texts);

#endif
