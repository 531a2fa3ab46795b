/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An environment that is put together for a child. It owns its words; each name
 * is in it once, since programs differ in whether the first or the last counts.
 */
#include "base/envlist.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

void envlist_fini(struct envlist *env)
{
	for (size_t i = 0; i < env->n; i++)
		free(env->list[i]);
	free(env->list);
	*env = (struct envlist){ 0 };
}

/* Where name (len bytes) stands, or n. */
static size_t envlist_find(const struct envlist *env, const char *name,
	size_t len)
{
	size_t i;

	for (i = 0; i < env->n; i++)
		if (strncmp(env->list[i], name, len) == 0 &&
			env->list[i][len] == '=')
			break;
	return i;
}

/* Takes over word. */
static void envlist_store(struct envlist *env, char *word)
{
	size_t len = strcspn(word, "="), i = envlist_find(env, word, len);

	if (i < env->n) {
		free(env->list[i]);
	} else {
		env->list = mem_realloc(env->list,
			(env->n + 2) * sizeof *env->list);
		env->list[++env->n] = NULL;
	}
	env->list[i] = word;
}

void envlist_put(struct envlist *env, const char *word)
{
	if (strchr(word, '=') != NULL && word[0] != '=')
		envlist_store(env, mem_strdup(word));
}

void envlist_set(struct envlist *env, const char *name, const char *value)
{
	envlist_store(env, mem_printf("%s=%s", name, value));
}

void envlist_unset(struct envlist *env, const char *name)
{
	size_t i = envlist_find(env, name, strlen(name));

	if (i == env->n)
		return;
	free(env->list[i]);
	env->list[i] = env->list[--env->n];
	env->list[env->n] = NULL;
}

const char *envlist_get(const struct envlist *env, const char *name)
{
	size_t i = envlist_find(env, name, strlen(name));

	return i < env->n ? env->list[i] + strlen(name) + 1 : NULL;
}

void envlist_change(struct envlist *env, const char *word)
{
	if (strchr(word, '=') == NULL)
		envlist_unset(env, word);
	else
		envlist_put(env, word);
}

void envlist_change_all(struct envlist *env, const char *words, size_t len)
{
	for (size_t at = 0; at < len; at += strlen(words + at) + 1)
		envlist_change(env, words + at);
}

void envlist_put_all(struct envlist *env, char *const *words)
{
	for (; words != NULL && *words != NULL; words++)
		envlist_put(env, *words);
}
