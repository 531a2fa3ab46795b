/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The words of the command line. Options are read up to the first that is
 * none, the command; its operands and more options follow in any order. Behind
 * "--" all are operands; with `shell` they are a command then, and none of them
 * is the name of a session.
 */
#include "front/cmd/command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/tag.h"
#include "config.h"
#include "front/front_options.h"
#include "front/cmd/synonym.h"
#include "os/print.h"
#include "base/mem.h"
#include "base/nearest.h"
#include "opt/opt.h"
#include "opt/salloc.h"
#include "base/shellword.h"

#define MAX_NAMES 64

static const struct command *command_find(const char *name)
{
	for (const struct command *const *c = command_table; *c; c++)
		if (strcmp((*c)->name, name) == 0)
			return *c;
	return NULL;
}

static const struct command *behind(const struct command *c)
{
	return c->alias != NULL ? command_find(c->alias) : c;
}

/* "status [NAME]", for messages. */
static const char *usage(const struct command *c, struct buf *out)
{
	buf_printf(out, "%s%s%s", c->name, c->operands ? " " : "",
		c->operands ? c->operands : "");
	buf_append(out, "", 1);
	return buf_data(out);
}

/* The command of which word is a slip, unless it destroys something. */
static const struct command *slip_of(const char *word)
{
	const char *names[MAX_NAMES] = { NULL }, *near;
	const struct command *c;
	size_t n = 0;

	for (; command_table[n] && n < MAX_NAMES; n++)
		names[n] = command_table[n]->name;
	near = nearest(word, names, n);
	c = near != NULL ? command_find(near) : NULL;
	return c != NULL && !c->destroys ? c : NULL;
}

/* What another tool's word is here. */
static int translate(const struct synonym *s, struct err *e)
{
	const struct command *c = s->command ? command_find(s->command) : NULL;
	struct buf text = { 0 };

	if (c == NULL)
		return err_set(e, "unknown command '%s': %s", s->word,
			s->sentence ? s->sentence : s->command);
	err_set(e, "unknown command '%s': here it is `%s` (%s)", s->word,
		usage(c, &text), c->help);
	buf_fini(&text);
	return -1;
}

static int unknown(const char *word, struct err *e)
{
	const struct synonym *s = synonym_find(word);
	const struct command *slip = slip_of(word);
	struct buf all = { 0 };

	if (s != NULL)
		return translate(s, e);
	if (slip != NULL)
		return err_set(e, "unknown command '%.80s': do you mean '%s'?",
			word, slip->name);
	for (const struct command *const *c = command_table; *c; c++)
		buf_printf(&all, "%s%s", all.len ? ", " : "", (*c)->name);
	err_set(e, "unknown command '%.80s': there are %.*s; an option of salloc is written --salloc-arg=OPTION",
		word, (int)all.len, buf_data(&all));
	buf_fini(&all);
	return -1;
}

static int wrong_operands(const struct command *c, const char *what,
	struct err *e)
{
	struct buf text = { 0 };

	err_set(e, "%s: %s; it is `%s`", c->name, what, usage(c, &text));
	buf_fini(&text);
	return -1;
}

static int check_name(const struct command *c, const char *name, struct err *e)
{
	if (tag_is_name(name))
		return 0;
	return err_set(e, "%s: '%.80s' is not the name of a session", c->name,
		name);
}

static void drop_first(struct opt_list *l)
{
	free(l->word[0]);
	l->n--;
	memmove(l->word, l->word + 1, l->n * sizeof *l->word);
}

/* By its option. */
static int is_session_given(const struct options *o)
{
	return optset_given(&o->set, &o->session.name);
}

/*
 * The session by operand or option, not both. named: how many of the operands
 * may be its name.
 */
static int take_session(struct options *o, const struct command *c,
	size_t named, struct err *e)
{
	static const struct opt_origin typed = { OPT_BY_COMMAND_LINE, NULL };
	struct opt_list *l = &o->line.operands;
	int given = is_session_given(o);

	if (c->session == COMMAND_EACH) {
		if (l->n > 0 && given)
			return wrong_operands(c, "a session is named twice",
				e);
		for (size_t i = 0; i < l->n; i++)
			if (check_name(c, l->word[i], e) == -1)
				return -1;
	}
	if (c->session != COMMAND_ONE || given || named == 0 ||
		l->n <= (size_t)c->min)
		return 0;
	if (check_name(c, l->word[0], e) == -1 ||
		optset_set(&o->set, optset_row(&o->set, &o->session.name),
			l->word[0], &typed, e) == -1)
		return -1;
	drop_first(l);
	return 0;
}

