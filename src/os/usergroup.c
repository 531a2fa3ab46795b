/* SPDX-License-Identifier: BSD-2-Clause */
/* The groups of this process: the kernel's list, and the name by one look-up. */
#include "os/usergroup.h"

#include <grp.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"

int usergroup_has_me(const char *name)
{
	const struct group *g = getgrnam(name);
	gid_t gid, *all;
	int n, found;

	if (g == NULL)
		return 0;
	gid = g->gr_gid;
	found = getgid() == gid || getegid() == gid;
	n = getgroups(0, NULL);
	all = mem_alloc(((size_t)n + 1) * sizeof *all);
	n = getgroups(n, all);
	for (int i = 0; i < n && !found; i++)
		found = all[i] == gid;
	free(all);
	return found;
}
