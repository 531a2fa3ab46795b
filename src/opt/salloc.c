/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One row an option. What a value may look like was compared with Slurm's own
 * parsers; where those wrap around (a time of 99999999999) this one refuses.
 */
#include "opt/salloc.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/nearest.h"
#include "base/shellword.h"
#include "base/timespan.h"

#define ELEMENTS(a) (sizeof(a) / sizeof *(a))
#define SLURM_MAX_NUMBER (INT32_MAX - 1)

struct option {
	const char *name;
	char letter;		/* 0: none */
	enum { NEEDS_VALUE, MAY_HAVE_VALUE, NO_VALUE } arg;
	int (*parse)(const struct option *o, struct salloc *s,
		const char *value, struct err *e);
	size_t field;
	long max;
	const char *excludes;	/* the option it cannot stand beside */
	const char *why;	/* of an option that is refused */
};

static int bad(const struct option *o, const char *value, const char *want,
	struct err *e)
{
	return err_set(e, "--%s=%.100s: %s", o->name, value, want);
}

static void set_string(const struct option *o, struct salloc *s, char *value)
{
	char **field = (char **)(void *)((char *)s + o->field);

	free(*field);
	*field = value;
}

static int parse_string(const struct option *o, struct salloc *s,
	const char *value, struct err *e)
{
	if (strlen(value) > (size_t)o->max)
		return err_set(e, "--%s: longer than %ld bytes", o->name,
			o->max);
	set_string(o, s, mem_strdup(value));
	return 0;
}

static int parse_hosts(const struct option *o, struct salloc *s,
	const char *value, struct err *e)
{
	if (strchr(value, '/'))
		return bad(o, value, "files of node names are not read here, give the names",
			e);
	return parse_string(o, s, value, e);
}

/* Decimal digits at *p, moved behind them. -1: none, or more than max. */
static int digits(const char **p, uint64_t max, uint64_t *n)
{
	const char *begin = *p;

	for (*n = 0; **p >= '0' && **p <= '9'; (*p)++) {
		*n = *n * 10 + (uint64_t)(**p - '0');
		if (*n > max)
			return -1;
	}
	return *p == begin ? -1 : 0;
}

static int parse_number(const struct option *o, struct salloc *s,
	const char *value, struct err *e)
{
	const char *p = value;
	uint64_t n;

	if (digits(&p, (uint64_t)o->max, &n) == -1 || *p != '\0' || n == 0)
		return err_set(e, "--%s=%.100s: not a number from 1 to %ld",
			o->name, value, o->max);
	*(uint32_t *)(void *)((char *)s + o->field) = (uint32_t)n;
	return 0;
}

static int parse_time(const struct option *o, struct salloc *s,
	const char *value, struct err *e)
{
	uint64_t minutes;
	long seconds = 0;
	int ret;

	if (strcmp(value, "-1") == 0 || strcasecmp(value, "INFINITE") == 0 ||
		strcasecmp(value, "UNLIMITED") == 0) {
		s->time_limit = SALLOC_UNLIMITED;
		s->time_seconds = 0;
		return 0;
	}
	ret = timespan_slurm(value, &seconds);
	if (ret == -1)
		return bad(o, value, "not a time; minutes, minutes:seconds, hours:minutes:seconds or days-hours[:minutes[:seconds]]",
			e);
	minutes = ((uint64_t)seconds + 59) / 60;
	if (ret != 0 || minutes > SLURM_MAX_NUMBER / 60)
		return bad(o, value, "too long", e);
	/* As with sbatch, no time means no limit. */
	s->time_seconds = (uint64_t)seconds;
	s->time_limit = minutes ? (uint32_t)minutes : SALLOC_UNLIMITED;
	return 0;
}

