/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What does not go into an image (proto/sessionenv.c) does not come out of one. And
 * what an image, its runtime or a shell in it sets for programs of the image would
 * break those of the node. What somebody has set for the command alone passes.
 */
#include "proto/bridgeenv.h"

#include <string.h>

#include "proto/sessionenv.h"

const struct bridgeenv_row bridgeenv_rows[] = {
	{ "PATH", "programs of the image" },
	{ "LIBRARY_PATH", "libraries of the image" },
	{ "GCONV_PATH", "libraries of the image" },
	{ "GLIBC_TUNABLES", "for the C library of the image" },
	{ "PYTHON*", "Python of the image" },
	{ "_CE_*", "an environment of the image" },
	{ "MAMBA_*", "an environment of the image" },
	{ "PERL_*", "Perl of the image" },
	{ "_ModuleTable*", "modules of the image" },
	{ "PROMPT_COMMAND", "of the image's shell" },
	{ "PS1", "of the image's shell" },
	{ "SHELL", "a shell of the image, which salloc would start" },
	{ "HOME", "a runtime may have put another there" },
	{ "USER", "a runtime may have put another there" },
	{ "LOGNAME", "a runtime may have put another there" },
	{ "APPTAINER*", "of the runtime" },
	{ "SINGULARITY*", "of the runtime" },
	{ "ENROOT_*", "of the runtime" },
	{ "CH_RUNNING", "of the runtime" },
	{ "container", "of the runtime" },
	{ "NVIDIA_*", "what the image wants of a runtime" },
	{ "SSL_CERT_FILE", "a file of the image" },
	{ "SSL_CERT_DIR", "a directory of the image" },
	{ "CURL_CA_BUNDLE", "a file of the image" },
	{ "GIT_EXEC_PATH", "programs of the image" },
	{ "GIT_SSL_CAINFO", "a file of the image" },
	{ "TERMINFO*", "a directory of the image" },
	{ "PWD", "every command makes its own" },
	{ "OLDPWD", "every command makes its own" },
	{ "SHLVL", "every command makes its own" },
	{ "_", "every command makes its own" },
	{ 0 }
};

static int is_of_node(const char *word)
{
	if (sessionenv_is_of_node(word))
		return 1;
	for (const struct bridgeenv_row *r = bridgeenv_rows; r->name; r++)
		if (sessionenv_is_named(word, r->name))
			return 1;
	return 0;
}

void bridgeenv_make(struct envlist *out, const struct envlist *session,
	char *const *caller)
{
	for (; *caller != NULL; caller++)
		if (!is_of_node(*caller))
			envlist_put(out, *caller);
	for (size_t i = 0; i < session->n; i++)
		if (is_of_node(session->list[i]))
			envlist_put(out, session->list[i]);
}
