/* SPDX-License-Identifier: BSD-2-Clause */
#include "reaper/who.h"

#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <unistd.h>

#include "pure/mem.h"
#include "pure/reaptext.h"

#define GROUPS_MAX 65536

char *who_name(unsigned uid)
{
	struct passwd *pw = getpwuid(uid);

	return pw ? mem_strdup(pw->pw_name) : NULL;
}

static int group_listed(const struct opt_list *list, gid_t gid)
{
	struct group *gr = getgrgid(gid);

	return reaptext_listed(list, gid, gr ? gr->gr_name : NULL);
}

/* 1 or 0; -1: the groups of the user cannot be had. */
static int in_groups(const struct opt_list *list, unsigned uid)
{
	struct passwd *pw = getpwuid(uid);
	gid_t *gids = NULL, primary;
	int n = 64, room = 0, found = 0;
	char *name;

	if (pw == NULL)
		return -1;
	name = mem_strdup(pw->pw_name);
	primary = pw->pw_gid;
	do {
		room = n > room ? n : 2 * room;
		gids = mem_realloc(gids, (size_t)room * sizeof *gids);
		n = room;
	} while (getgrouplist(name, primary, gids, &n) == -1 &&
		room < GROUPS_MAX);
	if (n > room)
		n = room;
	for (int i = 0; i < n && !found; i++)
		found = group_listed(list, gids[i]);
	free(gids);
	free(name);
	return found;
}

int who_is_wanted(const struct options *o, unsigned uid)
{
	char *name = NULL;
	int wanted = 1;

	if (o->user.n + o->exclude_user.n > 0)
		name = who_name(uid);
	if (o->user.n > 0)
		wanted = reaptext_listed(&o->user, uid, name);
	if (reaptext_listed(&o->exclude_user, uid, name))
		wanted = 0;
	free(name);
	/* Of somebody whose groups are unknown nothing good can be assumed. */
	if (wanted && o->group.n > 0)
		wanted = in_groups(&o->group, uid) == 1;
	if (wanted && o->exclude_group.n > 0)
		wanted = in_groups(&o->exclude_group, uid) == 0;
	return wanted;
}
