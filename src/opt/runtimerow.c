/* SPDX-License-Identifier: BSD-2-Clause */
/* Pure: no I/O, no clock, no globals. */
/*
 * Each runtime that is built in is what somebody would write into the settings
 * (examples/runtimes.conf), so that a site can say one key otherwise, or add one
 * after it. In the man page stands which of them tests have run.
 */
#include "opt/runtimerow.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"

/* Of Apptainer and of what it was before. */
#define APPTAINER \
	[RUNTIMEKEY_IMAGES] = "directory sif sqsh name", \
	[RUNTIMEKEY_SCHEMES] = "docker library oras", \
	[RUNTIMEKEY_ENTER] = "exec %mounts %gpu %args %image", \
	[RUNTIMEKEY_START] = "instance start --pid-file %pidfile %mounts %gpu %args %image %instance", \
	[RUNTIMEKEY_JOIN] = "exec instance://%instance", \
	[RUNTIMEKEY_JOIN_SIGNALS] = "kept", \
	[RUNTIMEKEY_STOP] = "instance stop %instance", \
	[RUNTIMEKEY_BIND] = "--bind %from:%to", \
	[RUNTIMEKEY_NVIDIA] = "--nv", \
	[RUNTIMEKEY_AMD] = "--rocm", \
	[RUNTIMEKEY_IMPORT] = "pull --disable-cache %to %image"

/*
 * Of Podman and what wraps it. Its own exec leaves a program alone when it gets a
 * signal, and takes a quarter of a second; namespaces can be had without it.
 */
#define PODMAN \
	[RUNTIMEKEY_IMAGES] = "name", \
	[RUNTIMEKEY_ENTER] = "run --rm --interactive %terminal --userns=keep-id --network=host --uts=host --pid=host --ipc=host --security-opt=label=disable %variables %mounts %gpu %args --entrypoint= %image", \
	[RUNTIMEKEY_START] = "run --detach --name=%instance --pidfile=%pidfile --userns=keep-id --network=host --uts=host --pid=host --ipc=host --security-opt=label=disable %mounts %gpu %args --entrypoint= %image %hold", \
	[RUNTIMEKEY_JOIN] = "--target %pid --user --mount --preserve-credentials", \
	[RUNTIMEKEY_JOINER] = "nsenter", \
	[RUNTIMEKEY_STOP] = "rm --force --time=0 --ignore %instance", \
	[RUNTIMEKEY_BIND] = "--volume %from:%to", \
	[RUNTIMEKEY_AMD] = "--device=/dev/kfd --device=/dev/dri", \
	[RUNTIMEKEY_TERMINAL] = "--tty", \
	[RUNTIMEKEY_VARIABLE] = "--env", \
	[RUNTIMEKEY_USERNS] = "yes"

