// says: the program calls wordexp, which cannot be checked
#include <wordexp.h>
int main(void)
{
    wordexp_t words;
    return wordexp("$(echo escaped >escaped)", &words, 0);
}
