/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where launchers and agent are, and which launcher fits this host. Only files and
 * the environment are looked at, nothing is run, so that a command that asks for no
 * job needs no scheduler that works.
 */
#include "front/job/libexec.h"

#include <dirent.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"

/*
 * Where launchers and agent are: beside us in a build tree, below our own
 * prefix when installed, else where configure said.
 */
char *libexec_find(void)
{
	char self[4096], *dir, *path;
	ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
	if (n <= 0)
		return mem_strdup(PKGLIBEXECDIR);
	self[n] = '\0';
	dir = dirname(self);
	for (int i = 0; i < 2; i++) {
		char *agent, *real;

		path = mem_printf("%s%s", dir, i == 0 ? "" :
			"/../libexec/vscode-remote-shell");
		agent = mem_printf("%s/vscode-remote-agent", path);
		real = access(agent, X_OK) == 0 ? realpath(path, NULL) : NULL;
		free(agent);
		free(path);
		if (real != NULL)
			return real;
	}
	return mem_strdup(PKGLIBEXECDIR);
}

/* Whether a program of that name is in PATH. */
static int in_path(const char *name)
{
	char *dirs = mem_strdup(getenv("PATH") ? getenv("PATH") : "");
	char *save = NULL, *dir;
	int found = 0;

	for (dir = strtok_r(dirs, ":", &save); dir != NULL && !found;
		dir = strtok_r(NULL, ":", &save)) {
		char *path = mem_printf("%s/%s", dir, name);

		found = access(path, X_OK) == 0;
		free(path);
	}
	free(dirs);
	return found;
}

int libexec_has(const char *libexec, const char *name)
{
	char *launcher = mem_printf("%s/launch-%s", libexec, name);
	int has = access(launcher, X_OK) == 0;

	free(launcher);
	return has;
}

void libexec_put_launchers(const char *libexec, struct buf *out)
{
	static const char prefix[] = "launch-";
	struct dirent **found;
	int n = scandir(libexec, &found, NULL, alphasort);
	size_t begin = out->len;

	for (int i = 0; i < n; i++) {
		const char *name = found[i]->d_name;

		if (strncmp(name, prefix, strlen(prefix)) == 0 &&
			libexec_has(libexec, name + strlen(prefix)))
			buf_printf(out, "%s%s", out->len > begin ? ", " : "",
				name + strlen(prefix));
		free(found[i]);
	}
	if (n >= 0)
		free(found);
}

/*
 * Slurm, where it is set up, by its library if we were built for it; else this
 * machine. A site may have no slurm.conf on its login nodes, but it has sbatch
 * there.
 */
char *libexec_launcher(const char *libexec, int *alone)
{
	static const char *const confs[] = {
		"/etc/slurm/slurm.conf", "/etc/slurm-llnl/slurm.conf",
		"/run/slurm/conf/slurm.conf", "/usr/local/etc/slurm.conf",
	};
	const char *launcher = libexec_has(libexec, "slurm") ? "slurm" :
		libexec_has(libexec, "slurm-cli") ? "slurm-cli" : NULL;
	int slurm = 0;

	if (launcher != NULL) {
		if (getenv("SLURM_CONF") != NULL || in_path("sbatch"))
			slurm = 1;
		for (unsigned i = 0; i < sizeof confs / sizeof confs[0]; i++)
			if (access(confs[i], F_OK) == 0)
				slurm = 1;
	}
	*alone = !slurm;
	return mem_strdup(slurm ? launcher : "local");
}
