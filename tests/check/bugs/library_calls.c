/* SPDX-License-Identifier: MIT */
/* A library function reads or writes what another thread writes at the same time; or what
   is not allocated. Those that are checked each time are in cases/table. */
// expect: wrong race -DCALL=printf("%.1s",text)
// expect: wrong race -DCALL=printf("%2$d%1$s",text,1)
// expect: wrong race -DCALL=printf("%*d%s",3,4,text)
// expect: wrong race -DCALL=printf("%d%f%Lf%s",1,2.0,3.0L,text)
// expect: wrong race -DCALL=printf("%d%n",1,&number)
// expect: wrong race -DCALL=printf(text)
// expect: wrong race -DCALL=fprintf(stderr,"%s",text)
// expect: wrong race -DCALL=fputs(text,stdout)
// expect: wrong race -DCALL=fwrite(text,1,3,stdout)
// expect: wrong race -DCALL=perror(text)
// expect: wrong race -DCALL=snprintf(own,sizeof(own),"%s",text)
// expect: wrong race -DCALL=sprintf(text,"%d",7)
// expect: wrong race -DCALL=free((asprintf(&made,"%s",text),made))
// expect: wrong race -DCALL=sscanf(text,"%s",own)
// expect: wrong race -DCALL=sscanf("abc","%2c",text)
// expect: wrong race -DCALL=sscanf("ab","%*[a]%[b]",text)
// expect: wrong race -DCALL=sscanf("ab","%*s%n",&number)
// expect: wrong race -DCALL=strtol(text,NULL,10)
// expect: wrong race -DCALL=strtod(text,NULL)
// expect: wrong race -DCALL=getenv(text)
// expect: wrong race -DCALL=strerror_r(1,text,sizeof(text))
// expect: wrong race -DCALL=localtime(&moment)
// expect: wrong race -DCALL=gmtime_r(&moment,&parts)
// expect: wrong race -DCALL=strftime(text,9,"%Y",&parts)
// expect: wrong race -DCALL=nanosleep(&duration,NULL)
// expect: wrong race -DCALL=drand48()
// expect: wrong race -DCALL=strtok_r(text,",",&made)
// expect: wrong race -DCALL=strsep((char**)&pointer,",")
// expect: wrong race -DCALL=memccpy(own,text,'c',4)
// expect: wrong race -DCALL=wmemset((wchar_t*)table,0,2)
// expect: wrong race -DCALL=wprintf(L"%ls",(wchar_t*)table)
// expect: wrong race -DCALL=swprintf((wchar_t*)table,2,L"x")
// expect: wrong race -DCALL=ctime(&constant)
// expect: wrong race -DCALL=mbrtowc((wchar_t*)own,text,9,&state)
// long: wrong race -DCALL=wctomb(text,L'a')
// long: wrong race -DCALL=stat("/",(status*)table)
// long: wrong race -DCALL=made=getcwd(text,64)
// long: wrong race -DCALL=free(realpath(text,NULL))
// long: wrong race -DCALL=random_r((numbers*)table,&four)
// long: wrong race -DCALL=fputc('a',fopen(text,"w"))
// long: wrong race -DCALL=sigaction(SIGINT,(to_be_done*)table,NULL)
// long: wrong race -DCALL=sigfillset((sigset_t*)table)
// long: wrong race -DCALL=sigismember((sigset_t*)table,1)
// long: wrong race -DCALL=pthread_sigmask(SIG_BLOCK,(sigset_t*)table,NULL)
// long: wrong race -DCALL=getrlimit(RLIMIT_STACK,(rlimit*)table)
// long: wrong race -DCALL=erand48((uint16_t*)table)
// long: wrong race -DCALL=strptime("1","%d",&parts)
// long: wrong race -DCALL=basename(text)
// long: wrong race -DCALL=nan(text)
// long: wrong race -DCALL=count=wcsnlen((wchar_t*)table,3)
// long: wrong race -DCALL=wcstok((wchar_t*)table,L"x",(wchar_t**)&made)
// expect: wrong misuse -DCALL=memcpy(own,own+1,3)
// expect: wrong misuse -DCALL=strcpy(own,own+1)
// expect: wrong misuse -DCALL=strcat(own,own)
// expect: wrong misuse -DCALL=strncat(own,own+1,4)
// expect: wrong misuse -DCALL=strncpy(own,own+1,2)
// expect: wrong misuse -DCALL=sprintf(own,"%sx",own)
// expect: wrong misuse -DCALL=snprintf(own,9,"x%s",own+2)
// expect: verified -DCALL=snprintf(own,3,"%s",own+8)
// expect: verified -DCALL=memcpy(own,own+3,3)
// expect: verified -DCALL=memmove(own,own+1,3)
// expect: verified -DCALL=printf("%.0s",text)
// expect: verified -DCALL=printf("%d%p",1,text)
// expect: verified -DCALL=snprintf(text,0,"%d",7)
// expect: verified -DCALL=sscanf("x","%d",&number)
// expect: verified -DCALL=sscanf("4","%*d")
// expect: verified -DCALL=strtol("12",NULL,10)
// expect: verified -DCALL=frexp(2.0,&four)
// expect: verified -DCALL=getenv("A")
// expect: wrong use after free -DFREED -DCALL=puts(made)
// expect: wrong use after free -DFREED -DCALL=snprintf(made,4,"x")
// expect: wrong use after free -DFREED -DCALL=qsort(made,4,1,order)
// expect: wrong out of bounds -DCALL=snprintf(malloc(4),9,"%s","abcdefgh")
// expect: wrong out of bounds -DCALL=printf("%s",(char*)memset(malloc(4),'a',4))
// expect: verified -DCALL=printf("%.4s",(char*)memset(malloc(4),'a',4))
// expect: wrong use after free -DCALL=fileno(closed())
// long: wrong use after free -DCALL=clearerr(closed())
// long: wrong use after free -DCALL=setlinebuf(closed())
// long: wrong use after free -DCALL=setvbuf(closed(),NULL,_IONBF,0)
// expect: verified -DCALL=fileno(stdout)
// expect: inconclusive -DCALL=strfry(own)
#define _GNU_SOURCE
#include <math.h>
#include <pthread.h>
#include <search.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <wchar.h>

