// says: undefined: judge_sign
void judge_sign(int status);
int main(void)
{
    judge_sign(0);
    return 1;
}
