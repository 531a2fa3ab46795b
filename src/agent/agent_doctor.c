/* SPDX-License-Identifier: BSD-2-Clause */
/* What doctor has looked at on the node: by an agent that is none of a session. */
#include "agent/agent_doctor.h"

#include <sysexits.h>
#include <time.h>

#include "config.h"
#include "doctor/account.h"
#include "os/print.h"
#include "os/userdir.h"

int agent_doctor(const struct options *o, struct err *e)
{
	struct examined all[CHECKS_MAX];
	struct userdir user;
	struct buf out = { 0 };
	size_t n;
	int ret;

	if (userdir_of_job(&user, e) == -1)
		return EX_OSERR;
	n = examine(&(struct patient){ .place = CHECK_NODE, .opt = o,
		.user = &user, .state_dir = o->session.state_dir,
		.version = PACKAGE_VERSION, .word = o->agent.doctor }, all);
	account_write(all, n, (long)time(NULL), &out);
	ret = print_text(&out, e);
	userdir_fini(&user);
	return ret == 1 ? EX_OK : EX_IOERR;
}
