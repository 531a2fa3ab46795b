/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Names of users and groups to numbers and back, by the system's directory
 * (getpwnam(3) and its like), and whether the options leave a user to the
 * reaper. When the directory does not answer, the user is spared.
 */
#include "reaper/who.h"

#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "reaper/text.h"

#define GROUPS_MAX 65536

char *who_name(unsigned uid)
{
	struct passwd *pw = getpwuid(uid);

	return pw ? mem_strdup(pw->pw_name) : NULL;
}

static int user_of(const char *name, unsigned *uid)
{
	struct passwd *pw = getpwnam(name);

	if (pw == NULL)
		return -1;
	*uid = pw->pw_uid;
	return 0;
}

static int group_of(const char *name, unsigned *gid)
{
	struct group *gr = getgrnam(name);

	if (gr == NULL)
		return -1;
	*gid = gr->gr_gid;
	return 0;
}

int who_resolve(struct reaper_options *o, void (*warn)(const char *text),
	struct err *e)
{
	const struct {
		const char *option;
		struct opt_list *list;
		int (*id_of)(const char *name, unsigned *id);
		int excludes;
	} rows[] = {
		{ "user", &o->user, user_of, 0 },
		{ "exclude-user", &o->exclude_user, user_of, 1 },
		{ "group", &o->group, group_of, 0 },
		{ "exclude-group", &o->exclude_group, group_of, 1 },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		for (size_t j = 0; j < rows[i].list->n; j++) {
			char **word = &rows[i].list->word[j];
			unsigned id;

			if (text_is_range(*word))
				continue;
			if (rows[i].id_of(*word, &id) == 0) {
				free(*word);
				*word = mem_printf("%u", id);
				continue;
			}
			err_set(e, "--%s: there is no '%.80s' here",
				rows[i].option, *word);
			if (rows[i].excludes)
				return -1;
			warn(e->text);
		}
	}
	return 0;
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
		found = text_listed(list, gids[i]);
	free(gids);
	free(name);
	return found;
}

int who_is_wanted(const struct reaper_options *o, unsigned uid)
{
	if (o->user.n > 0 && !text_listed(&o->user, uid))
		return 0;
	if (text_listed(&o->exclude_user, uid))
		return 0;
	/*
	 * A user whose groups cannot be looked up is left alone: he may be one
	 * who is excluded.
	 */
	if (o->group.n > 0 && in_groups(&o->group, uid) != 1)
		return 0;
	return o->exclude_group.n == 0 || in_groups(&o->exclude_group, uid) == 0;
}
