/* SPDX-License-Identifier: BSD-2-Clause */
/* What is remembered from one update to the next, and told to who looks later. */
#include "front/update/seen.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/kv.h"
#include "base/mem.h"
#include "base/number.h"
#include "base/vis.h"
#include "doctor/check.h"
#include "os/fd.h"
#include "os/log.h"
#include "os/safepath.h"
#include "os/timetext.h"

#define SEEN_BYTES 4096
#define LOG_BYTES 65536		/* then it begins anew */

static void take_seen(struct seen *s, const struct kv *kv)
{
	const char *when = kv_get(kv, "looked"), *version = kv_get(kv, CHECK_UPDATE_VERSION);
	long n;

	if (when == NULL || number_read(when, 1, NUMBER_EPOCH_MAX, &n) == -1 ||
		version == NULL || (version[0] != '\0' &&
		!version_is(version, strlen(version))))
		return;
	s->when = n;
	snprintf(s->version, sizeof s->version, "%s", version);
}

void seen_read(struct seen *s, int state_fd)
{
	struct buf text = { 0 };
	struct err e;
	struct kv kv;

	*s = (struct seen){ 0 };
	if (safepath_read(state_fd, CHECK_UPDATE_FILE, SEEN_BYTES, &text, &e) == 0 &&
		kv_parse_whole(&kv, buf_data(&text), text.len, &e) == 0) {
		take_seen(s, &kv);
		kv_fini(&kv);
	}
	buf_fini(&text);
}

int seen_write(const struct seen *s, int state_fd, struct err *e)
{
	struct buf text = { 0 };
	int ret;

	kv_writef(&text, "looked", "%lld", (long long)s->when);
	kv_write(&text, CHECK_UPDATE_VERSION, s->version);
	buf_puts(&text, "\n");
	ret = safepath_write(state_fd, CHECK_UPDATE_FILE, buf_data(&text), text.len, e);
	buf_fini(&text);
	return ret;
}

void seen_log(const char *state_dir, const char *fmt, ...)
{
	char *path = mem_printf("%s/update.log", state_dir), *what, *line;
	char shown[1024];
	struct stat st;
	struct err e;
	va_list ap;
	int fd;

	va_start(ap, fmt);
	what = mem_vprintf(fmt, ap);
	va_end(ap);
	/* A server's words may be in it. */
	line = mem_printf("%s %.*s\n", timetext(TIMETEXT_ISO, time(NULL)).s,
		(int)vis_encode(shown, sizeof shown, what, strlen(what)), shown);
	fd = safepath_output(path, "the log of updates",
		stat(path, &st) == 0 && st.st_size > LOG_BYTES, &e);
	if (fd == -1)
		log_warning("%s", e.text);
	else if (fd_write_all(fd, line, strlen(line)) == -1)
		log_warning("%s cannot be written", path);
	fd_close(fd);
	free(what);
	free(line);
	free(path);
}
