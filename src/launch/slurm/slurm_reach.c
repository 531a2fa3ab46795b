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

#include "launch/slurm/slurm_answer.h"
#include "launch/slurm/slurm_compat.h"

#define MUNGE_SOCKET "/run/munge/munge.socket.2"

const char *slurm_reach_where(void)
{
	static char where[512];
	const char *conf = getenv("SLURM_CONF");

	if (conf && *conf)
		snprintf(where, sizeof where, "%.400s (from SLURM_CONF)", conf);
	else
		snprintf(where, sizeof where, "slurm.conf in /etc/slurm or where this Slurm has it by default, then a controller that hands it out (SLURM_CONF is not set)");
	return where;
}

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
		slurm_fail("config", "launch-slurm was built for Slurm %d.%02d, but the libslurm found here is of %s (API %ld); it must be built again for this cluster",
			releases[i].major, releases[i].minor, found, api + 38);
	}
}

void slurm_reach_init(void)
{
	const char *conf = getenv("SLURM_CONF");

	check_library();
	/* slurm_init() would try again for a minute. */
	if (conf && *conf && access(conf, R_OK) == -1)
		slurm_fail("config", "Slurm is not set up on this host: %s: %s",
			slurm_reach_where(), strerror(errno));
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
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int fd, rc;

	if (slurm_conf.authtype && !strstr(slurm_conf.authtype, "munge"))
		return 0;
	if (at)
		snprintf(sun.sun_path, sizeof sun.sun_path, "%.*s",
			(int)strcspn(at + 7, ","), at + 7);
	else
		snprintf(sun.sun_path, sizeof sun.sun_path, MUNGE_SOCKET);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd == -1)
		return 0;
	rc = connect(fd, (struct sockaddr *)&sun, sizeof sun);
	/*
	 * EAGAIN: it has much to do. A socket that is not there proves
	 * nothing if its place was only guessed.
	 */
	if (rc == -1 && (errno == ECONNREFUSED || (errno == ENOENT && at)))
		err_set(e, "munged does not run on this host (%s: %s); its administrator has to start it",
			sun.sun_path, strerror(errno));
	else
		rc = 0;
	close(fd);
	return rc;
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
