/* SPDX-License-Identifier: BSD-2-Clause */
/* An environment, one word a line: each name is there once, with its last value. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/envlist.h"
#include "base/mem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct envlist *env)
{
	for (size_t i = 0; i < env->n; i++) {
		size_t len = strcspn(env->list[i], "=");
		char *name = mem_strndup(env->list[i], len);
		const char *value = envlist_get(env, name);

		if (env->list[i][len] != '=' || value == NULL ||
			strcmp(value, env->list[i] + len + 1) != 0)
			abort();
		free(name);
	}
	if (env->n > 0 && env->list[env->n] != NULL)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = mem_strndup((const char *)data, size), *rest = text, *word;
	struct envlist env = { 0 };

	while ((word = strsep(&rest, "\n")) != NULL) {
		char *name = mem_strndup(word, strcspn(word, "="));

		envlist_put(&env, word);
		check(&env);
		if (strchr(word, '=') > word && (envlist_get(&env, name) ==
			NULL || strcmp(envlist_get(&env, name),
			strchr(word, '=') + 1) != 0))
			abort();
		if (word[0] == '-') {
			envlist_unset(&env, name);
			if (envlist_get(&env, name) != NULL)
				abort();
			check(&env);
		}
		free(name);
	}
	envlist_fini(&env);
	free(text);
	return 0;
}
