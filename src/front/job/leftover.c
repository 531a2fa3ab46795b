/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Ends the job that a race of two fronts left over, one at a time.
 *
 * What is kept of the job is its id and tag, since the answer that told of it is
 * asked for again meanwhile. Its folder goes only when the scheduler has ended
 * it, and by a child: others are served, and the file system may hang.
 */
#include "front/job/leftover.h"

#include <stdio.h>
#include <string.h>

#include "front/job/aside.h"
#include "front/job/folder.h"
#include "front/job/front_request.h"
#include "front/job/launcher.h"
#include "os/log.h"

static void remove_folder(const void *arg)
{
	const struct leftover *l = arg;
	struct folder folder;

	folder_init(&folder, l->inv->state_fd, l->inv->state_dir);
	folder_remove(&folder, l->tag);
}

static void leftover_ended(const struct launcher_end *end, void *arg)
{
	struct leftover *l = arg;

	l->call = NULL;
	if (end->ok || strcmp(end->class, "gone") == 0)
		aside_run(l->inv, remove_folder, l);
}

void leftover_end(struct leftover *l, const struct job *j)
{
	struct buf request = { 0 };

	if (j == NULL || l->call != NULL)
		return;
	snprintf(l->job, sizeof l->job, "%s", j->id);
	snprintf(l->tag, sizeof l->tag, "%s", j->tag);
	log_info("job %s is left over from a race; ending it", l->job);
	front_request_job(l->inv, l->job, &request);
	l->call = launcher_run(l->inv, "end", &request,
		l->inv->opt->job.launcher_timeout, NULL, leftover_ended, l);
}

void leftover_init(struct leftover *l, const struct invocation *inv)
{
	*l = (struct leftover){ .inv = inv };
}

void leftover_fini(struct leftover *l)
{
	launcher_cancel(l->call);
	l->call = NULL;
}
