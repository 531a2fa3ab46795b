/* SPDX-License-Identifier: BSD-2-Clause */
/* Pure: no I/O, no clock, no globals. */
/*
 * How the words of a row (opt/runtimerow.h) become a command line.
 */
#include "agent/runtime.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/shellword.h"

/* Marks among the words of a way in; no word of a user's begins so. */
#define MARK_TERMINAL "\001terminal"
#define MARK_VARIABLES "\001variables"

const char runtime_script[] = "exec \"$@\"\n";

/* ---- rows ---------------------------------------------------------------- */

static int is_yes(const struct runtimerow *row, enum runtimekey key,
	const char *yes)
{
	return strcmp(row->value[key], yes) == 0;
}

static void runtime_init(struct runtime *r, const struct runtimerow *row)
{
	const struct {
		enum runtimekey key;
		struct opt_list *words;
	} lists[] = {
		{ RUNTIMEKEY_CHECK, &r->check },
		{ RUNTIMEKEY_ENTER, &r->enter },
		{ RUNTIMEKEY_START, &r->start },
		{ RUNTIMEKEY_JOIN, &r->join },
		{ RUNTIMEKEY_STOP, &r->stop },
		{ RUNTIMEKEY_BIND, &r->mount[MOUNT_BIND] },
		{ RUNTIMEKEY_BIND_READ, &r->mount[MOUNT_READ] },
		{ RUNTIMEKEY_EMPTY, &r->mount[MOUNT_EMPTY] },
		{ RUNTIMEKEY_SYMLINK, &r->mount[MOUNT_LINK] },
		{ RUNTIMEKEY_CLOSE, &r->mount[MOUNT_CLOSE] },
		{ RUNTIMEKEY_NVIDIA, &r->gpu[RUNTIME_NVIDIA] },
		{ RUNTIMEKEY_AMD, &r->gpu[RUNTIME_AMD] },
		{ RUNTIMEKEY_HOME, &r->home },
		{ RUNTIMEKEY_TERMINAL, &r->terminal },
		{ RUNTIMEKEY_VARIABLE, &r->variable },
		{ RUNTIMEKEY_IMPORT, &r->import },
	};

	*r = (struct runtime){ .name = row->name,
		.program = row->value[RUNTIMEKEY_PROGRAM],
		.schemes = row->value[RUNTIMEKEY_SCHEMES],
		.images = runtimekey_images(row->value[RUNTIMEKEY_IMAGES], NULL),
		.imports = is_yes(row, RUNTIMEKEY_IMPORTS, "sqsh") ?
			RUNTIME_SQSH : RUNTIME_SIF,
		.makes_root = row->value[RUNTIMEKEY_EMPTY][0] != '\0',
		.has_accounts = is_yes(row, RUNTIMEKEY_ACCOUNTS, "yes"),
		.joiner = row->value[RUNTIMEKEY_JOINER],
		.is_daemon = strstr(row->value[RUNTIMEKEY_START], "%pidfile") != NULL,
		.has_script = strstr(row->value[RUNTIMEKEY_ENTER], "%script") != NULL,
		.is_sites = is_yes(row, RUNTIMEKEY_BINDS, "site"),
		.is_between = is_yes(row, RUNTIMEKEY_SIGNALS, "kept"),
		.joins_between = is_yes(row, RUNTIMEKEY_JOIN_SIGNALS, "kept"),
		.needs_userns = is_yes(row, RUNTIMEKEY_USERNS, "yes") };
	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
		runtimekey_words(row->value[lists[i].key], lists[i].words);
}

int runtimes_init(struct runtimes *r, const struct opt_list *said,
	struct err *e)
{
	*r = (struct runtimes){ .n = 0 };
	if (runtimerows_init(&r->rows, said, e) == -1)
		return -1;
	r->list = mem_alloc(r->rows.n * sizeof *r->list);
	for (r->n = 0; r->n < r->rows.n; r->n++)
		runtime_init(&r->list[r->n], &r->rows.row[r->n]);
	return 0;
}

void runtimes_fini(struct runtimes *r)
{
	for (size_t i = 0; i < r->n; i++) {
		struct runtime *one = &r->list[i];

		optlist_free(&one->check);
		optlist_free(&one->enter);
		optlist_free(&one->start);
		optlist_free(&one->join);
		optlist_free(&one->stop);
		for (int k = 0; k < MOUNT_KINDS; k++)
			optlist_free(&one->mount[k]);
		for (int k = 0; k < RUNTIME_GPUS; k++)
			optlist_free(&one->gpu[k]);
		optlist_free(&one->home);
		optlist_free(&one->terminal);
		optlist_free(&one->variable);
		optlist_free(&one->import);
	}
	free(r->list);
	runtimerows_fini(&r->rows);
	*r = (struct runtimes){ .n = 0 };
}

