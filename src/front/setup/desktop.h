/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The editors of users' own computers: which way they can take into a job, and
 * what has to be set and clicked there. doc/EDITORS.md tells what was run.
 */
#ifndef FRONT_SETUP_DESKTOP_H
#define FRONT_SETUP_DESKTOP_H

enum desktop_way {
	DESKTOP_REMOTE,		/* RemoteCommand */
	DESKTOP_PROXY,		/* ProxyCommand */
};

struct desktop {
	const char *name;	/* for people */
	int has_remote;		/* it can use RemoteCommand, and that is best then */
	const char *folder;	/* of its settings below Code's place; NULL: none */
	const char *click;	/* how one connects; %s is the host */
	const char *beside;	/* what else is to be known, or NULL */
};

/* By the number of its word in --editor. */
const struct desktop *desktop_of(int editor);

/* A setting, the value as JSON has it. */
struct desktop_setting {
	const char *key, *value;
	int of_proxy;			/* ProxyCommand needs it, too */
	int of_code;			/* only VS Code itself has it */
};

/* All of them; the last has no key. */
extern const struct desktop_setting desktop_settings[];

/* Whether that editor is to have it. */
int desktop_wants(const struct desktop *d, enum desktop_way way,
	const struct desktop_setting *s);

#endif
