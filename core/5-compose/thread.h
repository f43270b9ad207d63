/* SPDX-License-Identifier: Apache-2.0 */
/* The thread that a warning continues: see thread.c. */
#ifndef CORE_COMPOSE_THREAD_H
#define CORE_COMPOSE_THREAD_H

#include "4-decide/decider.h"
#include "5-compose/compose.h"

/* Fills in answers, previous, previous_number and gone of the job, when recipient was written to about its
 * topic before. The job's org, topic and tlp must be set. */
bool thread_of(struct decider *d, struct arena *a, struct compose_job *job, const char *recipient,
    struct err *e);

#endif
