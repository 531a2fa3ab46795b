/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * launch-local VERB: starts sessions as detached processes of this machine, for
 * when there is no scheduler. Here the request is read, and who we are; the verbs
 * are in local.c.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "launch/launch_request.h"
#include "launch/local/local.h"
#include "launch/local/local_job.h"
#include "os/hostaddr.h"
#include "os/proc.h"

int main(int argc, char **argv)
{
	const struct local_verb *verb =
		argc == 2 ? local_verb_find(argv[1]) : NULL;
	struct kv request;
	struct err e;

	signal(SIGPIPE, SIG_IGN);
	if (verb == NULL) {
		launch_request_refuse("verb", "usage: launch-local submit|find|watch|end|extend|scope|check|partitions|estimate|describe, run by vscode-remote-shell; see vscode-remote-launcher(7)");
		return 1;
	}
	if (hostaddr_name(local_host, sizeof local_host) == -1 ||
		proc_boot_id(local_boot) == -1)
		local_fail("unavailable", "cannot tell which machine this is: %s",
			strerror(errno));
	if (launch_request_read(&request, &e) == -1)
		local_fail("internal", "%s", e.text);
	verb->run(&request);
	kv_fini(&request);
	return 0;
}