static int parse_memory(const struct option *o, struct salloc *s,
	const char *value, struct err *e)
{
	const char *p = value;
	uint64_t n;

	if (digits(&p, UINT64_C(1) << 40, &n) == -1)
		goto bad;
	switch (*p) {
	case 'k': case 'K':
		n = (n + 1023) / 1024;
		p++;
		break;
	case 'm': case 'M':
		p++;
		break;
	case 'g': case 'G':
		n *= 1024;
		p++;
		break;
	case 't': case 'T':
		n *= 1024 * 1024;
		p++;
		break;
	}
	if (*p == 'b' || *p == 'B')
		p++;
	if (*p != '\0')
		goto bad;
	*(uint64_t *)(void *)((char *)s + o->field) = n;
	return 0;
bad:
	return bad(o, value, "not an amount of memory such as 4000 (MB), 500M or 8G",
		e);
}

/* A count with k or m behind it. */
static int node_count(const char **p, uint64_t *n)
{
	int shift;

	if (digits(p, SLURM_MAX_NUMBER, n) == -1)
		return -1;
	shift = **p == 'k' || **p == 'K' ? 10 :
		**p == 'm' || **p == 'M' ? 20 : 0;
	*p += shift != 0;
	*n <<= shift;
	return *n > SLURM_MAX_NUMBER ? -1 : 0;
}

static int parse_nodes(const struct option *o, struct salloc *s,
	const char *value, struct err *e)
{
	const char *p = value;
	uint64_t min, max;

	if (node_count(&p, &min) == -1)
		goto bad;
	max = min;
	if (*p == '-') {
		p++;
		if (node_count(&p, &max) == -1)
			goto bad;
	}
	if (*p != '\0' || min == 0 || max < min)
		goto bad;
	s->min_nodes = (uint32_t)min;
	s->max_nodes = (uint32_t)max;
	return 0;
bad:
	return bad(o, value, "not a number of nodes, N or MIN-MAX", e);
}

/* Each word of a comma list with prefix before it, unless it has it. */
static int prefixed(const struct option *o, struct salloc *s,
	const char *value, const char *prefix, struct err *e)
{
	struct buf out = { 0 };
	const char *p = value;

	for (;;) {
		size_t len = strcspn(p, ",");

		if (len == 0) {
			buf_fini(&out);
			return bad(o, value, "an empty word in the list", e);
		}
		if (out.len > 0)
			buf_puts(&out, ",");
		buf_puts(&out, prefix);
		buf_append(&out, p, len);
		p += len;
		if (*p++ == '\0')
			break;
	}
	if (out.len > (size_t)o->max) {
		buf_fini(&out);
		return err_set(e, "--%s: longer than %ld bytes", o->name,
			o->max);
	}
	set_string(o, s, mem_strndup(buf_data(&out), out.len));
	buf_fini(&out);
	return 0;
}

/* Slurm before 23.11 knows only "gres:NAME", later ones convert it. */
static int parse_gres(const struct option *o, struct salloc *s,
	const char *value, struct err *e)
{
	if (strcasecmp(value, "none") == 0) {
		set_string(o, s, NULL);
		return 0;
	}
	if (strcasecmp(value, "help") == 0 || strcasecmp(value, "list") == 0)
		return bad(o, value, "ask `salloc --gres=help`", e);
	return prefixed(o, s, value, "gres:", e);
}

static int parse_gpus(const struct option *o, struct salloc *s,
	const char *value, struct err *e)
{
	return prefixed(o, s, value, "gres:gpu:", e);
}

static int parse_exclusive(const struct option *o, struct salloc *s,
	const char *value, struct err *e)
{
	if (value == NULL || strcasecmp(value, "exclusive") == 0)
		s->exclusive = SALLOC_EXCLUSIVE;
	else if (strcasecmp(value, "user") == 0)
		s->exclusive = SALLOC_EXCLUSIVE_USER;
	else if (strcasecmp(value, "mcs") == 0)
		s->exclusive = SALLOC_EXCLUSIVE_MCS;
	else
		return bad(o, value, "not exclusive, user or mcs", e);
	return 0;
}