typedef struct rlimit rlimit;
typedef struct stat status;
typedef struct random_data numbers;
typedef struct sigaction to_be_done;

static char text[64] = "1bc";
static char *pointer = text;
static int number, table[40] = {3, 1, 2, 0};
static double real;
static time_t moment;
static const time_t constant = 4;
static struct tm parts;
static struct timespec duration;

static int order(const void *one, const void *other)
{
    return *(const char *)one - *(const char *)other;
}

/* A stream that is open no more. */
static FILE *closed(void)
{
    FILE *stream = fopen("nothing", "w");
    fclose(stream);
    return stream;
}

static void *call(void *unused)
{
    char own[64] = "1 2", *made = own;
    int four = 4;
    size_t count = 4;
    mbstate_t state = {0};
#ifdef FREED
    made = malloc(16);
    strcpy(made, "12");
    free(made);
#endif
    (void)four, (void)count, (void)constant, (void)made, (void)order, (void)own;
    (void)closed;
    (void)state, (void)(CALL);
    return unused;
}

int main(void)
{
    pthread_t thread;
    pthread_create(&thread, NULL, call, NULL);
    text[0] = 'x';
    pointer = NULL;
    number = 1;
    table[0] = 5;
    real = 1;
    moment = 2;
    parts.tm_year = 3;
    duration.tv_sec = 0;
    (void)getenv("HOME");
    char more[] = "a b";
    strtok(more, " ");
    (void)lrand48();
    (void)localtime(&constant);
    pthread_join(thread, NULL);
    return 0;
}
