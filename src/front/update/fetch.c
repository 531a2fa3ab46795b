/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Files of a release, got by what the login node has: curl or wget. No URL is in an
 * argument, which others can read, and nothing grows beyond what was expected. curl
 * can be told to follow to https alone; wget cannot, so it follows nowhere.
 */
#include "front/update/fetch.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "front/update/step.h"

#define TEXT_SECONDS 30L

/* FILE BLOCKS SECONDS, of 512 or 1024 bytes, as the shell has it. */
static const char get[] =
	"read -r url\n"
	"ulimit -f \"$2\" 2>/dev/null\n"
	"case $url in\n"
	"file:*) cp -- \"${url#file://}\" \"$1\" ;;\n"
	"*)	if command -v curl >/dev/null; then\n"
	"		printf 'url = \"%s\"\\n' \"$url\" |\n"
	"			curl -gfsSL --proto =https --connect-timeout 20 \\\n"
	"				--max-time \"$3\" -o \"$1\" -K -\n"
	"	elif command -v wget >/dev/null; then\n"
	"		printf '%s\\n' \"$url\" |\n"
	"			wget -nv --max-redirect=0 --tries=2 \\\n"
	"				--timeout=20 -O \"$1\" -i -\n"
	"	else\n"
	"		echo 'there is neither curl nor wget on this node'\n"
	"		false\n"
	"	fi ;;\n"
	"esac\n"
	"status=$?\n"
	"test $status -lt 128 || echo 'it is larger than it should be'\n"
	"exit $status\n";

int fetch_file(const char *base, const char *name, const char *path, long bytes,
	long seconds, struct err *e)
{
	char *url = mem_printf("%s/%s\n", base, name);
	char *blocks = mem_printf("%ld", bytes / 512 + 2);
	char *limit = mem_printf("%ld", seconds);
	struct stat st;
	int ret = step_run(get, (const char *const[]){ path, blocks, limit, NULL },
		url, seconds + 5, NULL, e);

	if (ret == 0 && (stat(path, &st) == -1 || !S_ISREG(st.st_mode)))
		ret = err_set(e, "it is no file");
	else if (ret == 0 && st.st_size > bytes)
		ret = err_set(e, "it has more than %ld bytes", bytes);
	if (ret == -1)
		err_prefix(e, "%s/%s: ", base, name);
	free(url);
	free(blocks);
	free(limit);
	return ret;
}

int fetch_read(const char *path, long bytes, struct buf *out, struct err *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY);
	char some[4096];
	ssize_t n = -1;

	if (fd == -1)
		return err_set(e, "%s: %s", path, strerror(errno));
	while ((long)out->len <= bytes && (n = read(fd, some, sizeof some)) > 0)
		buf_append(out, some, (size_t)n);
	close(fd);
	if (n != 0)
		return err_set(e, "%s: cannot be read, or has more than %ld bytes",
			path, bytes);
	*buf_reserve(out, 1) = '\0';
	return 0;
}

int fetch_text(const char *base, const char *name, const char *dir, long bytes,
	struct buf *out, struct err *e)
{
	char *path = mem_printf("%s/%s", dir, name);
	int ret = fetch_file(base, name, path, bytes, TEXT_SECONDS, e);

	if (ret == 0)
		ret = fetch_read(path, bytes, out, e);
	free(path);
	return ret;
}