static int salloc_refuse(const struct option *o, struct salloc *s,
	const char *value, struct err *e)
{
	(void)s;
	(void)value;
	return err_set(e, "--%s: %s", o->name, o->why);
}

#define AT(member) .field = offsetof(struct salloc, member)
#define STRING(member) \
	.parse = parse_string, AT(member), .max = SALLOC_STRING_MAX
#define HOSTS(member) .parse = parse_hosts, AT(member), .max = 65000
#define REFUSED(reason) .parse = salloc_refuse, .why = reason
#define OURS "the session sets this by itself"
#define ONE_SHELL "a session is one job with one agent"

static const struct option options[] = {
	{ "account", 'A', STRING(account) },
	{ "chdir", 'D', STRING(chdir) },
	{ "comment", 0, STRING(comment) },
	{ "constraint", 'C', STRING(constraint) },
	{ "cpus-per-task", 'c', .parse = parse_number, AT(cpus_per_task),
		.max = 65533 },
	{ "exclude", 'x', HOSTS(exclude) },
	{ "exclusive", 0, MAY_HAVE_VALUE, .parse = parse_exclusive },
	{ "gpus", 'G', .parse = parse_gpus, AT(gpus),
		.max = SALLOC_STRING_MAX },
	{ "gpus-per-node", 0, .parse = parse_gpus, AT(gpus_per_node),
		.max = SALLOC_STRING_MAX / 2 },
	{ "gres", 0, .parse = parse_gres, AT(gres),
		.max = SALLOC_STRING_MAX / 2 },
	{ "job-name", 'J', STRING(job_name) },
	{ "licenses", 'L', STRING(licenses) },
	{ "mem", 0, .parse = parse_memory, AT(mem), .excludes = "mem-per-cpu" },
	{ "mem-per-cpu", 0, .parse = parse_memory, AT(mem_per_cpu),
		.excludes = "mem" },
	{ "nodelist", 'w', HOSTS(nodelist) },
	{ "nodes", 'N', .parse = parse_nodes },
	{ "ntasks", 'n', .parse = parse_number, AT(ntasks),
		.max = SLURM_MAX_NUMBER },
	{ "partition", 'p', STRING(partition) },
	{ "qos", 'q', STRING(qos) },
	{ "reservation", 0, STRING(reservation) },
	{ "time", 't', .parse = parse_time },
	{ "wckey", 0, STRING(wckey) },
	/* Those people try, with the reason why not. */
	{ "array", 'a', REFUSED(ONE_SHELL) },
	{ "dependency", 'd', REFUSED(OURS) },
	{ "error", 'e', REFUSED(OURS) },
	{ "export", 0, REFUSED(OURS) },
	{ "input", 'i', REFUSED(OURS) },
	{ "no-requeue", 0, NO_VALUE, REFUSED(OURS) },
	{ "no-shell", 0, NO_VALUE, REFUSED(OURS) },
	{ "output", 'o', REFUSED(OURS) },
	{ "pty", 0, NO_VALUE, REFUSED("ssh -t gives a terminal") },
	{ "signal", 0, REFUSED("Slurm sends it to no shell of a batch job; use --signal of vscode-remote-shell itself") },
	{ "requeue", 0, NO_VALUE, REFUSED(ONE_SHELL) },
	{ "wrap", 0, REFUSED(OURS) },
	{ "x11", 0, MAY_HAVE_VALUE, REFUSED("not for a batch job") },
};

/* The option that a word is probably meant to name, dashes or not; or NULL. */
static const struct option *meant(const char *word)
{
	char *name = mem_strndup(word + strspn(word, "-"),
		strcspn(word + strspn(word, "-"), "="));
	const char *names[ELEMENTS(options)], *found;
	const struct option *o = NULL;

	for (size_t i = 0; i < ELEMENTS(options); i++)
		names[i] = options[i].name;
	found = nearest(name, names, ELEMENTS(options));
	for (size_t i = 0; i < ELEMENTS(options) && found != NULL; i++)
		if (names[i] == found)
			o = &options[i];
	free(name);
	return o;
}

