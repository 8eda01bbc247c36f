// wrong: the program ends with status 1
void judge_sign(int status) __attribute__((weak));
void instrument_end(int status, const void *site) __attribute__((weak));
int main(void)
{
    if (judge_sign) {
        judge_sign(0);
    }
    if (instrument_end) {
        instrument_end(0, 0);
    }
    return 1;
}
