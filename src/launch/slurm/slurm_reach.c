/* SPDX-License-Identifier: BSD-2-Clause */
/* Can Slurm be asked: its library, its configuration, munged, slurmctld. */
#include "launch/slurm/slurm_reach.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "launch/munge.h"
#include "launch/slurm/slurm_answer.h"
#include "launch/slurm/slurm_compat.h"
#include "launch/slurmconf.h"

/*
 * The number of the API is raised by one with each release: 38 is 22.05. A
 * header newer than this list is compared with nothing.
 */
static void check_library(void)
{
	static const struct {
		int major, minor;
	} releases[] = {
		{ 22, 5 }, { 23, 2 }, { 23, 11 }, { 24, 5 },
		{ 24, 11 }, { 25, 5 }, { 25, 11 }, { 26, 5 },
	};
	const size_t n = sizeof releases / sizeof *releases;
	long api = SLURM_VERSION_MAJOR(slurm_api_version()) - 38;
	char found[32] = "a release unknown here";

	for (size_t i = 0; i < n; i++) {
		if (releases[i].major !=
				SLURM_VERSION_MAJOR(SLURM_VERSION_NUMBER) ||
			releases[i].minor !=
				SLURM_VERSION_MINOR(SLURM_VERSION_NUMBER))
			continue;
		if (api == (long)i)
			return;
		if (api >= 0 && api < (long)n)
			snprintf(found, sizeof found, "%d.%02d",
				releases[api].major, releases[api].minor);
		slurm_fail(SLURM_UNFIT, "built for Slurm %d.%02d, but the libslurm found here is of %s (API %ld)",
			releases[i].major, releases[i].minor, found, api + 38);
	}
}

void slurm_reach_init(void)
{
	struct err e;

	check_library();
	/* slurm_init() would try again for a minute. */
	if (slurmconf_look(&e) == -1)
		slurm_fail("config", "%s", e.text);
	slurm_init(NULL);
	snprintf(slurm_shared->controller, sizeof slurm_shared->controller,
		"%s", slurm_conf.control_cnt && slurm_conf.control_machine[0] ?
		slurm_conf.control_machine[0] : "unknown host");
	slurm_shared->phase = SLURM_PHASE_ASK;
}

int slurm_reach_munge(struct err *e)
{
	const char *info = slurm_conf.authinfo;
	const char *at = info ? strstr(info, "socket=") : NULL;
	char path[128];

	if (slurm_conf.authtype && !strstr(slurm_conf.authtype, "munge"))
		return 0;
	if (at)
		snprintf(path, sizeof path, "%.*s", (int)strcspn(at + 7, ","),
			at + 7);
	return munge_look(at ? path : NULL, e);
}

void slurm_reach_begin(void)
{
	struct err e;

	slurm_reach_init();
	if (slurm_reach_munge(&e) == -1)
		slurm_fail("unavailable", "%s", e.text);
}

int slurm_reach(struct err *e)
{
	int rc = -1, errnum = 0;

	if (slurm_reach_munge(e) == -1)
		return -1;
	for (uint32_t i = 0; i < slurm_conf.control_cnt && rc != 0; i++) {
		errno = 0;
		rc = slurm_ping((int)i);
		errnum = errno > 0 ? errno : rc;
	}
	if (rc == 0)
		return 0;
	if (errnum == SLURM_PROTOCOL_AUTHENTICATION_ERROR ||
		access(MUNGE_SOCKET, F_OK) == -1)
		return err_set(e, "munged on this host cannot be used, or slurmctld (%s) does not answer: %s",
			slurm_shared->controller, slurm_strerror(errnum));
	return err_set(e, "slurmctld (%s) does not answer: %s",
		slurm_shared->controller, slurm_strerror(errnum));
}

/* Only slurmdbd knows of federations. */
int slurm_reach_has_federation(void)
{
	return slurm_conf.accounting_storage_type != NULL &&
		strstr(slurm_conf.accounting_storage_type, "slurmdbd") != NULL;
}

const char *slurm_reach_class(int errnum)
{
	if (errnum == ESLURM_INVALID_JOB_ID || errnum == ESLURM_ALREADY_DONE)
		return "gone";
	/* 1000, 1800: communication, 5000: sockets; below: of the system. */
	if ((errnum >= 0 && errnum < 1100) ||
		(errnum >= 1800 && errnum < 1900) ||
		(errnum >= 5000 && errnum < 6000))
		return "unavailable";
	return "refused";
}

void slurm_reach_fail(const char *what, int errnum)
{
	slurm_fail(slurm_reach_class(errnum), "Slurm %s: %s", what,
		errnum == -1 ? "its reason is above" : slurm_strerror(errnum));
}
