/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The last line about a job, kept beside its log, so that `logs` can tell the end
 * of a session to who was not there. A connection that ends must not
 * wait for a state directory that hangs, so for that a child writes it, which may
 * outlive the front.
 */
#include "front/job/ending.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/kv.h"
#include "base/mem.h"
#include "front/job/aside.h"
#include "os/log.h"
#include "os/safepath.h"
#include "os/stall.h"

#define ENDING_MAX 8192

struct note {
	const struct invocation *inv;
	const char *tag, *line;
};

static int write_note(const struct note *n, struct err *e)
{
	char *path = mem_printf("%s/%s", n->inv->state_dir, n->tag);
	int fd = safepath_child(n->inv->state_fd, n->tag, 0, path, e);
	struct buf text = { 0 };
	int ret = -1;

	kv_write(&text, "text", n->line);
	buf_puts(&text, "\n");
	if (fd != -1) {
		ret = safepath_write(fd, ENDING_FILE, buf_data(&text),
			text.len, e);
		close(fd);
	}
	buf_fini(&text);
	free(path);
	return ret;
}

void ending_write(const struct invocation *inv, const char *tag,
	const char *line)
{
	STALL_WATCH(inv->state_dir);
	struct err e;

	if (write_note(&(struct note){ inv, tag, line }, &e) == -1)
		log_info("%s/%s: its end is not noted: %s", inv->state_dir, tag,
			e.text);
}

/* In a child: nobody could be told that it failed. */
static void write_aside(const void *arg)
{
	struct err e;

	(void)write_note(arg, &e);
}

void ending_write_aside(const struct invocation *inv, const char *tag,
	const char *line)
{
	aside_run(inv, write_aside, &(struct note){ inv, tag, line });
}

int ending_read(int dirfd, char *line, size_t size)
{
	struct buf text = { 0 };
	const char *value = NULL;
	struct kv kv = { 0 };
	struct err e;

	if (safepath_read(dirfd, ENDING_FILE, ENDING_MAX, &text, &e) == 0 &&
		kv_parse(&kv, buf_data(&text), text.len, 0, &e) > 0)
		value = kv_get(&kv, "text");
	if (value != NULL)
		snprintf(line, size, "%s", value);
	kv_fini(&kv);
	buf_fini(&text);
	return value != NULL ? 0 : -1;
}
