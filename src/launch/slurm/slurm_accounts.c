/* SPDX-License-Identifier: BSD-2-Clause */
#include "launch/slurm/slurm_accounts.h"

#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/mem.h"
#include "launch/slurm/slurm_compat.h"
#include "launch/slurmpart.h"

#define ENFORCES_ASSOCIATIONS 1	/* of AccountingStorageEnforce, in all releases */

static char *given_text(const char *s)
{
	return s != NULL && s[0] != '\0' ? mem_strdup(s) : NULL;
}

static void add_one(struct slurm_accounts *a, const slurmdb_assoc_rec_t *r)
{
	/* Above users there are those of the accounts themselves. */
	if (r->acct == NULL || r->user == NULL)
		return;
	a->row = mem_realloc(a->row, (a->n + 1) * sizeof *a->row);
	a->row[a->n++] = (struct slurm_account){ mem_strdup(r->acct),
		given_text(r->partition), given_text(SLURM_LINEAGE(r)) };
}

void slurm_accounts_get(struct slurm_accounts *a)
{
	const struct passwd *pw = getpwuid(getuid());
	assoc_mgr_info_request_msg_t ask = { .flags = ASSOC_MGR_INFO_FLAG_ASSOC };
	assoc_mgr_info_msg_t *got = NULL;
	const slurmdb_assoc_rec_t *r;

	*a = (struct slurm_accounts){ 0 };
	if (pw == NULL || (slurm_conf.accounting_storage_enforce &
		ENFORCES_ASSOCIATIONS) == 0)
		return;
	ask.user_list = slurm_list_create(NULL);
	slurm_list_append(ask.user_list, pw->pw_name);
	if (slurm_load_assoc_mgr_info(&ask, &got) == 0 && got != NULL) {
		__typeof__(slurm_list_iterator_create(got->assoc_list)) at =
			slurm_list_iterator_create(got->assoc_list);

		while ((r = slurm_list_next(at)) != NULL)
			add_one(a, r);
		slurm_list_iterator_destroy(at);
		slurm_free_assoc_mgr_info_msg(got);
	}
	slurm_list_destroy(ask.user_list);
}

void slurm_accounts_fini(struct slurm_accounts *a)
{
	for (size_t i = 0; i < a->n; i++) {
		free(a->row[i].name);
		free(a->row[i].partition);
		free(a->row[i].lineage);
	}
	free(a->row);
	*a = (struct slurm_accounts){ 0 };
}

/* It or, of what is known of it, one above it. */
static int has_line_of(const char *list, const char *name, const char *lineage)
{
	const char *at = lineage != NULL ? lineage : "";

	/* Behind the accounts stands the user, "0-NAME". */
	for (size_t len; *at != '\0' && strncmp(at, "0-", 2) != 0; at += len) {
		len = strcspn(at, "/");
		if (len > 0 && slurmpart_has(list, at, len, strncasecmp))
			return 1;
		len += at[len] == '/';
	}
	return slurmpart_has(list, name, strlen(name), strncasecmp);
}

static int lets_in(const char *allow, const char *deny, const char *name,
	const char *lineage)
{
	if (allow != NULL)
		return SLURM_HIDES_LINEAGE || has_line_of(allow, name, lineage);
	return deny == NULL || !has_line_of(deny, name, lineage);
}

int slurm_accounts_exclude(const struct slurm_accounts *a, const char *name,
	const char *partition, const char *allow, const char *deny)
{
	size_t n = 0;

	for (size_t i = 0; i < a->n; i++) {
		const struct slurm_account *r = &a->row[i];

		if ((name != NULL && strcasecmp(name, r->name) != 0) ||
			(r->partition != NULL &&
				strcmp(r->partition, partition) != 0))
			continue;
		if (lets_in(allow, deny, r->name, r->lineage))
			return 0;
		n++;
	}
	/* Of one that is not known only its name can be looked at. */
	if (name != NULL)
		return n > 0 || !lets_in(allow, deny, name, NULL);
	return a->n > 0;
}