static int take_operands(struct options *o, const struct command *c,
	size_t named, struct err *e)
{
	/* The session is an operand that may be given otherwise. */
	int max = c->max - (c->max > 0 && c->session == COMMAND_ONE);
	struct opt_list *l = &o->line.operands;
	int by_option = c->session == COMMAND_ONE && is_session_given(o);
	char what[128];

	if (take_session(o, c, named, e) == -1)
		return -1;
	if (l->n < (size_t)c->min)
		return wrong_operands(c, "something is missing", e);
	if (max != -1 && l->n == (size_t)max + 1 && by_option)
		return wrong_operands(c, "a session is named twice", e);
	if (max != -1 && l->n > (size_t)max) {
		snprintf(what, sizeof what, "takes no argument like '%.80s'",
			l->word[max]);
		return wrong_operands(c, what, e);
	}
	return 0;
}

/* Whether its operands are a command for the job, with options of its own. */
static int is_foreign(const struct command *c)
{
	return c->max == -1 && c->session == COMMAND_ONE;
}

static void add_text(struct err *e, const char *text)
{
	size_t len = strlen(e->text);

	snprintf(e->text + len, sizeof e->text - len, "%s", text);
}

/* Whether "-pgpu", or "-p" and "gpu": salloc's partition, not our port. */
static int is_partition(const char *word, const char *next)
{
	const char *value = word[1] != 'p' ? NULL : word[2] ? word + 2 : next;

	return value != NULL && (value[0] < '0' || value[0] > '9');
}

/* Whether a word, "-p" or "--partition=x", begins an option of ours. */
static int command_is_ours(const struct opt_set *set, const char *word,
	const char *next)
{
	size_t len = strcspn(word, "=");

	if (is_partition(word, next))
		return 0;
	for (const struct opt *o = set->row; o->name || o->group; o++) {
		if (o->name == NULL)
			continue;
		if (word[1] != '-' ? o->letter != 0 && o->letter == word[1] :
			strlen(o->name) == len - 2 &&
			memcmp(o->name, word + 2, len - 2) == 0)
			return 1;
	}
	return 0;
}

/*
 * The options of salloc from argv[at] on, as they are given to us. Returns
 * whether there are any; *why: see salloc_spell().
 */
static int spell(const struct opt_set *set, int argc, char **argv, int at,
	int near, struct buf *out, const char **why)
{
	size_t n = 1;

	*why = NULL;
	for (int i = at; i < argc; i += n) {
		size_t len = out->len;

		if (i > at && command_is_ours(set, argv[i], argv[i + 1]))
			break;
		if (i > at)
			buf_puts(out, " ");
		n = salloc_spell(argv + i, argc - i, near && i == at, out, why);
		if (n == 0 || *why != NULL) {
			out->len = len;
			break;
		}
	}
	return out->len > 0;
}

/* An option of salloc, or one that looks so, behind a command without a job. */
static void no_job(const struct command *c, struct err *e)
{
	struct buf text = { 0 };
	char *hint = mem_printf("; `%s` starts no job that an option of salloc could be for",
		usage(c, &text));

	add_text(e, hint);
	free(hint);
	buf_fini(&text);
}

/* It is none of ours, so mostly one of salloc. c: behind it, or NULL. */
static void unknown_option(const struct opt_set *set,
	const struct command *c, const struct opt_fault *fault, int argc,
	char **argv, struct err *e)
{
	const char *word = argv[fault->word], *why;
	struct buf out = { 0 };
	int len = strcspn(word, "=");

	if (len > 80)
		len = 80;
	if (word[1] != '-')
		len = 2;
	/* Behind letters of ours another one may stand: -vt5. */
	if (word[1] != '-' && command_is_ours(set, word, NULL))
		return;
	if (c != NULL && !want_starts(c->want)) {
		if (!fault->near && (spell(set, argc, argv, fault->word, 1,
			&out, &why) || why != NULL)) {
			err_set(e, "unknown option '%.*s'", len, word);
			no_job(c, e);
		}
	} else if (spell(set, argc, argv, fault->word, !fault->near, &out,
		&why))
		err_set(e, "unknown option '%.*s': an option of salloc is written %.*s",
			len, word, (int)out.len, buf_data(&out));
	else if (why != NULL)
		err_set(e, "unknown option '%.*s', and that of salloc cannot be used here: %s",
			len, word, why);
	else if (word[1] == '-' && !fault->near)
		add_text(e, "; an option of salloc is written --salloc-arg=OPTION");
	buf_fini(&out);
}

