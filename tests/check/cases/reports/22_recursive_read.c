/* SPDX-License-Identifier: MIT */
/* SRC: Amanieu/parking_lot #212 a writer deadlocks with two read locks of one thread
   KIND: recursive read lock with a waiting writer. -DLOCK=rwmutex|rw_phase_fair|rw_ticket, or -DPTHREAD
 */
#include <lockstep.h>
#include <pthread.h>
#ifdef PTHREAD
static pthread_rwlock_t l = PTHREAD_RWLOCK_INITIALIZER;
#define RD  pthread_rwlock_rdlock(&l)
#define UN  pthread_rwlock_unlock(&l)
#define WR  pthread_rwlock_wrlock(&l)
#define WUN pthread_rwlock_unlock(&l)
#elif defined PF
static lks_rw_phase_fair_t l = LKS_RW_PHASE_FAIR_INIT;
#define RD  lks_rw_phase_fair_rdlock(&l)
#define UN  lks_rw_phase_fair_rdunlock(&l)
#define WR  lks_rw_phase_fair_wrlock(&l)
#define WUN lks_rw_phase_fair_wrunlock(&l)
#elif defined TI
static lks_rw_ticket_t l = LKS_RW_TICKET_INIT;
#define RD  lks_rw_ticket_rdlock(&l)
#define UN  lks_rw_ticket_rdunlock(&l)
#define WR  lks_rw_ticket_wrlock(&l)
#define WUN lks_rw_ticket_wrunlock(&l)
#else
static lks_rwmutex_t l = LKS_RWMUTEX_INIT;
#define RD  lks_rwmutex_rdlock(&l)
#define UN  lks_rwmutex_rdunlock(&l)
#define WR  lks_rwmutex_wrlock(&l)
#define WUN lks_rwmutex_wrunlock(&l)
#endif
static void *reader(void *p)
{
    RD;
    RD;
    UN;
    UN;
    return p;
}
static void *writer(void *p)
{
    WR;
    WUN;
    return p;
}
int main(void)
{
    pthread_t a, b;
    pthread_create(&a, NULL, reader, NULL);
    pthread_create(&b, NULL, writer, NULL);
    pthread_join(a, NULL);
    pthread_join(b, NULL);
    return 0;
}