/* ---- images and GPUs ----------------------------------------------------- */

static int ends_with(const char *text, const char *end)
{
	size_t n = strlen(text), m = strlen(end);

	return n > m && strcmp(text + n - m, end) == 0;
}

enum runtime_image runtime_image_of(const char *image, int is_directory)
{
	static const char *const squashed[] = { ".sqsh", ".sqfs", ".squashfs" };

	if (strstr(image, "://") != NULL)
		return RUNTIME_NAME;
	if (is_directory)
		return RUNTIME_DIRECTORY;
	for (size_t i = 0; i < sizeof squashed / sizeof *squashed; i++)
		if (ends_with(image, squashed[i]))
			return RUNTIME_SQSH;
	return RUNTIME_SIF;
}

const char *runtime_image_word(enum runtime_image image)
{
	switch (image) {
	case RUNTIME_DIRECTORY:
		return "a directory";
	case RUNTIME_SIF:
		return "a SIF file (.sif)";
	case RUNTIME_SQSH:
		return "a squashfs file (.sqsh)";
	case RUNTIME_NAME:
		break;
	}
	return "an image of a registry";
}

const char *runtime_end_of(enum runtime_image image)
{
	return image == RUNTIME_SQSH ? ".sqsh" : ".sif";
}

static const char *runtime_variable(char *const *env, const char *name)
{
	size_t n = strlen(name);

	for (; env != NULL && *env != NULL; env++)
		if (strncmp(*env, name, n) == 0 && (*env)[n] == '=')
			return *env + n + 1;
	return "";
}

/* Slurm says "NoDevFiles" where there are none to be seen. */
static int names_some(const char *value)
{
	return value[0] != '\0' && strcmp(value, "NoDevFiles") != 0;
}

enum runtime_gpu runtime_gpu_of(char *const *env)
{
	if (names_some(runtime_variable(env, "CUDA_VISIBLE_DEVICES")))
		return RUNTIME_NVIDIA;
	if (names_some(runtime_variable(env, "ROCR_VISIBLE_DEVICES")))
		return RUNTIME_AMD;
	return names_some(runtime_variable(env, "SLURM_JOB_GPUS")) ?
		RUNTIME_NVIDIA : RUNTIME_NO_GPU;
}

/* ---- words --------------------------------------------------------------- */

static void add(struct opt_list *words, const char *word)
{
	optlist_add(words, mem_strdup(word));
}

static void add_all(struct opt_list *words, const struct opt_list *more)
{
	for (size_t i = 0; i < more->n; i++)
		add(words, more->word[i]);
}

struct filling {
	const char *mark, *text;	/* mark NULL: the last */
};

/* A word in which there may be several marks. */
static void add_filled(struct opt_list *words, const char *word,
	const struct filling *with)
{
	struct buf b = { 0 };

	while (*word != '\0') {
		const struct filling *f = with;

		while (f->mark != NULL &&
			strncmp(word, f->mark, strlen(f->mark)) != 0)
			f++;
		if (f->mark != NULL)
			buf_puts(&b, f->text);
		else
			buf_append(&b, word, 1);
		word += f->mark != NULL ? strlen(f->mark) : 1;
	}
	optlist_add(words, b.len > 0 ? mem_strndup(buf_data(&b), b.len) :
		mem_strdup(""));
	buf_fini(&b);
}

static void add_mount(struct opt_list *words, const struct opt_list *form,
	const struct mount *m)
{
	const struct filling with[] = { { "%from", m->from }, { "%to", m->to },
		{ 0 } };

	for (size_t i = 0; i < form->n; i++)
		add_filled(words, form->word[i], with);
}

/* Those that close a directory are the last, by a word of their own. */
static void add_mounts(struct opt_list *words, const struct runtime *r,
	const struct mounts *m, int is_closing)
{
	for (size_t i = 0; i < m->n; i++)
		if ((m->list[i].kind == MOUNT_CLOSE) == is_closing)
			add_mount(words, &r->mount[m->list[i].kind],
				&m->list[i]);
}

/* docker://NAME is NAME for what knows only such. */
static const char *name_alone(const char *image)
{
	static const char docker[] = "docker://";

	return strncmp(image, docker, strlen(docker)) == 0 ?
		image + strlen(docker) : image;
}

