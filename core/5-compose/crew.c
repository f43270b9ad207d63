/* SPDX-License-Identifier: Apache-2.0 */
/* See crew.h.  A thread that cannot be started is done without: the owner does the work in crew_finish. */
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>
#include "5-compose/crew.h"
#include "mem.h"

#define MOST 8u

struct crew {
	pthread_mutex_t	 lock;
	pthread_cond_t	 come, done;
	void		(*fn)(void *arg, uint32_t i);
	void		*arg;
	uint32_t	 n, next, at_work;
	bool		 end;
	pthread_t	 thread[MOST];
	unsigned	 nthread;
};

/* One thing after the other, until none is left; the lock is held but while one is done. */
static void
work(struct crew *c)
{
	while (c->next < c->n) {
		uint32_t i = c->next++;

		c->at_work++;
		pthread_mutex_unlock(&c->lock);
		c->fn(c->arg, i);
		pthread_mutex_lock(&c->lock);
		c->at_work--;
	}
	if (c->at_work == 0)
		pthread_cond_signal(&c->done);
}

static void *
thread_main(void *arg)
{
	struct crew *c = arg;

	pthread_mutex_lock(&c->lock);
	while (!c->end) {
		work(c);
		if (!c->end)
			pthread_cond_wait(&c->come, &c->lock);
	}
	pthread_mutex_unlock(&c->lock);
	return NULL;
}

struct crew *
crew_new(unsigned threads)
{
	struct crew *c = xcalloc(1, sizeof *c);
	long processors = sysconf(_SC_NPROCESSORS_ONLN);
	sigset_t all, old;

	pthread_mutex_init(&c->lock, NULL);
	pthread_cond_init(&c->come, NULL);
	pthread_cond_init(&c->done, NULL);
	if (threads == 0)
		threads = processors > 1 ? (unsigned)processors - 1 : 0;
	sigfillset(&all);			/* signals are the first thread's */
	pthread_sigmask(SIG_SETMASK, &all, &old);
	while (c->nthread < threads && c->nthread < MOST &&
	    pthread_create(&c->thread[c->nthread], NULL, thread_main, c) == 0)
		c->nthread++;
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	return c;
}

void
crew_free(struct crew *c)
{
	if (c == NULL)
		return;
	pthread_mutex_lock(&c->lock);
	c->end = true;
	pthread_cond_broadcast(&c->come);
	pthread_mutex_unlock(&c->lock);
	while (c->nthread > 0)
		pthread_join(c->thread[--c->nthread], NULL);
	pthread_cond_destroy(&c->come);
	pthread_cond_destroy(&c->done);
	pthread_mutex_destroy(&c->lock);
	free(c);
}

void
crew_begin(struct crew *c, uint32_t n, void (*fn)(void *arg, uint32_t i), void *arg)
{
	pthread_mutex_lock(&c->lock);
	c->fn = fn;
	c->arg = arg;
	c->n = n;
	c->next = 0;
	pthread_cond_broadcast(&c->come);
	pthread_mutex_unlock(&c->lock);
}

void
crew_finish(struct crew *c)
{
	pthread_mutex_lock(&c->lock);
	work(c);
	while (c->next < c->n || c->at_work > 0)
		pthread_cond_wait(&c->done, &c->lock);
	c->n = c->next = 0;
	pthread_mutex_unlock(&c->lock);
}