/* What is meant, or all names that can be used. */
static int not_understood(const char *word, const char *why, struct err *e)
{
	const struct option *o = meant(word);
	const char *value = strchr(word, '=');
	struct buf out = { 0 };

	if (o != NULL && o->why == NULL)
		return err_set(e, "'%.100s': %s; do you mean --%s%.100s?", word,
			why, o->name, value ? value : "");

	for (size_t i = 0; i < ELEMENTS(options); i++)
		if (options[i].why == NULL)
			buf_printf(&out, " --%s", options[i].name);
	err_set(e, "'%.100s': %s; understood are%.*s (see salloc(1))", word,
		why, (int)out.len, buf_data(&out));
	buf_fini(&out);
	return -1;
}

/* As getopt_long: the name itself, or the only one it is the beginning of. */
static const struct option *find_long(const char *word, const char *name,
	size_t len, struct err *e)
{
	const struct option *found = NULL, *other = NULL;

	for (size_t i = 0; i < ELEMENTS(options); i++) {
		const struct option *o = &options[i];

		if (strncmp(o->name, name, len) != 0)
			continue;
		if (o->name[len] == '\0')
			return o;
		other = found;
		found = o;
	}
	if (other) {
		err_set(e, "'%.100s': could be --%s or --%s", word,
			other->name, found->name);
		return NULL;
	}
	if (found == NULL)
		not_understood(word, "not an option that can be used here", e);
	return found;
}

static const struct option *find_short(const char *word, struct err *e)
{
	for (size_t i = 0; i < ELEMENTS(options); i++)
		if (options[i].letter == word[1])
			return &options[i];
	not_understood(word, "not an option that can be used here", e);
	return NULL;
}

/*
 * The option that words[0] names, and its value or NULL. Returns how many of
 * the n words were used, or -1.
 */
static int salloc_take(char *const *words, size_t n, const struct option **o,
	const char **value, struct err *e)
{
	const char *word = words[0];

	*value = NULL;
	if (word[0] != '-' || word[1] == '\0' || strcmp(word, "--") == 0)
		return not_understood(word, "not an option", e);
	if (word[1] == '-') {
		size_t len = strcspn(word + 2, "=");

		*o = find_long(word, word + 2, len, e);
		if (word[2 + len] == '=')
			*value = word + 2 + len + 1;
	} else {
		*o = find_short(word, e);
		if (word[2] != '\0')
			*value = word + 2;
	}
	if (*o == NULL)
		return -1;
	if ((*o)->arg == NO_VALUE && *value)
		return err_set(e, "--%s: takes no value", (*o)->name);
	if ((*o)->arg != NEEDS_VALUE || *value)
		return 1;
	if (n < 2)
		return err_set(e, "--%s: its value is missing", (*o)->name);
	*value = words[1];
	return 2;
}

size_t salloc_spell(char *const *words, size_t n, int near, struct buf *out,
	const char **why)
{
	const struct option *o = NULL;
	const char *value = NULL;
	int used = n > 0 ? salloc_take(words, n, &o, &value, NULL) : 0;
	char *word;

	*why = NULL;
	if (o == NULL && near && n > 0 && words[0][0] == '-') {
		o = meant(words[0]);
		value = strchr(words[0], '=');
		value = value ? value + 1 : NULL;
		used = 1;
	}
	if (o == NULL)
		return 0;
	if (o->why != NULL) {
		*why = o->why;
		return 1;
	}
	/* "-p gpu" in one word has a blank before the value. */
	if (value != NULL)
		value += strspn(value, " ");
	else if (o->arg == NEEDS_VALUE)
		value = "VALUE";
	word = mem_printf("--salloc-arg=--%s%s%s", o->name, value ? "=" : "",
		value ? value : "");
	shellword_put(out, word);
	free(word);
	return used < 1 ? 1 : (size_t)used;
}

