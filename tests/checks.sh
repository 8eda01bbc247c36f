# SPDX-License-Identifier: MIT
#
# For test scripts: counts checks, and says at the end how many there were.
#
#   check "what is checked" COMMAND…      passes if the command does, and shows its output
#                                         if not
#   skip "what" "why"                     counts as skipped, never as passed
#   limited COMMAND…                      runs it, and ends it where it would not end
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

skip() {
    checks_skipped=$((checks_skipped + 1))
    echo "skipped: $1: $2"
}

# Each process has that many seconds of processor time, which a slow or busy machine does not
# use up; by the clock only what hangs asleep is ended. `make help` names the limit.
limited() {
    (
        ulimit -S -t "${LOCKSTEP_TEST_LIMIT:-1200}"
        exec timeout -k 5 "$((${LOCKSTEP_TEST_LIMIT:-1200} * 3))" "$@"
    )
}

report() {
    if [ $checks_skipped -gt 0 ]; then
        echo "$checks_passed passed, $checks_failed failed, $checks_skipped skipped"
    else
        echo "$checks_passed passed, $checks_failed failed"
    fi
    [ $checks_failed -eq 0 ]
}