static const struct {
	const char *name;
	const char *value[RUNTIMEKEYS];
} builtin[] = {
	{ "apptainer", {
		[RUNTIMEKEY_PROGRAM] = "apptainer",
		APPTAINER,
		[RUNTIMEKEY_USERNS] = "yes",
	} },
	{ "singularity", {
		[RUNTIMEKEY_PROGRAM] = "singularity",
		APPTAINER,
	} },
	{ "enroot", {
		[RUNTIMEKEY_PROGRAM] = "enroot",
		[RUNTIMEKEY_IMAGES] = "sqsh",
		[RUNTIMEKEY_ENTER] = "start --rw --rc %script %variables %mounts %args %image",
		[RUNTIMEKEY_START] = "start --rw --rc %script %mounts %args %image %hold",
		[RUNTIMEKEY_JOIN] = "exec %variables %pid",
		[RUNTIMEKEY_BIND] = "--mount %from:%to:none:x-create=auto,rbind",
		[RUNTIMEKEY_VARIABLE] = "--env",
		[RUNTIMEKEY_USERNS] = "yes",
		[RUNTIMEKEY_IMPORT] = "import --output %to %image",
		[RUNTIMEKEY_IMPORTS] = "sqsh",
	} },
	{ "podman-hpc", {
		[RUNTIMEKEY_PROGRAM] = "podman-hpc",
		PODMAN,
		[RUNTIMEKEY_NVIDIA] = "--gpu",
	} },
	{ "podman", {
		[RUNTIMEKEY_PROGRAM] = "podman",
		PODMAN,
		[RUNTIMEKEY_NVIDIA] = "--device=nvidia.com/gpu=all",
	} },
	/* Its hooks see by the job's variables which GPUs there are. */
	{ "sarus", {
		[RUNTIMEKEY_PROGRAM] = "sarus",
		[RUNTIMEKEY_IMAGES] = "name",
		[RUNTIMEKEY_ENTER] = "run %terminal %mounts %args --entrypoint \"\" %name",
		[RUNTIMEKEY_BIND] = "--mount=type=bind,source=%from,destination=%to",
		[RUNTIMEKEY_TERMINAL] = "--tty",
		[RUNTIMEKEY_SIGNALS] = "kept",
	} },
	/* It mounts only where the image has a place, and what the site has bound never. */
	{ "shifter", {
		[RUNTIMEKEY_PROGRAM] = "shifter",
		[RUNTIMEKEY_IMAGES] = "name",
		[RUNTIMEKEY_ENTER] = "--image=docker:%name %mounts %args --",
		[RUNTIMEKEY_BIND] = "--volume=%from:%to",
		[RUNTIMEKEY_BINDS] = "site",
	} },
	{ "charliecloud", {
		[RUNTIMEKEY_PROGRAM] = "ch-run",
		[RUNTIMEKEY_IMAGES] = "directory sqsh",
		[RUNTIMEKEY_ENTER] = "%home %mounts %args %image --",
		[RUNTIMEKEY_BIND] = "--bind=%from:%to",
		[RUNTIMEKEY_HOME] = "--home",
		[RUNTIMEKEY_USERNS] = "yes",
	} },
	/*
	 * A plugin of srun: each program is a step of the job. An srun without it does
	 * not know the option, which is seen without a step.
	 */
	{ "pyxis", {
		[RUNTIMEKEY_PROGRAM] = "srun",
		[RUNTIMEKEY_IMAGES] = "sqsh name",
		[RUNTIMEKEY_CHECK] = "--container-image=none --version",
		[RUNTIMEKEY_ENTER] = "--overlap --nodes=1 --ntasks=1 --nodelist=%node --mem=0 --mpi=none --export=ALL --unbuffered %terminal --container-image=%name --no-container-remap-root --no-container-entrypoint %mounts %args",
		[RUNTIMEKEY_BIND] = "--container-mounts=%from:%to",
		[RUNTIMEKEY_TERMINAL] = "--pty",
	} },
	/* Its /proc is the node's, since it is asked for no processes of its own. */
	{ "bubblewrap", {
		[RUNTIMEKEY_PROGRAM] = "bwrap",
		[RUNTIMEKEY_IMAGES] = "directory",
		[RUNTIMEKEY_ENTER] = "%mounts --dev-bind /dev /dev --proc /proc --ro-bind-try /sys /sys %args %closed --",
		[RUNTIMEKEY_BIND] = "--bind %from %to",
		[RUNTIMEKEY_BIND_READ] = "--ro-bind %from %to",
		[RUNTIMEKEY_EMPTY] = "--tmpfs %to",
		[RUNTIMEKEY_SYMLINK] = "--symlink %from %to",
		[RUNTIMEKEY_CLOSE] = "--remount-ro %to",
		[RUNTIMEKEY_ACCOUNTS] = "yes",
		[RUNTIMEKEY_SIGNALS] = "kept",
		[RUNTIMEKEY_USERNS] = "yes",
	} },
	/* By ptrace(2): slow, and no debugger works in it; so it is the last. */
	{ "proot", {
		[RUNTIMEKEY_PROGRAM] = "proot",
		[RUNTIMEKEY_IMAGES] = "directory",
		[RUNTIMEKEY_ENTER] = "-r %image -b /dev -b /proc -b /sys %mounts %args",
		[RUNTIMEKEY_BIND] = "-b %from:%to",
		[RUNTIMEKEY_BIND_READ] = "-b %from:%to",
		[RUNTIMEKEY_ACCOUNTS] = "yes",
		[RUNTIMEKEY_SIGNALS] = "kept",
	} },
};
#define BUILTIN (sizeof builtin / sizeof *builtin)

const char *runtimerow_builtin(size_t i, enum runtimekey key)
{
	return builtin[i].value[key];
}

const char *runtimerow_builtin_name(size_t i)
{
	return i < BUILTIN ? builtin[i].name : NULL;
}

static void set_value(struct runtimerow *row, int key, const char *value)
{
	free(row->value[key]);
	row->value[key] = mem_strdup(value);
}

static struct runtimerow *find_row(const struct runtimerows *r,
	const char *name, size_t len)
{
	for (size_t i = 0; i < r->n; i++)
		if (strlen(r->row[i].name) == len &&
			memcmp(r->row[i].name, name, len) == 0)
			return &r->row[i];
	return NULL;
}

