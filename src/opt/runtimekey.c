/* SPDX-License-Identifier: BSD-2-Clause */
/* Pure: no I/O, no clock, no globals. */
/*
 * A row a key: what it is called, what it is unless somebody says it, and what it
 * may be. A value is looked at where its file is read, so that a slip is told with
 * its line, and not by a runtime in the job.
 */
#include "opt/runtimekey.h"

#include <stddef.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/tag.h"

static const char *const of_enter[] = { "%image", "%name", "%mounts", "%closed",
	"%gpu", "%home", "%args", "%terminal", "%variables", "%node", "%script",
	NULL };
static const char *const of_start[] = { "%image", "%name", "%mounts", "%gpu",
	"%home", "%args", "%variables", "%node", "%script", "%instance",
	"%pidfile", "%hold", NULL };
static const char *const of_join[] = { "%instance", "%pid", "%terminal",
	"%variables", "%args", NULL };
static const char *const of_stop[] = { "%instance", "%pid", NULL };
static const char *const of_mounts[] = { "%from", "%to", NULL };
static const char *const of_import[] = { "%image", "%name", "%to", NULL };
static const char *const of_others[] = { NULL };

/* What stands behind each '%' must be one of these. */
static int check_marks(const char *value, const char *const *marks,
	struct err *e)
{
	for (const char *at = value; (at = strchr(at, '%')) != NULL; at++) {
		const char *const *mark = marks;

		while (*mark != NULL && strncmp(at, *mark, strlen(*mark)) != 0)
			mark++;
		if (*mark == NULL)
			return err_set(e, "'%.40s' stands for nothing here: see the manual",
				at);
	}
	return 0;
}

static int check_program(const char *value, struct err *e)
{
	return value[0] == '/' || (value[0] != '\0' &&
		strpbrk(value, "/ ") == NULL) ? 0 :
		err_set(e, "'%.80s' is neither a name nor an absolute path",
			value);
}

int runtimekey_images(const char *value, struct err *e)
{
	static const struct {
		const char *word;
		enum runtime_image image;
	} kinds[] = {
		{ "directory", RUNTIME_DIRECTORY }, { "sif", RUNTIME_SIF },
		{ "sqsh", RUNTIME_SQSH }, { "name", RUNTIME_NAME },
	};
	struct opt_list words = { 0 };
	int images = 0;

	runtimekey_words(value, &words);
	for (size_t i = 0; i < words.n && images != -1; i++) {
		size_t k = 0;

		while (k < sizeof kinds / sizeof *kinds &&
			strcmp(kinds[k].word, words.word[i]) != 0)
			k++;
		if (k == sizeof kinds / sizeof *kinds)
			images = err_set(e, "'%.80s' is not one of directory, sif, sqsh, name",
				words.word[i]);
		else
			images |= kinds[k].image;
	}
	if (words.n == 0)
		images = err_set(e, "is empty");
	optlist_free(&words);
	return images;
}

static int check_images(const char *value, struct err *e)
{
	return runtimekey_images(value, e) == -1 ? -1 : 0;
}

/* Of RFC 3986, in lower case, as runtimes have them. */
static int check_schemes(const char *value, struct err *e)
{
	return value[strspn(value, "abcdefghijklmnopqrstuvwxyz0123456789+-. ")] ==
		'\0' ? 0 : err_set(e, "'%.80s' has more than names of registries, as docker, and blanks",
			value);
}

static int check_enter(const char *value, struct err *e)
{
	if (strstr(value, "%image") == NULL && strstr(value, "%name") == NULL &&
		strstr(value, "%mounts") == NULL)
		return err_set(e, "nothing in it stands for the image: %%image or %%name");
	return check_marks(value, of_enter, e);
}

/* By the pid it is told whether it is there. */
static int check_start(const char *value, struct err *e)
{
	if (value[0] != '\0' && strstr(value, "%pidfile") == NULL &&
		strstr(value, "%hold") == NULL)
		return err_set(e, "nothing in it tells the instance's process: %%pidfile or %%hold");
	return check_marks(value, of_start, e);
}

static int check_join(const char *value, struct err *e)
{
	if (value[0] != '\0' && strstr(value, "%instance") == NULL &&
		strstr(value, "%pid") == NULL)
		return err_set(e, "nothing in it stands for the instance: %%instance or %%pid");
	return check_marks(value, of_join, e);
}

/* None is said by "". */
static int check_joiner(const char *value, struct err *e)
{
	return value[0] == '\0' ? 0 : check_program(value, e);
}

static int check_stop(const char *value, struct err *e)
{
	return check_marks(value, of_stop, e);
}

static int check_mount(const char *value, struct err *e)
{
	return check_marks(value, of_mounts, e);
}

static int check_import(const char *value, struct err *e)
{
	if (value[0] != '\0' && (strstr(value, "%to") == NULL ||
		(strstr(value, "%image") == NULL &&
		strstr(value, "%name") == NULL)))
		return err_set(e, "it needs %%to, and %%image or %%name");
	return check_marks(value, of_import, e);
}

static int check_words(const char *value, struct err *e)
{
	return check_marks(value, of_others, e);
}

