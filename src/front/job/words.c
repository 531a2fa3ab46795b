/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The last line of a front that did not come to its agent: what failed, why, what
 * to do. way.c chooses one, and the exit status belongs to the line. Of a job that
 * has ended the line is also kept for `logs`, and its folder is tidied.
 */
#include "front/job/words.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>

#include "front/job/called.h"
#include "front/job/ending.h"
#include "front/job/stale.h"
#include "front/job/stays.h"
#include "os/log.h"

int words_there(const struct invocation *inv, const struct job *j,
	const struct place *p)
{
	char line[1024];

	if (p->by_agent)
		snprintf(line, sizeof line, "job %s is running on %s", p->job,
			p->at.node);
	else
		job_describe(j, line, sizeof line);
	log_tell("session '%s': %s", inv->opt->session.name, line);
	return EX_OK;
}

int words_none_to_join(const struct invocation *inv, const struct jobs *all)
{
	const char *profiles = inv->opt->line.profiles;
	char *names = jobs_names(all);

	if (profiles != NULL)
		log_fail("there is no session and no profile '%s': %s; %s; `%s` starts such a session, and so does an entry with options of its job",
			inv->opt->session.name, names, profiles,
			called_for(inv, "alloc").s);
	else
		log_fail("there is no session '%s' to join, %s; `%s` starts one, a command is written `shell -- COMMAND`",
			inv->opt->session.name, names,
			called_for(inv, "alloc").s);
	free(names);
	return profiles != NULL ? EX_USAGE : EX_UNAVAILABLE;
}

int words_stays_ended(const struct invocation *inv, const char *why)
{
	log_fail("session '%s' was ended (%s) and stays so for a client that comes back by itself; `%s` starts it now, and so does a connection after %d s without one",
		inv->opt->session.name, why, called_for(inv, "alloc").s,
		STAYS_QUIET);
	return EX_UNAVAILABLE;
}

int words_folder(const struct invocation *inv, const struct job *j, int error,
	const struct err *why)
{
	int unsafe = error == EPERM || error == EACCES || error == ELOOP;

	if (error == ENOENT)
		log_fail("cannot use session '%s' (job %s): %s; `%s` ends it",
			inv->opt->session.name, j->id, why->text,
			called_for(inv, "cancel").s);
	else
		log_fail("cannot use session '%s' (job %s): %s",
			inv->opt->session.name, j->id, why->text);
	return unsafe ? EX_NOPERM : EX_UNAVAILABLE;
}

int words_job_ended(const struct invocation *inv, const struct job *ended,
	struct folder *folder)
{
	struct job copy = *ended, *j = &copy;
	int agent_missing = j->status == 127 || j->status == 126;
	char fate[1024], advice[256] = "", line[4096];
	int spoke;

	if (j->status == EX_CANTCREAT && j->unwritable[0] == '\0')
		snprintf(j->unwritable, sizeof j->unwritable, "%s",
			inv->state_dir);
	job_fate(j, fate, sizeof fate);
	if (j->meant)
		stays_ended(inv, fate);
	if (!agent_missing)
		job_advice(j, advice, sizeof advice);
	snprintf(line, sizeof line, "job %s ended before its agent could be reached: %s",
		j->id, fate);
	log_fail("%s%s%s", line, agent_missing ? "" : "; ", advice);
	spoke = folder_tell_log(folder);
	folder_leave(folder);
	/* One that never ran has nothing that `logs` could be asked about. */
	if (spoke || j->node[0] != '\0')
		ending_write(inv, j->tag, line);
	stale_retire(inv, j->tag);
	return agent_missing ? EX_CONFIG :
		job_could_not_write(j) ? EX_CANTCREAT : EX_UNAVAILABLE;
}

int words_agent_lost(const struct place *p, const struct err *why)
{
	log_fail("job %s runs on %s, but its agent cannot be reached: %s; is its link port behind a firewall?",
		p->job, p->at.node, why->text);
	return EX_TEMPFAIL;
}
