/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Finds slurm.conf where Slurm itself would, and reads no more of it than a name:
 * all else that it may say (includes, nodes) is Slurm's to understand.
 */
#include "launch/slurmconf.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

static const char *from_env(void)
{
	const char *conf = getenv("SLURM_CONF");

	return conf && *conf ? conf : NULL;
}

const char *slurmconf_where(void)
{
	static char where[512];

	if (from_env())
		snprintf(where, sizeof where, "%.400s (from SLURM_CONF)",
			from_env());
	else
		snprintf(where, sizeof where, "slurm.conf in /etc/slurm or where this Slurm has it by default, then a controller that hands it out (SLURM_CONF is not set)");
	return where;
}

int slurmconf_look(struct err *e)
{
	if (from_env() == NULL || access(from_env(), R_OK) == 0)
		return 0;
	return err_set(e, "Slurm is not set up on this host: %s: %s",
		slurmconf_where(), strerror(errno));
}

/* "ClusterName=Big # ours", in any case; Slurm makes its letters small. */
static int take_cluster(const char *line, char *name, size_t size)
{
	static const char key[] = "ClusterName";
	size_t len;

	line += strspn(line, " \t");
	if (strncasecmp(line, key, sizeof key - 1) != 0)
		return 0;
	line += sizeof key - 1;
	line += strspn(line, " \t");
	if (*line++ != '=')
		return 0;
	line += strspn(line, " \t\"");
	len = strcspn(line, " \t\"#\r\n");
	if (len == 0 || len >= size)
		return 0;
	for (size_t i = 0; i < len; i++)
		name[i] = (char)tolower((unsigned char)line[i]);
	name[len] = '\0';
	return 1;
}

void slurmconf_cluster(char *name, size_t size)
{
	static const char *const usual[] = {
		"/etc/slurm/slurm.conf", "/run/slurm/conf/slurm.conf",
		"/etc/slurm-llnl/slurm.conf", "/usr/local/etc/slurm.conf",
	};
	const size_t n = sizeof usual / sizeof *usual;
	FILE *file = NULL;
	char line[1024];

	name[0] = '\0';
	if (from_env())
		file = fopen(from_env(), "re");
	for (size_t i = 0; i < n && !from_env() && file == NULL; i++)
		file = fopen(usual[i], "re");
	while (file && fgets(line, sizeof line, file) &&
		!take_cluster(line, name, size))
		;
	if (file)
		fclose(file);
}