static void add_one(struct opt_list *words, const struct runtime *r,
	const struct runtime_use *u, const char *word)
{
	const struct filling with[] = { { "%image", u->image },
		{ "%name", name_alone(u->image) }, { "%node", u->node },
		{ "%script", u->script }, { 0 } };

	if (strcmp(word, "%mounts") == 0)
		add_mounts(words, r, u->mounts, 0);
	else if (strcmp(word, "%closed") == 0)
		add_mounts(words, r, u->mounts, 1);
	else if (strcmp(word, "%gpu") == 0)
		add_all(words, &r->gpu[u->gpu]);
	else if (strcmp(word, "%args") == 0)
		add_all(words, u->args);
	else if (strcmp(word, "%terminal") == 0)
		add(words, MARK_TERMINAL);
	else if (strcmp(word, "%variables") == 0)
		add(words, MARK_VARIABLES);
	else if (strcmp(word, "%home") != 0)
		add_filled(words, word, with);
	else if (u->is_usual_home)
		add_all(words, &r->home);
}

/* It says its pid where the runtime does not, and is nothing but there. */
static void add_hold(struct opt_list *words, const struct runtime *r,
	const struct runtime_instance *i)
{
	const char *const hold[] = { "/bin/sh", "-c",
		"test -z \"$1\" || echo $$ >\"$1\"; exec sleep 2147483647",
		"sh", r->is_daemon ? "" : i->pidfile };

	for (size_t k = 0; k < sizeof hold / sizeof *hold; k++)
		add(words, hold[k]);
}

static void add_of_instance(struct opt_list *words, const char *word,
	const struct runtime_instance *i)
{
	const struct filling with[] = { { "%instance", i->name },
		{ "%pidfile", i->pidfile }, { "%pid", i->pid }, { 0 } };

	if (strcmp(word, "%terminal") == 0)
		add(words, MARK_TERMINAL);
	else if (strcmp(word, "%variables") == 0)
		add(words, MARK_VARIABLES);
	else if (strcmp(word, "%args") == 0)
		add_all(words, i->args);
	else
		add_filled(words, word, with);
}

void runtime_start(const struct runtime *r, const struct runtime_use *u,
	const struct runtime_instance *i, struct opt_list *words)
{
	add(words, u->path);
	for (size_t k = 0; k < r->start.n; k++) {
		const char *word = r->start.word[k];

		if (strcmp(word, "%hold") == 0)
			add_hold(words, r, i);
		else if (strstr(word, "%instance") != NULL ||
			strstr(word, "%pidfile") != NULL)
			add_of_instance(words, word, i);
		else
			add_one(words, r, u, word);
	}
}

void runtime_join(const struct runtime *r, const char *path,
	const struct runtime_instance *i, struct opt_list *words)
{
	add(words, path);
	for (size_t k = 0; k < r->join.n; k++)
		add_of_instance(words, r->join.word[k], i);
}

void runtime_stop(const struct runtime *r, const char *path,
	const struct runtime_instance *i, struct opt_list *words)
{
	if (r->stop.n > 0)
		add(words, path);
	for (size_t k = 0; k < r->stop.n; k++)
		add_of_instance(words, r->stop.word[k], i);
}

void runtime_enter(const struct runtime *r, const struct runtime_use *u,
	struct opt_list *words)
{
	add(words, u->path);
	for (size_t i = 0; i < r->enter.n; i++)
		add_one(words, r, u, r->enter.word[i]);
}

void runtime_import(const struct runtime *r, const char *image, const char *to,
	struct opt_list *words)
{
	const struct filling with[] = { { "%image", image },
		{ "%name", name_alone(image) }, { "%to", to }, { 0 } };

	for (size_t i = 0; i < r->import.n; i++)
		add_filled(words, r->import.word[i], with);
}

/*
 * What the image says of PATH stays; where it says nothing the node's came in, to
 * which Charliecloud adds /bin.
 */
const char *const runtime_begin[] = { "/bin/sh", "-c",
	"case $PATH in \"$1\"|\"$1:/bin\") PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin ;; esac\n"
	"SHELL=$3; export PATH SHELL; cd \"$2\" 2>/dev/null || cd /; shift 3; exec \"$@\"",
	"sh", NULL };