static struct runtimerow *new_row(struct runtimerows *r, const char *name,
	size_t len)
{
	struct runtimerow *row;

	r->row = mem_realloc(r->row, (r->n + 1) * sizeof *r->row);
	row = &r->row[r->n++];
	*row = (struct runtimerow){ .name = "" };
	snprintf(row->name, sizeof row->name, "%.*s", (int)len, name);
	return row;
}

static int is_builtin(const char *name)
{
	size_t i = 0;

	while (i < BUILTIN && strcmp(builtin[i].name, name) != 0)
		i++;
	return i < BUILTIN;
}

static void add_builtin(struct runtimerows *r)
{
	for (size_t i = 0; i < BUILTIN; i++) {
		struct runtimerow *row = new_row(r, builtin[i].name,
			strlen(builtin[i].name));

		for (int k = 0; k < RUNTIMEKEYS; k++)
			if (builtin[i].value[k] != NULL)
				set_value(row, k, builtin[i].value[k]);
	}
}

/* Its name, whether or not there is a key. */
static int runtime_name(const char *word, char name[RUNTIMEKEY_NAME_MAX + 1],
	struct err *e)
{
	char *text = mem_strndup(word, strcspn(word, " "));
	int ret = runtimekey_is_runtime(text, e);

	if (ret == 0)
		strcpy(name, text);
	free(text);
	return ret;
}

static int say_one(struct runtimerows *r, const char *word, struct err *e)
{
	char name[RUNTIMEKEY_NAME_MAX + 1], *key;
	const char *rest = strchr(word, ' '), *value;
	struct runtimerow *row;
	int found;

	if (runtime_name(word, name, e) == -1)
		return -1;
	row = find_row(r, name, strlen(name));
	if (rest == NULL)
		return 0;
	value = strchr(++rest, '=');
	key = mem_strndup(rest, strcspn(rest, "="));
	found = runtimekey_find(key);
	free(key);
	if (value == NULL || found == -1)
		return err_set(e, "'%.80s' is no key of a runtime", rest);
	if (runtimekey_check((enum runtimekey)found, value + 1, e) == -1)
		return -1;
	set_value(row, found, value + 1);
	return 0;
}

/* Those of the settings alone come first: who made them wants them. */
static int add_said(struct runtimerows *r, const struct opt_list *said,
	struct err *e)
{
	char name[RUNTIMEKEY_NAME_MAX + 1];

	for (size_t i = 0; i < said->n; i++) {
		if (runtime_name(said->word[i], name, e) == -1)
			return -1;
		if (!is_builtin(name) && find_row(r, name, strlen(name)) == NULL)
			new_row(r, name, strlen(name));
	}
	return 0;
}

/* Whether that is among them: NAME KEY=VALUE. */
static int is_said(const struct opt_list *said, const char *name,
	enum runtimekey key)
{
	const size_t n = strlen(name), k = strlen(runtimekey_name(key));

	for (size_t i = 0; i < said->n; i++) {
		const char *word = said->word[i];

		if (strncmp(word, name, n) == 0 && word[n] == ' ' &&
			strncmp(word + n + 1, runtimekey_name(key), k) == 0 &&
			word[n + 1 + k] == '=')
			return 1;
	}
	return 0;
}

/* Whose words of enter are others has them also where nobody said those of start. */
static void drop_instance(struct runtimerow *row, const struct opt_list *said)
{
	if (is_builtin(row->name) &&
		is_said(said, row->name, RUNTIMEKEY_ENTER) &&
		!is_said(said, row->name, RUNTIMEKEY_START))
		set_value(row, RUNTIMEKEY_START, "");
}

/* What is started must be joined; what stops with its process needs no words. */
static int check_row(const struct runtimerow *row, struct err *e)
{
	if (row->value[RUNTIMEKEY_START][0] != '\0' &&
		row->value[RUNTIMEKEY_JOIN][0] == '\0')
		return err_set(e, "[runtime %s]: start without join",
			row->name);
	return 0;
}

static int fill_up(struct runtimerow *row, struct err *e)
{
	for (int k = 0; k < RUNTIMEKEYS; k++) {
		const char *value = runtimekey_default((enum runtimekey)k);

		if (row->value[k] != NULL)
			continue;
		if (value == NULL)
			return err_set(e, "[runtime %s]: nothing says its %s",
				row->name, runtimekey_name((enum runtimekey)k));
		set_value(row, k, value);
	}
	return check_row(row, e);
}

int runtimerows_init(struct runtimerows *r, const struct opt_list *said,
	struct err *e)
{
	int ret;

