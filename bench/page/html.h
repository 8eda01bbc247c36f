/* SPDX-License-Identifier: MIT */
/* The pieces that a page of HTML is made of. */
#ifndef LOCKBENCH_PAGE_HTML_H
#define LOCKBENCH_PAGE_HTML_H

#include <jansson.h>
#include <stdio.h>

/* A text of any origin: nothing in it means anything to a browser. */
void html_text(FILE *page, const char *text);

/* "<tag>text</tag>", and a line's end. */
void html_element(FILE *page, const char *tag, const char *text);

/* A cell of a table, with a text, or with a number as people read it. */
void html_cell(FILE *page, const char *text);
void html_number(FILE *page, double number);

/* A number with four digits that count, and no exponent; "–" for what is none. */
const char *digits_of(char text[32], double number);

/* From a page's first line to its heading, and its end. */
void html_begin(FILE *page, const char *title);
void html_end(FILE *page);

#endif