/* A runtime refuses all for one that no shell could have set. */
int runtime_is_name(const char *variable)
{
	size_t n = strspn(variable, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789");

	return n > 0 && variable[n] == '=' && (variable[0] < '0' ||
		variable[0] > '9');
}

/*
 * Names alone: the values are in the environment that the runtime has. PATH is the
 * image's own.
 */
static void add_variables(struct opt_list *words, const struct runtime *r,
	char *const *env)
{
	for (; env != NULL && *env != NULL; env++) {
		if (!runtime_is_name(*env) || strncmp(*env, "PATH=", 5) == 0)
			continue;
		add_all(words, &r->variable);
		optlist_add(words, mem_strndup(*env, strcspn(*env, "=")));
	}
}

void runtime_put_words(const struct runtime *r, const struct opt_list *enter,
	char *const *env, int is_terminal, struct opt_list *words)
{
	for (size_t i = 0; i < enter->n; i++) {
		const char *word = enter->word[i];

		if (strcmp(word, MARK_VARIABLES) == 0)
			add_variables(words, r, env);
		else if (strcmp(word, MARK_TERMINAL) != 0)
			add(words, word);
		else if (is_terminal)
			add_all(words, &r->terminal);
	}
}

static void put_shell_words(struct buf *out, const struct opt_list *words)
{
	for (size_t i = 0; i < words->n; i++) {
		shellword_put(out, words->word[i]);
		buf_puts(out, " ");
	}
}

/* What is printed there is cut at blanks, and quotes are bytes: words have none. */
static void put_if_terminal(struct buf *out, const struct opt_list *words)
{
	buf_puts(out, "$(test ! -t 0 || echo");
	for (size_t i = 0; i < words->n; i++)
		buf_printf(out, " %s", words->word[i]);
	buf_puts(out, ") ");
}

/* Some variables are set by who reads this: an sshd, a script of an app. */
void runtime_put_shell(const struct runtime *r, const struct opt_list *enter,
	char *const *env, struct buf *out)
{
	static char term[] = "TERM=", dir[] = "APP_DIR=", port[] = "APP_PORT=",
		socket[] = "APP_SOCKET=", token[] = "APP_TOKEN_FILE=";
	static char *const later[] = { term, dir, port, socket, token, NULL };

	for (size_t i = 0; i < enter->n; i++) {
		struct opt_list words = { 0 };
		const char *word = enter->word[i];

		if (strcmp(word, MARK_TERMINAL) == 0) {
			put_if_terminal(out, &r->terminal);
			continue;
		}
		if (strcmp(word, MARK_VARIABLES) == 0) {
			add_variables(&words, r, env);
			add_variables(&words, r, later);
		} else {
			add(&words, word);
		}
		put_shell_words(out, &words);
		optlist_free(&words);
	}
}

/* ---- mounts -------------------------------------------------------------- */

void mounts_add(struct mounts *m, enum mount_kind kind, const char *from,
	const char *to)
{
	m->list = mem_realloc(m->list, (m->n + 1) * sizeof *m->list);
	m->list[m->n++] = (struct mount){ kind, mem_strdup(from),
		mem_strdup(to) };
}

void mounts_free(struct mounts *m)
{
	for (size_t i = 0; i < m->n; i++) {
		free(m->list[i].from);
		free(m->list[i].to);
	}
	free(m->list);
	*m = (struct mounts){ 0 };
}

/* Runtimes cut their words at a colon, so no path of ours may have one. */
int mounts_bind(struct mounts *m, const char *text, struct err *e)
{
	size_t n = strcspn(text, ":");
	const char *to = text[n] == ':' ? text + n + 1 : text;
	char *from;

	if (text[0] != '/' || to[0] != '/' || strchr(to, ':') != NULL)
		return err_set(e, "'%.200s' is not an absolute path, or two with ':' between them",
			text);
	from = mem_strndup(text, n);
	mounts_add(m, MOUNT_BIND, from, to);
	free(from);
	return 0;
}

static int mount_is_below(const char *path, const char *above)
{
	size_t n = strlen(above);

	while (n > 1 && above[n - 1] == '/')
		n--;
	return strncmp(path, above, n) == 0 &&
		(path[n] == '/' || path[n] == '\0');
}

void mounts_same(struct mounts *m, const char *path)
{
	if (path[0] != '/' || path[1] == '\0' || strchr(path, ':') != NULL)
		return;
	for (size_t i = 0; i < m->n; i++)
		if (m->list[i].kind == MOUNT_BIND &&
			mount_is_below(path, m->list[i].to) &&
			strcmp(m->list[i].from, m->list[i].to) == 0)
			return;
	mounts_add(m, MOUNT_BIND, path, path);
}

int mounts_is_system(const char *path)
{
	static const char *const dirs[] = { "/bin", "/boot", "/dev", "/etc",
		"/lib", "/lib32", "/lib64", "/libx32", "/proc", "/sbin", "/sys",
		"/usr" };

	for (size_t i = 0; i < sizeof dirs / sizeof *dirs; i++)
		if (mount_is_below(path, dirs[i]))
			return 1;
	return strcmp(path, "/") == 0;
}
