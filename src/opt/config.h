/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef OPT_CONFIG_H
#define OPT_CONFIG_H

#include "opt/optset.h"

/*
 * What files of settings say of the options of a program, see ini.h for their
 * lines. Every option is a key, but --help, --version and those of one command.
 *
 *	KEY = VALUE		for everybody who reads the file
 *	[profile NAME]		for who asks for that profile:
 *		inherit = NAME	first what that one says
 *		description = TEXT
 *		KEY = VALUE
 *	[app NAME]		a tool that can be started in a session:
 *		KEY = VALUE	see opt/appkey.h
 *	[runtime NAME]		what runs programs in a container:
 *		KEY = VALUE	see opt/runtimekey.h
 *
 * and only in a file of the site
 *
 *	[partition NAME]	for jobs that ask for it
 *	[group NAME]		for members of that Unix group
 *	[lock]			nobody can say anything else:
 *		KEY = VALUE
 *	[limit]			it is within bounds, or is one of a list:
 *		KEY = MIN..MAX	one of them may be missing
 *		KEY = WORD...	see opt/allowed.h
 *	[lower]			the same, and what is beyond is brought within
 *	[lock runtime NAME]	no user's file says it otherwise
 *
 * of which those before may be of one partition, group or profile: [limit
 * partition gpu]. Their keys are also those of opt/policy.h.
 *
 * Several files add up, those of the site first; a profile that two of them have
 * is one, in which the later one counts. A value of a list is one word of it.
 */
enum config_part { CONFIG_GIVE, CONFIG_LIMIT, CONFIG_LOWER, CONFIG_LOCK };

enum config_scope {
	CONFIG_OF_ALL,
	CONFIG_OF_GROUP,
	CONFIG_OF_PARTITION,
	CONFIG_OF_PROFILE,
	CONFIG_OF_APP,
	CONFIG_OF_RUNTIME,
};

struct config_setting {
	enum opt_source source;	/* OPT_BY_SITE or OPT_BY_USER: whose file */
	enum config_part part;
	enum config_scope scope;
	char *of;		/* the name of that one, or NULL */
	char *key, *value;
	int adds;		/* one word more of a list */
	char *where;		/* "FILE:LINE" */
};

/* For whom settings count. */
struct config_who {
	const char *partition;	/* that he asks for, or several by commas; NULL */
	const char *profile;	/* or NULL */
	const struct opt_list *groups;	/* of those that the settings name; NULL */
};

/* All zero is an empty one. */
struct config {
	struct config_setting *setting;	/* in the order in which they count */
	size_t n;
	/* What settings_groups() has found, once it was asked. */
	struct opt_list groups;
	int has_groups;
};

void config_fini(struct config *c);

/*
 * Add a file's settings. set: the options there are; no value is read yet. -1
 * with e set, beginning with "PATH:LINE: ". name_ok says whether a profile may be
 * called so: 0, or -1 with e set.
 */
int config_add(struct config *c, const struct opt_set *set, const char *path,
	enum opt_source source, const char *text, size_t len,
	int (*name_ok)(const char *name, struct err *e), struct err *e)
	__attribute__((warn_unused_result));

/*
 * Give what one source says to all and, but for profiles, to him alone, and what a
 * site locks and limits of options.
 */
int config_give(const struct config *c, struct opt_set *set,
	enum opt_source source, const struct config_who *who, struct err *e)
	__attribute__((warn_unused_result));

/*
 * Give what a profile says, and before it those that it inherits from. -1 with e
 * set when there is none, or when it inherits from itself.
 */
int config_give_profile(const struct config *c, struct opt_set *set,
	const char *name, struct err *e) __attribute__((warn_unused_result));

/* Which profile the files themselves choose for him; NULL: none. */
const char *config_chosen(const struct config *c,
	const struct config_who *who);

/* What a key is locked to for him; NULL: it is not. */
const char *config_locked(const struct config *c, const char *key,
	const struct config_who *who);

int config_has_profile(const struct config *c, const char *name);

/* The same; -1 with e set, which says which there are. */
int config_check_profile(const struct config *c, const char *name,
	struct err *e) __attribute__((warn_unused_result));

/* The names of all profiles, in the order of the files. */
void config_profiles(const struct config *c, struct opt_list *names);

/* The profile in which a setting stands, by its "FILE:LINE"; NULL: in none. */
const char *config_profile_at(const struct config *c, const char *where);

/* What a profile says itself as "inherit" or "description"; NULL: nothing. */
const char *config_about(const struct config *c, const char *name,
	const char *key);

/* Whether a setting counts for him. */
int config_counts(const struct config_setting *s, const struct config_who *who);

/*
 * Whether another lock, or bound, of its key counts for him in its place: that of
 * his profile, else of his partition, his group, all; of two such the later, but all of a list.
 */
int config_is_overridden(const struct config *c,
	const struct config_setting *s, const struct config_who *who);

/*
 * Whether a lock or bound holds for him: it counts, and is not overridden. Of several
 * partitions by commas the job may come to any, so what holds for one of them does;
 * of the bounds of all of them the strictest is met then.
 */
int config_applies(const struct config *c, const struct config_setting *s,
	const struct config_who *who);

/* -1 with e set: partitions that he asks for lock an option to several values. */
int config_locks_agree(const struct config *c, const struct config_who *who,
	struct err *e) __attribute__((warn_unused_result));

/* "limit partition gpu", the heading below which it stands; to be freed. */
char *config_section(const struct config_setting *s);

/* Whether it is a bound of what no option is: of those of opt/bound.h. */
int config_has_noun(const struct config_setting *s);

/* The names of which there are settings of that scope, each once. */
void config_names(const struct config *c, enum config_scope scope,
	struct opt_list *names);

/* Whether an option may stand in a file. */
int config_takes(const struct opt *row);

#endif