/* It goes through a shell as it is. */
static int check_terminal(const char *value, struct err *e)
{
	return value[strspn(value, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 -_=.,/")] == '\0' ?
		0 : err_set(e, "'%.80s' has more than letters, digits and -_=.,/",
			value);
}

static int check_either(const char *value, const char *one,
	const char *other, struct err *e)
{
	return strcmp(value, one) == 0 || strcmp(value, other) == 0 ? 0 :
		err_set(e, "'%.80s' is not one of %s, %s", value, one, other);
}

static int check_yes(const char *value, struct err *e)
{
	return check_either(value, "yes", "no", e);
}

static int check_imports(const char *value, struct err *e)
{
	return check_either(value, "sif", "sqsh", e);
}

static int check_binds(const char *value, struct err *e)
{
	return check_either(value, "session", "site", e);
}

static int check_signals(const char *value, struct err *e)
{
	return check_either(value, "passed", "kept", e);
}

static const struct {
	const char *name, *value;
	int (*check)(const char *value, struct err *e);
} keys[RUNTIMEKEYS] = {
	[RUNTIMEKEY_PROGRAM] = { "program", NULL, check_program },
	[RUNTIMEKEY_IMAGES] = { "images", NULL, check_images },
	[RUNTIMEKEY_SCHEMES] = { "schemes", "docker", check_schemes },
	[RUNTIMEKEY_CHECK] = { "check", "", check_words },
	[RUNTIMEKEY_ENTER] = { "enter", NULL, check_enter },
	[RUNTIMEKEY_START] = { "start", "", check_start },
	[RUNTIMEKEY_JOIN] = { "join", "", check_join },
	[RUNTIMEKEY_JOINER] = { "join-program", "", check_joiner },
	[RUNTIMEKEY_JOIN_SIGNALS] = { "join-signals", "passed", check_signals },
	[RUNTIMEKEY_STOP] = { "stop", "", check_stop },
	[RUNTIMEKEY_BIND] = { "bind", "", check_mount },
	[RUNTIMEKEY_BIND_READ] = { "bind-read", "", check_mount },
	[RUNTIMEKEY_EMPTY] = { "empty", "", check_mount },
	[RUNTIMEKEY_SYMLINK] = { "symlink", "", check_mount },
	[RUNTIMEKEY_CLOSE] = { "close", "", check_mount },
	[RUNTIMEKEY_NVIDIA] = { "nvidia", "", check_words },
	[RUNTIMEKEY_AMD] = { "amd", "", check_words },
	[RUNTIMEKEY_HOME] = { "home", "", check_words },
	[RUNTIMEKEY_TERMINAL] = { "terminal", "", check_terminal },
	[RUNTIMEKEY_VARIABLE] = { "variable", "", check_words },
	[RUNTIMEKEY_ACCOUNTS] = { "accounts", "no", check_yes },
	[RUNTIMEKEY_BINDS] = { "binds", "session", check_binds },
	[RUNTIMEKEY_SIGNALS] = { "signals", "passed", check_signals },
	[RUNTIMEKEY_USERNS] = { "user-namespace", "no", check_yes },
	[RUNTIMEKEY_IMPORT] = { "import", "", check_import },
	[RUNTIMEKEY_IMPORTS] = { "imports", "sif", check_imports },
};

const char *runtimekey_name(enum runtimekey key)
{
	return keys[key].name;
}

const char *runtimekey_default(enum runtimekey key)
{
	return keys[key].value;
}

int runtimekey_find(const char *name)
{
	for (int i = 0; i < RUNTIMEKEYS; i++)
		if (strcmp(keys[i].name, name) == 0)
			return i;
	return -1;
}

int runtimekey_check(enum runtimekey key, const char *value, struct err *e)
{
	return keys[key].check(value, e) == 0 ? 0 :
		err_prefix(e, "%s: ", keys[key].name);
}

void runtimekey_words(const char *value, struct opt_list *words)
{
	for (;;) {
		size_t len;

		value += strspn(value, " \t");
		len = strcspn(value, " \t");
		if (len == 0)
			return;
		optlist_add(words, len == 2 && memcmp(value, "\"\"", 2) == 0 ?
			mem_strdup("") : mem_strndup(value, len));
		value += len;
	}
}

int runtimekey_has_scheme(const char *schemes, const char *image)
{
	const char *end = strstr(image, "://");
	size_t n = end != NULL ? (size_t)(end - image) : 0;
	struct opt_list words = { 0 };
	int has = 0;

	runtimekey_words(schemes, &words);
	for (size_t i = 0; i < words.n && n > 0 && !has; i++)
		has = strlen(words.word[i]) == n &&
			memcmp(words.word[i], image, n) == 0;
	optlist_free(&words);
	return has;
}

int runtimekey_is_runtime(const char *name, struct err *e)
{
	if (!tag_is_name(name) || strlen(name) > RUNTIMEKEY_NAME_MAX ||
		strcmp(name, "auto") == 0)
		return err_set(e, "'%.80s' is no name of a runtime: one has up to %d letters, digits, '.', '_' and '-', and is not auto",
			name, RUNTIMEKEY_NAME_MAX);
	return 0;
}
