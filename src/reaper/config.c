/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The configuration file: KEY = VALUE, the keys being the long options, which
 * are what the values are given to; flags take yes or no. It may have a section
 * [vscode-grim-reaper], and no other.
 */
#include <errno.h>
#include <fcntl.h>
#include <ini.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "os/safepath.h"
#include "pure/mem.h"
#include "reaper/options.h"

struct reading {
	struct options *o;
	struct err *e;
	int bad;
};

static const struct opt *find(const char *key)
{
	static const char *const not_here[] = { "config", "help", "version" };

	for (size_t i = 0; i < sizeof not_here / sizeof *not_here; i++)
		if (strcmp(key, not_here[i]) == 0)
			return NULL;
	for (const struct opt *o = options_table; o->name || o->group; o++)
		if (o->name != NULL && strcmp(o->name, key) == 0)
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

/* Give the option table the words that one would type. */
static int set(struct reading *r, const char *key, const char *value)
{
	const struct opt *o = find(key);
	char program[] = "vscode-grim-reaper", *word;
	int flag, rc;

	if (o == NULL)
		return err_set(r->e, "unknown key '%.80s'", key);
	if (o->type == OPT_FLAG) {
		flag = truth(value, r->e);
		if (flag == -1)
			return err_prefix(r->e, "%s: ", key);
		/* root without a terminal would do it all the same */
		if (flag == 0 && strcmp(key, "kill") == 0)
			return err_set(r->e, "kill: 'no' is not enough; say 'dry-run = yes'");
		if (flag == 0)
			return 0;
		word = mem_printf("--%s", key);
	} else if (o->type == OPT_COUNT) {
		if (value[0] < '0' || value[0] > '9' || value[1] != '\0')
			return err_set(r->e, "%s: '%.80s' is not a number from 0 to 9",
				key, value);
		word = mem_printf("-%.*s", value[0] - '0', "vvvvvvvvv");
		if (word[1] == '\0') {
			free(word);
			return 0;
		}
	} else {
		word = mem_printf("--%s=%s", key, value);
	}
	rc = opt_parse(options_table, r->o, 2,
		(char *[]){ program, word, NULL }, 1, r->e);
	free(word);
	return rc == -1 ? -1 : 0;
}

static int take(void *arg, const char *section, const char *key,
	const char *value)
{
	struct reading *r = arg;

	if (r->bad)
		return 0;
	if (section[0] != '\0' && strcmp(section, "vscode-grim-reaper") != 0)
		r->bad = err_set(r->e, "unknown section [%.80s]", section);
	else if (set(r, key, value) == -1)
		r->bad = -1;
	return !r->bad;
}

/* Who may write the file decides what root kills. */
static int check(int fd, const char *path, struct err *e)
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

int config_read(struct options *o, const char *path, int must_exist,
	struct err *e)
{
	struct reading r = { .o = o, .e = e };
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	FILE *f;
	int line;

	if (fd == -1) {
		if (errno == ENOENT && !must_exist)
			return 0;
		return err_set(e, "%s: %s", path, strerror(errno));
	}
	if (check(fd, path, e) == -1) {
		close(fd);
		return -1;
	}
	f = fdopen(fd, "r");
	if (f == NULL) {
		close(fd);
		return err_set(e, "%s: %s", path, strerror(errno));
	}
	line = ini_parse_file(f, take, &r);
	fclose(f);
	if (r.bad)
		return err_prefix(e, "%s:%d: ", path, line);
	if (line > 0)
		return err_set(e, "%s:%d: is neither KEY = VALUE nor [vscode-grim-reaper]",
			path, line);
	if (line < 0)
		return err_set(e, "%s: cannot be read", path);
	return 0;
}
