/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef BASE_ENVLIST_H
#define BASE_ENVLIST_H

#include <stddef.h>

/* An environment to be: NAME=VALUE strings, each name once. Zeroed: empty. */
struct envlist {
	char **list;		/* NULL-terminated for exec; NULL when empty */
	size_t n;
};

void envlist_fini(struct envlist *env);

/* word is NAME=VALUE; one without '=' is ignored. The last word wins. */
void envlist_put(struct envlist *env, const char *word);
void envlist_set(struct envlist *env, const char *name, const char *value);
void envlist_unset(struct envlist *env, const char *name);

/* Owned by env; NULL when it is not there. */
const char *envlist_get(const struct envlist *env, const char *name);

/* As envlist_put(), but a NAME without '=' is taken out. */
void envlist_change(struct envlist *env, const char *word);

/* The same of each word in len bytes, in which a NUL ends it. */
void envlist_change_all(struct envlist *env, const char *words, size_t len);

/* Every word of a NULL-terminated list such as environ. */
void envlist_put_all(struct envlist *env, char *const *words);

#endif
