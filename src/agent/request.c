/* SPDX-License-Identifier: BSD-2-Clause */
#include "agent/request.h"

#include <sysexits.h>

#include "agent/control.h"
#include "agent/forward.h"
#include "agent/serve.h"
#include "agent/servers/hygiene.h"
#include "agent/shell.h"
#include "agent/status.h"

void request_take(struct agent *a, struct link *l, const struct frame *f)
{
	struct err e;

	switch ((int)f->type) {
	case FRAME_CONTROL:
		control_new(a, l);
		break;
	case FRAME_SHELL:
	case FRAME_START:
		hygiene_await(a, l, f, shell_new);
		break;
	case FRAME_CONNECT:
		forward_new(a, l, f);
		break;
	case FRAME_STATUS:
		status_answer(a, l);
		break;
	default:
		err_set(&e, "%s frame where a request was expected",
			frame_name(f->type));
		serve_refuse(l, EX_PROTOCOL, &e);
	}
}