/* -p is a partition for salloc and a port for us. */
static void wrong_value(const struct command *c,
	const struct opt_fault *fault, char **argv, struct err *e)
{
	struct buf out = { 0 };
	char *word;

	if (fault->option->letter != 'p' || argv[fault->word][1] == '-' ||
		fault->value[0] == '\0')
		return;
	if (c != NULL && !want_starts(c->want)) {
		no_job(c, e);
		return;
	}
	word = mem_printf("--salloc-arg=--partition=%s", fault->value);
	buf_puts(&out, "; the partition of the job is written ");
	shellword_put(&out, word);
	buf_append(&out, "", 1);
	add_text(e, buf_data(&out));
	buf_fini(&out);
	free(word);
}

/*
 * As opt_parse(), and a word more for who types what salloc would take. c: the
 * command that stands before, NULL: none yet.
 */
static int parse(struct options *o, const struct command *c, int argc,
	char **argv, int from, struct err *e)
{
	struct opt_fault fault;
	int i = opt_parse_fault(&o->set, argc, argv, from, &fault, e);

	if (i == -1 && fault.kind == OPT_FAULT_UNKNOWN)
		unknown_option(&o->set, c, &fault, argc, argv, e);
	else if (i == -1 && fault.kind == OPT_FAULT_VALUE)
		wrong_value(c, &fault, argv, e);
	return i;
}

/*
 * Whether argv[at] is the value of what -S got: "-S -p devel" gives it "-p", and
 * "devel" stands alone. Appends how both are written.
 */
static int is_cut_off(const struct opt_list *given, char **argv, int at,
	struct buf *out)
{
	const char *last = given->n > 0 ? given->word[given->n - 1] : NULL;
	size_t len = last ? strlen(last) : 0, before = strlen(argv[at - 1]);
	const char *name, *value, *why;
	char *pair[] = { (char *)last, argv[at] };

	return len > 0 && before >= len &&
		strcmp(argv[at - 1] + before - len, last) == 0 &&
		salloc_name(pair, 2, &name, &value) == 2 &&
		salloc_spell(pair, 2, 0, out, &why) == 2 && why == NULL;
}

/* What stands where a command should. */
static int no_command(const struct options *o, int argc, char **argv, int at,
	struct err *e)
{
	struct buf out = { 0 };
	const char *why;
	int ret = unknown(argv[at], e);

	/* Behind "--", for example. */
	if (argv[at][0] == '-' && spell(&o->set, argc, argv, at, 1,
		&out, &why))
		err_set(e, "unknown command '%.80s': an option of salloc is written %.*s",
			argv[at], (int)out.len, buf_data(&out));
	else if (is_cut_off(&o->job.salloc_args, argv, at, &out))
		err_set(e, "unknown command '%.80s': with the option of salloc before it, it is written %.*s",
			argv[at], (int)out.len, buf_data(&out));
	else if (strcmp(argv[at - 1], "-q") == 0)
		err_set(e, "unknown command '%.80s'; -q is --quiet here, a QOS is written --salloc-arg=--qos=%.80s",
			argv[at], argv[at]);
	buf_fini(&out);
	return ret;
}

/* Operands and options from argv[from] on. *named: see take_session(). */
static int read_operands(struct options *o, const struct command *c, int argc,
	char **argv, int from, size_t *named, struct err *e)
{
	int plain = 0;

	for (int i = from; i < argc; i++) {
		/* Ours end before the first word of a foreign command. */
		if (!plain && (!is_foreign(c) || o->line.operands.n == 0 ||
			(o->line.operands.n == 1 && !is_session_given(o)))) {
			i = parse(o, c, argc, argv, i, e);
			if (i == -1)
				return -1;
			plain = strcmp(argv[i - 1], "--") == 0;
			if (o->flags.help || o->flags.version || i == argc)
				return 0;
		}
		if (!plain || !is_foreign(c))
			++*named;
		optlist_add(&o->line.operands, mem_strdup(argv[i]));
	}
	return 0;
}