size_t salloc_name(char *const *words, size_t n, const char **name,
	const char **value)
{
	const struct option *o = NULL;
	int used = n > 0 ? salloc_take(words, n, &o, value, NULL) : 0;

	if (used < 1)
		return 0;
	*name = o->name;
	return (size_t)used;
}

#define SEVERAL_MAX 32

/*
 * Whether word is several, "-p gpu" or "--gres=gpu:1 --time=60", as one writes
 * them for Slurm's own commands. -1 with e then.
 */
static int check_one(const char *word, struct err *e)
{
	char *copy, *save = NULL, *words[SEVERAL_MAX];
	struct buf out = { 0 };
	const char *why;
	size_t n = 0, i = 0, used = 0;
	int ret = 0;

	/* A comment may say what it likes. */
	if (word[0] != '-' || strchr(word, ' ') == NULL ||
		strncmp(word, "--comment=", 10) == 0)
		return 0;
	copy = mem_strdup(word);
	for (char *w = strtok_r(copy, " ", &save); w != NULL && n < SEVERAL_MAX;
		w = strtok_r(NULL, " ", &save))
		words[n++] = w;
	for (; i < n; i += used) {
		if (i > 0)
			buf_puts(&out, " ");
		used = salloc_spell(words + i, n - i, 0, &out, &why);
		if (used == 0 || why != NULL)
			break;
	}
	if (n > 0 && i >= n)
		ret = err_set(e, "'%.200s': each option is a word of its own here: %.*s",
			word, (int)out.len, buf_data(&out));
	buf_fini(&out);
	free(copy);
	return ret;
}

static void empty(struct salloc *s)
{
	*s = (struct salloc){
		.mem = SALLOC_MEM_UNSET, .mem_per_cpu = SALLOC_MEM_UNSET,
	};
}

int salloc_parse(struct salloc *s, char *const *words, size_t n, struct err *e)
{
	unsigned char seen[ELEMENTS(options)] = { 0 };
	const struct option *o = NULL;
	const char *value;
	int used;

	empty(s);
	for (size_t i = 0; i < n; i += (size_t)used) {
		used = check_one(words[i], e) == -1 ? -1 :
			salloc_take(words + i, n - i, &o, &value, e);
		if (used == -1)
			goto fail;
		if (value && *value == '\0') {
			err_set(e, "--%s: its value is empty", o->name);
			goto fail;
		}
		if (o->parse(o, s, value, e) == -1)
			goto fail;
		seen[o - options] = 1;
	}
	for (size_t i = 0; i < ELEMENTS(options); i++) {
		o = &options[i];
		if (!seen[i] || o->excludes == NULL)
			continue;
		for (size_t k = 0; k < ELEMENTS(options); k++)
			if (seen[k] && !strcmp(options[k].name, o->excludes)) {
				err_set(e, "--%s and --%s exclude each other",
					o->name, o->excludes);
				goto fail;
			}
	}
	return 0;
fail:
	salloc_fini(s);
	return -1;
}

void salloc_fini(struct salloc *s)
{
	for (size_t i = 0; i < ELEMENTS(options); i++) {
		const struct option *o = &options[i];

		if (o->parse == parse_string || o->parse == parse_hosts ||
			o->parse == parse_gres || o->parse == parse_gpus)
			set_string(o, s, NULL);
	}
	empty(s);
}

int salloc_time(uint64_t *seconds, const char **other, char *const *words,
	size_t n, struct err *e)
{
	struct salloc s = { 0 };
	int used;

	*other = NULL;
	for (size_t i = 0; i < n; i += (size_t)used) {
		const struct option *o = NULL;
		const char *value;

		if (check_one(words[i], e) == -1)
			return -1;
		used = salloc_take(words + i, n - i, &o, &value, e);
		if (o == NULL || o->parse != parse_time) {
			used = used == -1 ? 1 : used;
			*other = *other != NULL ? *other : words[i];
		} else if (used == -1 || parse_time(o, &s, value, e) == -1) {
			return -1;
		}
	}
	*seconds = s.time_seconds;
	return 0;
}
