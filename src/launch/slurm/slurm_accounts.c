/* SPDX-License-Identifier: BSD-2-Clause */
#include "launch/slurm/slurm_accounts.h"

#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "launch/slurm/slurm_compat.h"

#define ENFORCES_ASSOCIATIONS 1	/* of AccountingStorageEnforce, in all releases */

static char *partition_of(const char *s)
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
		partition_of(r->partition) };
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
	}
	free(a->row);
	*a = (struct slurm_accounts){ 0 };
}

int slurm_accounts_has(const char *list, const char *name)
{
	size_t len = strlen(name);

	for (;; list++) {
		if (strncmp(list, name, len) == 0 &&
			(list[len] == ',' || list[len] == '\0'))
			return 1;
		list = strchr(list, ',');
		if (list == NULL)
			return 0;
	}
}

int slurm_accounts_exclude(const struct slurm_accounts *a,
	const char *partition, const char *allow, const char *deny)
{
	for (size_t i = 0; i < a->n; i++) {
		const struct slurm_account *r = &a->row[i];

		if (r->partition != NULL && strcmp(r->partition, partition) != 0)
			continue;
		if (allow != NULL ? slurm_accounts_has(allow, r->name) :
			deny == NULL || !slurm_accounts_has(deny, r->name))
			return 0;
	}
	return a->n > 0;
}