/* What `exit` means by "--all". */
static int take_implied(struct options *o, const struct command *c, char **argv,
	struct err *e)
{
	char *words[] = { argv[0], (char *)c->option, NULL };

	if (c->option == NULL)
		return 0;
	return opt_parse(&o->set, 2, words, 1, e) == -1 ? -1 : 0;
}

static int take_help(struct options *o, struct err *e)
{
	const char *word = o->line.operands.n > 0 ? o->line.operands.word[0] : NULL;

	o->flags.help = 1;
	o->line.command = word != NULL ? command_find(word) : NULL;
	return word != NULL && o->line.command == NULL ? unknown(word, e) : 0;
}

static int read_words(struct options *o, int argc, char **argv, struct err *e)
{
	int i = parse(o, NULL, argc, argv, 1, e);
	const struct command *c;
	size_t named = 0, before;

	if (i == -1)
		return -1;
	if (o->flags.help || o->flags.version)
		return 0;
	o->line.command = c = i < argc ? command_find(
		argv[i]) : command_table[0];
	if (c == NULL)
		return no_command(o, argc, argv, i, e);
	if (take_implied(o, c, argv, e) == -1)
		return -1;
	c = behind(c);
	before = o->shell.env.n;
	if (i < argc &&
		read_operands(o, c, argc, argv, i + 1, &named, e) == -1)
		return -1;
	o->line.env_behind = o->shell.env.n - before;
	if (o->flags.help || o->flags.version)
		return 0;
	if (opt_check_command(&o->set, c->name, e) == -1 ||
		take_operands(o, c, named, e) == -1)
		return -1;
	if (c->ops == NULL)
		return take_help(o, e);
	o->line.command = c;
	return 0;
}

const struct command cmd_help = {
	.name = "help",
	.operands = "[COMMAND]",
	.session = COMMAND_NONE,
	.max = 1,
	.help = "print what a command does, or this",
};

static void help_all(const struct options *o, const char *program,
	struct buf *out)
{
	buf_printf(out, "Usage: %s [OPTION]... [COMMAND [OPTION]...]\n"
		"The RemoteCommand that runs VS Code's server in a job of the cluster.\n\nCommands:\n",
		program);
	for (const struct command *const *c = command_table; *c; c++) {
		struct buf text = { 0 };

		buf_printf(out, "  %-28s", usage(*c, &text));
		opt_wrap(out, (*c)->help, 30, 30);
		buf_fini(&text);
	}
	buf_puts(out, "\n");
	opt_help(&o->set, NULL, out);
	buf_printf(out, "\nTIME is a number with s, m, h or d behind it, such as 90s or 1h30m; only extend\n"
		"takes it alone, as minutes. NAME is a session, the same as --session=NAME.\n"
		"`%s help COMMAND` tells more of one. All is in the\n"
		"manual: man vscode-remote-shell\n", program);
}

static void help(const struct options *o, const char *program,
	struct buf *out)
{
	const struct command *c = o->line.command;
	struct buf text = { 0 };

	if (c == NULL) {
		help_all(o, program, out);
		return;
	}
	buf_printf(out, "Usage: %s [OPTION]... %s\n", program,
		usage(c, &text));
	buf_fini(&text);
	opt_wrap(out, c->help, 0, 0);
	if (c->more != NULL) {
		buf_puts(out, "\n");
		opt_wrap(out, c->more, 0, 0);
	}
	buf_puts(out, "\n");
	opt_help(&o->set, behind(c)->name, out);
	buf_printf(out, "The other options are those of %s --help.\n",
		program);
}

static int command_print_help(const struct options *o, const char *program,
	struct err *e)
{
	struct buf text = { 0 };

	help(o, program, &text);
	return print_text(&text, e);
}

static int command_print_version(struct err *e)
{
	struct buf text = { 0 };

	buf_printf(&text, "%s %s\n", PACKAGE_NAME, PACKAGE_VERSION);
	return print_text(&text, e);
}

int command_line(struct options *o, int argc, char **argv, struct err *e)
{
	options_init(o, OPT_PROGRAM);
	if (read_words(o, argc, argv, e) == -1)
		return -1;
	if (o->flags.help)
		return command_print_help(o, opt_program(argc, argv), e);
	if (o->flags.version)
		return command_print_version(e);
	return front_options_finish(o, e);
}
