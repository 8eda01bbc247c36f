/* SPDX-License-Identifier: MIT */
/* What the parts of a variable are called: members and elements, one in the other. */
#include "virtual/names/names.h"

#include <dwarf.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void name_append(struct text *text, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(text->start + text->length, text->size - text->length, format,
                           arguments);
    va_end(arguments);
    if (length > 0) {
        text->length += (size_t)length;
    }
    if (text->length >= text->size) {
        text->length = text->size - 1;
    }
}

bool type_of(Dwarf_Die *die, Dwarf_Die *type)
{
    Dwarf_Attribute attribute;
    Dwarf_Die named;
    return dwarf_formref_die(dwarf_attr_integrate(die, DW_AT_type, &attribute), &named) !=
               NULL &&
           dwarf_peel_type(&named, type) == 0;
}

/* --- parts of a variable ------------------------------------------------------------ */

static Dwarf_Word number_of(Dwarf_Die *die, unsigned name, Dwarf_Word otherwise)
{
    Dwarf_Attribute attribute;
    Dwarf_Word number;
    if (dwarf_formudata(dwarf_attr_integrate(die, name, &attribute), &number) != 0) {
        return otherwise;
    }
    return number;
}

/* Where a member lies in its structure. */
static Dwarf_Word member_offset(Dwarf_Die *member)
{
    Dwarf_Word bits = number_of(member, DW_AT_data_bit_offset, 0);
    return number_of(member, DW_AT_data_member_location, bits / 8);
}

/* The member that the elements of a std::array are in: they are the array's own. */
static bool has_elements(const char *name)
{
    return strcmp(name, "_M_elems") == 0 || strcmp(name, "__elems_") == 0;
}

/* Goes into the member or the base class that holds `*offset`. Returns false when there
   is none to name: padding, or what a library keeps to itself (`_M_i`, `__lock`). */
static bool enter_member(struct text *text, Dwarf_Die *type, Dwarf_Word *offset)
{
    Dwarf_Die member, inner;
    if (dwarf_child(type, &member) != 0) {
        return false;
    }
    do {
        int tag = dwarf_tag(&member);
        Dwarf_Word size, start;
        if ((tag != DW_TAG_member && tag != DW_TAG_inheritance) ||
            dwarf_hasattr(&member, DW_AT_external) || !type_of(&member, &inner) ||
            dwarf_aggregate_size(&inner, &size) != 0) {
            continue;
        }
        start = member_offset(&member);
        if (*offset < start || *offset - start >= size) {
            continue;
        }
        const char *name = dwarf_diename(&member);
        bool elements = name != NULL && has_elements(name);
        if (name != NULL && name[0] == '_' && !elements) {
            return false;
        }
        if (name != NULL && !elements && tag == DW_TAG_member) {
            name_append(text, ".%s", name);
        }
        *type = inner;
        *offset -= start;
        return true;
    } while (dwarf_siblingof(&member, &member) == 0);
    return false;
}

/* Goes into the element of an array, of however many dimensions, that holds `*offset`. */
static bool enter_element(struct text *text, Dwarf_Die *type, Dwarf_Word *offset)
{
    enum { MOST = 8 };
    Dwarf_Word counts[MOST], stride;
    Dwarf_Die element, range;
    size_t dimensions = 0;
    if (!type_of(type, &element) || dwarf_aggregate_size(&element, &stride) != 0 ||
        stride == 0 || dwarf_child(type, &range) != 0) {
        return false;
    }
    do {
        if (dwarf_tag(&range) == DW_TAG_subrange_type && dimensions < MOST) {
            counts[dimensions++] = number_of(&range, DW_AT_count,
                                             number_of(&range, DW_AT_upper_bound, 0) + 1);
        }
    } while (dwarf_siblingof(&range, &range) == 0);

    Dwarf_Word index = *offset / stride;
    for (size_t i = 0; i < dimensions; i++) {
        Dwarf_Word inner = 1; /* elements for one step of this index */
        for (size_t j = i + 1; j < dimensions; j++) {
            inner *= counts[j];
        }
        name_append(text, "[%llu]", (unsigned long long)(index / inner));
        index %= inner;
    }
    *offset %= stride;
    *type = element;
    return true;
}

bool name_append_part(struct text *text, Dwarf_Die type, Dwarf_Word offset)
{
    for (bool inside = true; inside;) {
        switch (dwarf_tag(&type)) {
        case DW_TAG_structure_type:
        case DW_TAG_class_type:
        case DW_TAG_union_type:
            inside = enter_member(text, &type, &offset);
            break;
        case DW_TAG_array_type:
            inside = enter_element(text, &type, &offset);
            break;
        default:
            if (offset != 0) {
                name_append(text, "+%llu", (unsigned long long)offset);
            }
            return offset == 0 && dwarf_tag(&type) == DW_TAG_pointer_type;
        }
    }
    return false;
}
