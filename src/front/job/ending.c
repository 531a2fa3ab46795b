/* SPDX-License-Identifier: BSD-2-Clause */
#include "front/job/ending.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/kv.h"
#include "base/mem.h"
#include "os/log.h"
#include "os/safepath.h"
#include "os/stall.h"

#define ENDING_MAX 8192

void ending_write(const struct front *f, const char *tag, const char *line)
{
	STALL_WATCH(f->state_dir);
	char *path = mem_printf("%s/%s", f->state_dir, tag);
	struct buf text = { 0 };
	struct err e;
	int fd = safepath_child(f->state_fd, tag, 0, path, &e);

	kv_write(&text, "text", line);
	buf_puts(&text, "\n");
	if (fd == -1 || safepath_write(fd, ENDING_FILE, buf_data(&text),
		text.len, &e) == -1)
		log_info("%s: its end is not noted: %s", path, e.text);
	if (fd != -1)
		close(fd);
	buf_fini(&text);
	free(path);
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
