/* SPDX-License-Identifier: MIT */
#include "bench/page/html.h"

#include <math.h>

void html_text(FILE *page, const char *text)
{
    for (; *text != '\0'; text++) {
        switch (*text) {
        case '<':
            (void)fputs("&lt;", page);
            break;
        case '>':
            (void)fputs("&gt;", page);
            break;
        case '&':
            (void)fputs("&amp;", page);
            break;
        case '"':
            (void)fputs("&quot;", page);
            break;
        case '\'':
            (void)fputs("&#39;", page);
            break;
        default:
            (void)fputc(*text, page);
        }
    }
}

void html_element(FILE *page, const char *tag, const char *text)
{
    (void)fprintf(page, "<%s>", tag);
    html_text(page, text);
    (void)fprintf(page, "</%s>\n", tag);
}

void html_cell(FILE *page, const char *text)
{
    (void)fputs("<td>", page);
    html_text(page, text);
    (void)fputs("</td>", page);
}

const char *digits_of(char text[32], double number)
{
    static const int DIGITS = 4;
    if (!isfinite(number)) {
        return number > 0 ? "∞" : "–";
    }
    if (number == round(number) && fabs(number) < 1e15) {
        (void)snprintf(text, 32, "%.0f", number);
        return text;
    }
    int before = number == 0 ? 1 : 1 + (int)floor(log10(fabs(number)));
    if (before > 15) {
        (void)snprintf(text, 32, "%.3e", number);
    } else {
        int after = before >= DIGITS ? 0 : before < -2 ? 6 : DIGITS - before;
        (void)snprintf(text, 32, "%.*f", after, number);
    }
    return text;
}

void html_number(FILE *page, double number)
{
    char text[32];
    (void)fprintf(page, "<td class=\"n\">%s</td>", digits_of(text, number));
}

static const char style[] =
    ":root{color-scheme:light dark;--ink:#1b1b1b;--paper:#ffffff;--muted:#6a6a6a;"
    "--grid:#d8d8d8;--soft:#f3f4f6;--good:#00664b;--bad:#b34700}\n"
    "@media (prefers-color-scheme:dark){:root{--ink:#e6e6e6;--paper:#14171a;"
    "--muted:#9da3a8;--grid:#3b4046;--soft:#1e2327;--good:#3ecfa3;--bad:#ff8f4d}}\n"
    "@media print{:root{color-scheme:light;--ink:#000000;--paper:#ffffff;"
    "--muted:#555555;--grid:#d0d0d0;--soft:#f3f3f3;--good:#00664b;--bad:#b34700}}\n"
    "*{box-sizing:border-box}\n"
    "body{margin:0 auto;padding:1.5rem;max-width:76rem;background:var(--paper);"
    "color:var(--ink);font:16px/1.5 system-ui,sans-serif}\n"
    "h1{font-size:1.9rem;line-height:1.2;margin:.5rem 0}\n"
    "h2{font-size:1.4rem;margin:2.5rem 0 .5rem;padding-top:.4rem;"
    "border-top:2px solid var(--grid)}\n"
    "h3{font-size:1.1rem;margin:1.6rem 0 .3rem}\n"
    "p,ul{margin:.4rem 0;max-width:50rem}figcaption{max-width:50rem}\n"
    "a{color:inherit}\n"
    "nav{columns:3 14rem;font-size:.9rem;margin:1rem 0}\n"
    "nav a{display:block}\n"
    ".muted,caption,.from{color:var(--muted);font-size:.85rem}\n"
    ".from{margin:.3rem 0;overflow-wrap:anywhere}\n"
    ".good{color:var(--good);font-weight:600}.bad{color:var(--bad);font-weight:600}\n"
    "figure{margin:1rem 0;break-inside:avoid}\n"
    "svg.plot{display:block;width:100%;height:auto;max-width:56rem}\n"
    ".figures{display:grid;grid-template-columns:repeat(2,minmax(0,1fr));gap:0 2rem}\n"
    ".figure{grid-column:1/-1;min-width:0}.half{grid-column:auto}"
    ".half.first{grid-column:1}\n"
    "@media (max-width:60rem){.half,.half.first{grid-column:1/-1}}\n"
    ".table{overflow-x:auto}\n"
    "table{border-collapse:collapse;font-size:.85rem;margin:.5rem 0;"
    "font-variant-numeric:tabular-nums}\n"
    "caption{text-align:left}\n"
    "th,td{padding:.15rem .7rem .15rem 0;text-align:left;vertical-align:top;"
    "border-bottom:1px solid var(--grid)}\n"
    "th{font-weight:600}td.n,th.n{text-align:right}\n"
    "td{unicode-bidi:isolate;overflow-wrap:anywhere;max-width:24rem}\n"
    "td.n{max-width:none;white-space:nowrap}td:first-child{min-width:7rem}\n"
    "td.good,td.bad{white-space:nowrap}\n"
    ".half table{font-size:.68rem}.half td,.half th{padding-right:.35rem}\n"
    ".half td:first-child{min-width:5.4rem}.half td:last-child{min-width:3.5rem}\n"
    "td small{color:var(--muted);white-space:nowrap}.wide small{display:block}\n"
    "code,pre{font:.82rem/1.35 ui-monospace,monospace}\n"
    "code{overflow-wrap:anywhere}\n"
    "pre{background:var(--soft);padding:.7rem;overflow-x:auto}\n"
    "details{margin:.4rem 0}summary{cursor:pointer}\n"
    "@media print{body{max-width:none;padding:0;font-size:10pt}"
    "h2,h3{break-after:avoid}tr{break-inside:avoid}nav{display:none}"
    "pre{white-space:pre-wrap;font-size:6.5pt}"
    "details::details-content{content-visibility:visible;display:block}"
    "details.long:not([open]){display:none}"
    "table,.half table{font-size:7.5pt}th,td{padding-right:.4rem}"
    ".table{overflow:visible}.figure{break-inside:avoid}summary{list-style:none}"
    "svg.plot{max-width:14.5cm}.figures{display:block}.half svg.plot{max-width:11cm}}\n"
    "@page{margin:15mm}\n";

void html_begin(FILE *page, const char *title)
{
    (void)fputs(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src "
        "'none'; style-src 'unsafe-inline'\">\n",
        page);
    html_element(page, "title", title);
    (void)fprintf(page, "<style>\n%s</style>\n</head>\n<body>\n", style);
    html_element(page, "h1", title);
}

void html_end(FILE *page)
{
    (void)fputs("</body>\n</html>\n", page);
}
