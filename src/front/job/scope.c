/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which cluster this host submits to, as its launcher said the last time, so that
 * a front that finds an agent by itself need not start the launcher first.
 *
 * A record for each host, since hosts of several clusters may share the state
 * directory. It holds for the launcher and the configuration it was learned with.
 */
#include "front/job/scope.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/kv.h"
#include "front/job/standin.h"
#include "os/hostaddr.h"
#include "os/log.h"
#include "os/safepath.h"
#include "os/stall.h"

#define RECORD_MAX 4096

/* A host's name is its administrator's, and may be odd. */
static int file_name(char *out, size_t size)
{
	char host[256];

	if (hostaddr_name(host, sizeof host) == -1 || host[0] == '\0' ||
		strchr(host, '/') != NULL)
		return -1;
	return snprintf(out, size, "scope.%s", host) < (int)size ? 0 : -1;
}

/* What else the answer depends on: two clusters have two configurations. */
static const char *configuration(void)
{
	const char *conf = getenv("SLURM_CONF");

	return conf != NULL ? conf : "";
}

static int scope_has(const struct kv *kv, const char *key, const char *value)
{
	const char *said = kv_get(kv, key);

	return said != NULL && strcmp(said, value) == 0;
}

int scope_may_be(const char *a, const char *b)
{
	return a[0] == '\0' || b[0] == '\0' || strcmp(a, b) == 0;
}

int scope_known(const struct invocation *inv, char scope[SCOPE_MAX])
{
	STALL_WATCH(inv->state_dir);
	struct buf text = { 0 };
	char name[300];
	struct kv kv;
	struct err e;
	int known = 0;

	scope[0] = '\0';
	if (file_name(name, sizeof name) == -1)
		return 0;
	if (safepath_read(inv->state_fd, name, RECORD_MAX, &text, &e) == 0 &&
		kv_parse(&kv, buf_data(&text), text.len, 0, &e) > 0) {
		known = scope_has(&kv, "launcher", standin_scheduler(inv)) &&
			scope_has(&kv, "configuration", configuration()) &&
			kv_get(&kv, "scope") != NULL;
		if (known)
			snprintf(scope, SCOPE_MAX, "%s", kv_get(&kv, "scope"));
		kv_fini(&kv);
	}
	buf_fini(&text);
	return known;
}

void scope_learn(const struct invocation *inv, const char *scope)
{
	STALL_WATCH(inv->state_dir);
	struct buf text = { 0 };
	char known[SCOPE_MAX], name[300];
	struct err e;

	if (scope[0] == '\0' || file_name(name, sizeof name) == -1 ||
		(scope_known(inv, known) && strcmp(known, scope) == 0))
		return;
	kv_write(&text, "launcher", standin_scheduler(inv));
	kv_write(&text, "configuration", configuration());
	kv_write(&text, "scope", scope);
	buf_puts(&text, "\n");
	/* Without it the launcher is asked again. */
	if (safepath_write(inv->state_fd, name, buf_data(&text), text.len,
		&e) ==
		-1)
		log_info("%s: %s", inv->state_dir, e.text);
	buf_fini(&text);
}