	*r = (struct runtimerows){ 0 };
	ret = add_said(r, said, e);
	add_builtin(r);
	for (size_t i = 0; ret == 0 && i < said->n; i++)
		ret = say_one(r, said->word[i], e);
	for (size_t i = 0; ret == 0 && i < r->n; i++) {
		drop_instance(&r->row[i], said);
		ret = fill_up(&r->row[i], e);
	}
	if (ret == -1)
		runtimerows_fini(r);
	return ret;
}

void runtimerows_fini(struct runtimerows *r)
{
	for (size_t i = 0; i < r->n; i++)
		for (int k = 0; k < RUNTIMEKEYS; k++)
			free(r->row[i].value[k]);
	free(r->row);
	*r = (struct runtimerows){ 0 };
}

static int is_program(const struct runtimerow *row, const char *name)
{
	const char *program = row->value[RUNTIMEKEY_PROGRAM];
	const char *slash = strrchr(program, '/');

	return strcmp(program, name) == 0 ||
		(slash != NULL && strcmp(slash + 1, name) == 0);
}

const struct runtimerow *runtimerows_find(const struct runtimerows *r,
	const char *name, struct err *e)
{
	const struct runtimerow *row = find_row(r, name, strlen(name));
	struct buf all = { 0 };

	if (row != NULL)
		return row;
	for (size_t i = 0; i < r->n; i++)
		if (is_program(&r->row[i], name)) {
			err_set(e, "there is no runtime '%.80s': do you mean '%s', whose program that is?",
				name, r->row[i].name);
			return NULL;
		}
	for (size_t i = 0; i < r->n; i++)
		buf_printf(&all, ", %s", r->row[i].name);
	err_set(e, "there is no runtime '%.80s'; there are: auto%.*s", name,
		(int)all.len, buf_data(&all));
	buf_fini(&all);
	return NULL;
}

/* Of names as they are, or of a file that it makes of one. */
static int takes_names(const struct runtimerow *row)
{
	return strstr(row->value[RUNTIMEKEY_IMAGES], "name") != NULL ||
		row->value[RUNTIMEKEY_IMPORT][0] != '\0';
}

/* Of those that take names: each scheme once. */
static void put_schemes(const struct runtimerow *row, struct opt_list *all)
{
	struct opt_list words = { 0 };

	runtimekey_words(row->value[RUNTIMEKEY_SCHEMES], &words);
	for (size_t i = 0; i < words.n; i++)
		if (!optlist_has(all, words.word[i]))
			optlist_add(all, mem_strdup(words.word[i]));
	optlist_free(&words);
}

static int no_scheme(const struct opt_list *all, const char *runtime,
	const char *image, struct err *e)
{
	struct buf b = { 0 };

	for (size_t i = 0; i < all->n; i++)
		buf_printf(&b, "%s%s://", i > 0 ? ", " : "", all->word[i]);
	err_set(e, "'%.200s' is no name that %s takes: %s%.*s", image,
		strcmp(runtime, "auto") == 0 ? "any runtime" : runtime,
		all->n > 0 ? "those begin with " : "it takes no name of a registry",
		(int)b.len, buf_data(&b));
	buf_fini(&b);
	return -1;
}

int runtimerows_take_name(const struct runtimerows *r, const char *runtime,
	const char *image, struct err *e)
{
	struct opt_list all = { 0 };
	int ret = 0, takes = strstr(image, "://") == NULL;

	for (size_t i = 0; i < r->n && !takes; i++) {
		const struct runtimerow *row = &r->row[i];

		if (!takes_names(row) || (strcmp(runtime, "auto") != 0 &&
			strcmp(runtime, row->name) != 0))
			continue;
		takes = runtimekey_has_scheme(row->value[RUNTIMEKEY_SCHEMES],
			image);
		put_schemes(row, &all);
	}
	if (!takes)
		ret = no_scheme(&all, runtime, image, e);
	optlist_free(&all);
	return ret;
}

void runtimerow_say(const struct config *c, struct opt_list *said)
{
	static const enum config_part parts[] = { CONFIG_GIVE, CONFIG_LOCK };

	/* What a site locks comes last, and so counts. */
	for (size_t p = 0; p < sizeof parts / sizeof *parts; p++) {
		for (size_t i = 0; i < c->n; i++) {
			const struct config_setting *s = &c->setting[i];

			if (s->scope != CONFIG_OF_RUNTIME || s->part != parts[p])
				continue;
			optlist_add(said, s->key[0] == '\0' ?
				mem_strdup(s->of) :
				mem_printf("%s %s=%s", s->of, s->key, s->value));
		}
	}
}
