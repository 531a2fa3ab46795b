/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * launch-slurm-cli VERB: starts, finds and ends the jobs of sessions by Slurm's own
 * commands. It needs no library of a release, takes options that only plugins of
 * sbatch know, and is what is left when launch-slurm cannot be loaded.
 */
#include <signal.h>

#include "base/timespan.h"
#include "launch/launch_request.h"
#include "launch/slurmcli/cli_ask.h"
#include "launch/slurmcli/cli_verbs.h"

static int cli_refuse(const char *class, const char *message)
{
	launch_request_refuse(class, message);
	return 1;
}

int main(int argc, char **argv)
{
	const struct cli_verb *verb =
		argc == 2 ? cli_verb_find(argv[1]) : NULL;
	struct kv request;
	long timeout;
	struct err e;

	signal(SIGPIPE, SIG_IGN);
	if (verb == NULL)
		return cli_refuse("usage",
			"usage: launch-slurm-cli submit|find|watch|end|extend|scope|check|partitions|estimate|describe");
	if (launch_request_read(&request, &e) == -1)
		return cli_refuse("internal", e.text);
	if (kv_get(&request, "timeout") != NULL) {
		if (launch_request_number(&request, "timeout", TIMESPAN_MAX,
			&timeout, &e) == -1)
			return cli_refuse("internal", e.text);
		cli_ask_patience(timeout);
	}
	verb->run(&request);
	kv_fini(&request);
	return 0;
}
