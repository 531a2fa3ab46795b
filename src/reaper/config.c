/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The configuration file, as opt/ini.h has it: the keys are the long options,
 * which are what the values are given to; flags take yes or no. It may have a
 * section [vscode-grim-reaper], and no other.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/buf.h"
#include "opt/ini.h"
#include "os/safepath.h"
#include "reaper/reaper_options.h"

#define FILE_MAX (1 << 20)

static const struct opt *config_find(const struct opt_set *set, const char *key)
{
	static const char *const not_here[] = { "config", "help", "version" };

	for (size_t i = 0; i < sizeof not_here / sizeof *not_here; i++)
		if (strcmp(key, not_here[i]) == 0)
			return NULL;
	for (const struct opt *o = NULL; (o = optset_next(set, o));)
		if (strcmp(o->name, key) == 0)
			return o;
	return NULL;
}

/* 1, 0, or -1 with e set. */
static int truth(const char *value, struct err *e)
{
	static const char *const words[] = {
		"no", "yes", "false", "true", "off", "on", "0", "1",
	};

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (strcmp(value, words[i]) == 0)
			return i % 2;
	return err_set(e, "'%.80s' is not yes or no", value);
}

static int config_give(struct opt_set *set, const struct opt *o,
	const char *value, int times, struct err *e)
{
	/* The file and its line are put before the message. */
	static const struct opt_origin site = { OPT_BY_SITE, NULL };

	while (times-- > 0)
		if (optset_set(set, o, value, &site, e) == -1)
			return -1;
	return 0;
}

static int give_key(struct opt_set *set, const char *key, const char *value,
	struct err *e)
{
	const struct opt *o = config_find(set, key);
	int flag;

	if (o == NULL)
		return err_set(e, "unknown key '%.80s'", key);
	switch (o->type) {
	case OPT_FLAG:
		flag = truth(value, e);
		if (flag == -1)
			return err_prefix(e, "%s: ", key);
		/* root without a terminal would do it all the same */
		if (flag == 0 && strcmp(key, "kill") == 0)
			return err_set(e, "kill: 'no' is not enough; say 'dry-run = yes'");
		return config_give(set, o, NULL, flag, e);
	case OPT_COUNT:
		if (value[0] < '0' || value[0] > '9' || value[1] != '\0')
			return err_set(e, "%s: '%.80s' is not a number from 0 to 9",
				key, value);
		return config_give(set, o, NULL, value[0] - '0', e);
	default:
		return config_give(set, o, value, 1, e);
	}
}

static int config_take(const struct ini_line *l, void *arg, struct err *e)
{
	if (l->kind == INI_PAIR)
		return give_key(arg, l->name, l->value, e);
	if (strcmp(l->name, "vscode-grim-reaper") == 0)
		return 0;
	return err_set(e, "unknown section [%.80s], the only one is [vscode-grim-reaper]",
		l->name);
}

/* Who may write the file decides what root kills. */
static int config_check(int fd, const char *path, struct err *e)
{
	struct stat st;

	if (fstat(fd, &st) == -1)
		return err_set(e, "%s: %s", path, strerror(errno));
	if (S_ISCHR(st.st_mode) && st.st_rdev == makedev(1, 3))
		return 0;	/* /dev/null */
	if (!S_ISREG(st.st_mode))
		return err_set(e, "%s: is not a regular file", path);
	if (st.st_uid != 0 && st.st_uid != geteuid())
		return err_set(e, "%s: belongs to uid %u; it must be root's or yours",
			path, (unsigned)st.st_uid);
	if (st.st_mode & 022)
		return err_set(e, "%s: others may write it (mode %04o): chmod go-w it",
			path, (unsigned)st.st_mode & 07777);
	return 0;
}

/* All of the file, or -1 with e set. */
static int read_all(int fd, struct buf *text, struct err *e)
{
	ssize_t n;

	do {
		n = read(fd, buf_reserve(text, 65536), 65536);
		buf_commit(text, n > 0 ? (size_t)n : 0);
	} while ((n > 0 && text->len <= FILE_MAX) ||
		(n == -1 && errno == EINTR));
	if (n == -1)
		return err_set(e, "%s", strerror(errno));
	return n == 0 ? 0 : err_set(e, "is larger than %d bytes", FILE_MAX);
}

int config_read(struct opt_set *set, const char *path, int must_exist,
	struct err *e)
{
	struct buf text = { 0 };
	size_t line;
	int ret, fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);

	if (fd == -1) {
		if (errno == ENOENT && !must_exist)
			return 0;
		return err_set(e, "%s: %s", path, strerror(errno));
	}
	if (config_check(fd, path, e) == -1) {
		close(fd);
		return -1;
	}
	ret = read_all(fd, &text, e);
	close(fd);
	if (ret == -1)
		err_prefix(e, "%s: ", path);
	else if (ini_read(buf_data(&text), text.len, config_take, set, &line,
		e) == -1) ret = err_prefix(e, "%s:%zu: ", path, line);
	buf_fini(&text);
	return ret;
}
