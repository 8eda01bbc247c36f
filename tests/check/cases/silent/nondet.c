/* SPDX-License-Identifier: MIT */
unsigned __VERIFIER_nondet_uint(void);
int main(void)
{
    return __VERIFIER_nondet_uint() > 7 ? 0 : 0;
}
