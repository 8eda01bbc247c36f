# SPDX-License-Identifier: MIT
# Makes the edit of the environment's FUNCTION, OLD and NEW in a C file, and prints it;
# ends with status 1 and a line if there is no such place, or more than one.

# A regular expression for a text in which blanks stand for any blanks, or none.
function pattern(text,   result, i, letter) {
    for (i = 1; i <= length(text); i++) {
        letter = substr(text, i, 1)
        if (letter == " ") result = result "[ \n]*"
        else if (letter ~ /[A-Za-z0-9_,;]/) result = result letter
        else if (letter == "^" || letter == "\\") result = result "\\" letter
        else result = result "[" letter "]"
    }
    return result
}

function refuse(why) {
    print FILENAME ": " ENVIRON["FUNCTION"] ": " why >"/dev/stderr"
    exit 1
}

{ file = file $0 "\n" }

END {
    function_name = ENVIRON["FUNCTION"]
    first = 1
    last = length(file)
    if (function_name != "-") {
        if (!match(file, "\n[A-Za-z][A-Za-z0-9_* \n]*[ *\n]" function_name \
            "[(][^;{}]*[)]\n[{]")) {
            refuse("no such function")
        }
        first = RSTART
        if (!match(substr(file, first), "\n}")) refuse("it does not end")
        last = first + RSTART
    }
    body = substr(file, first, last - first + 1)
    old = pattern(ENVIRON["OLD"])
    if (!match(body, old)) refuse("there is no '" ENVIRON["OLD"] "'")
    begin = RSTART
    end = RSTART + RLENGTH
    if (match(substr(body, end), old)) refuse("there are several '" ENVIRON["OLD"] "'")
    printf "%s", substr(file, 1, first - 1) substr(body, 1, begin - 1) ENVIRON["NEW"] \
                 substr(body, end) substr(file, last + 1)
}
