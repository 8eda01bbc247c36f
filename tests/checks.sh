# SPDX-License-Identifier: MIT
#
# For test scripts: counts checks, and says at the end how many there were.
#
#   check "what is checked" COMMAND…      passes if the command does, and shows its output
#                                         if not
#   verdict "what is checked" STATUS      the same of what has been done: STATUS 0 passes
#   skip "what" "why"                     counts as skipped, never as passed
#   ends STATUS COMMAND…                  passes if the command ends with that status; its
#                                         output goes to $work/out and $work/err
#   refuses TEXT COMMAND…                 passes if it ends with status 3, and writes one
#                                         line to standard error: the tool, and TEXT
#   limited COMMAND…                      runs it, and ends it where it would not end
#   columns FILE NAME…                    those columns of a CSV file, without their
#                                         names; fails if there is no such column, or a
#                                         row has others
#   signalled INT "condition" COMMAND…    runs it, and sends it the signal once the
#                                         condition holds; never after so much time by
#                                         the clock
#   figures FILE                          records of JSON without their beginning, which
#                                         says what was run by what, and without what is
#                                         null; a figure without bounds is "unbounded"
#   report                                the last line of the script

checks_passed=0 checks_failed=0 checks_skipped=0

check() {
    checked=$1
    shift
    if checks_output=$("$@" 2>&1); then
        checks_passed=$((checks_passed + 1))
        echo "passed: $checked"
    else
        checks_failed=$((checks_failed + 1))
        echo "FAILED: $checked"
        printf '%s\n' "$checks_output" | sed 's/^/    /'
    fi
}

verdict() {
    check "$1" well "$2"
}
well() {
    [ "$1" -eq 0 ] || {
        tail -n 40 "$work/out" | cut -c1-200 | sed 's/^/out: /'
        tail -n 40 "$work/err" | sed 's/^/err: /'
        return 1
    }
}

ends() {
    expected=$1
    shift
    limited "$@" >"$work/out" 2>"$work/err" </dev/null
    status=$?
    [ $status -eq "$expected" ] || {
        echo "exit status $status, not $expected: $*"
        return 1
    }
}

refuses() {
    text=$1
    shift
    ends 3 "$@" && [ ! -s "$work/out" ] && [ "$(wc -l <"$work/err")" -eq 1 ] &&
        grep -q -e "^lock[a-z-]*: .*$text" "$work/err"
}

skip() {
    checks_skipped=$((checks_skipped + 1))
    echo "skipped: $1: $2"
}

# Each process has that many seconds of processor time, which a slow or busy machine does
# not use up; by the clock only what hangs asleep is ended. `make help` names the limit.
limited() {
    (
        ulimit -S -t "${LOCKSTEP_TEST_LIMIT:-1200}"
        exec timeout -k 5 "$((${LOCKSTEP_TEST_LIMIT:-1200} * 3))" "$@"
    )
}

columns() {
    columns_file=$1
    shift
    awk -v wanted="$*" '
        function cut(line,    count, i, c, quoted, text) {
            count = quoted = 0
            text = ""
            for (i = 1; i <= length(line); i++) {
                c = substr(line, i, 1)
                if (c == "\"" && quoted && substr(line, i + 1, 1) == "\"") {
                    text = text c
                    i++
                } else if (c == "\"") {
                    quoted = !quoted
                } else if (c == "," && !quoted) {
                    cell[++count] = text
                    text = ""
                } else {
                    text = text c
                }
            }
            cell[++count] = text
            return quoted ? -1 : count
        }
        NR == 1 {
            number = cut($0)
            for (i = 1; i <= number; i++) at[cell[i]] = i
            chosen = split(wanted, name, " ")
            for (i = 1; i <= chosen; i++) if (!(name[i] in at)) exit 1
            next
        }
        cut($0) != number { exit 1 }
        {
            for (i = 1; i <= chosen; i++) {
                printf("%s%s", (i > 1 ? "," : ""), cell[at[name[i]]])
            }
            print ""
        }
        END { if (NR == 0) exit 1 }' "$columns_file"
}

# The condition is a command for the shell. `worked SECONDS` is one: so much processor
# time has the command used, with all processes that it has started.
signalled() {
    signal=$1 condition=$2
    shift 2
    signalled_process=$(mktemp) || return 1
    (
        until [ -s "$signalled_process" ] && eval "$condition"; do
            sleep 0.1
        done
        kill -s "$signal" "$(cat "$signalled_process")"
    ) >/dev/null 2>&1 &
    watcher=$!
    # In the foreground: in the background a shell has interrupts ignored. All of this may
    # have been started so, too.
    # shellcheck disable=SC2016 # for the other shell
    sh -c 'echo $$ >"$0" && exec env --default-signal "$@"' "$signalled_process" "$@"
    status=$?
    kill "$watcher" 2>/dev/null
    wait "$watcher" 2>/dev/null
    rm -f "$signalled_process"
    return $status
}

worked() {
    cat /proc/[0-9]*/stat 2>/dev/null | awk -v top="$(cat "$signalled_process")" \
        -v wanted="$1" -v second="$(getconf CLK_TCK)" '
        { process = $1; sub(/.*\) /, ""); parent[process] = $2
          used[process] = $12 + $13 + $14 + $15 }
        END {
            for (process in parent) {
                for (above = process; above != top && above > 1; above = parent[above]) {}
                if (above == top) total += used[process]
            }
            exit total < wanted * second
        }'
}

figures() {
    sed 's/^{"schema": .*"tool_build": {[^}]*}, /{/
         s/"\([a-z_]*\)": null, "\1_unbounded": true/"\1": "unbounded"/g
         s/, "[a-z_]*_unbounded": false//g
         s/"[a-z0-9_]*": null, //g; s/, "[a-z0-9_]*": null//g
         s/, "[a-z_]*": {"[a-z0-9_]*": null}//g; s/\([0-9]\)\.0\([,}]\)/\1\2/g' "$@"
}

report() {
    if [ $checks_skipped -gt 0 ]; then
        echo "$checks_passed passed, $checks_failed failed, $checks_skipped skipped"
    else
        echo "$checks_passed passed, $checks_failed failed"
    fi
    [ $checks_failed -eq 0 ]
}
