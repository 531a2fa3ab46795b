/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Only the variables of -e have no bound of their own. The length of a frame has two
 * bytes: what is longer would be cut into something else.
 */
#include "front/shellask.h"

#include <string.h>

#include "proto/frame.h"

void shellask_env(struct shell_request *r, const struct opt_list *env)
{
	for (size_t i = 0; i < env->n; i++)
		buf_append(&r->env, env->word[i], strlen(env->word[i]) + 1);
}

int shellask_send(struct link *l, const struct shell_request *r,
	uint16_t version, struct err *e)
{
	struct buf b = { 0 };

	shell_request_put(&b, r, version >= START_VERSION ? FRAME_START :
		FRAME_SHELL);
	if (b.len <= FRAME_HEADER + FRAME_MAX) {
		link_send_buf(l, &b);
		return 0;
	}
	buf_fini(&b);
	return err_set(e, "the variables of -e are %zu bytes, at most %d fit; set them in a shell start-up file",
		r->env.len, FRAME_MAX / 2);
}
