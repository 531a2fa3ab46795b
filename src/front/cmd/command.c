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
#include <unistd.h>

#include "config.h"
#include "front/front_options.h"
#include "front/cmd/sessionword.h"
#include "front/cmd/settings.h"
#include "front/cmd/sitepage.h"
#include "front/cmd/synonym.h"
#include "os/print.h"
#include "base/mem.h"
#include "base/nearest.h"
#include "opt/opt.h"
#include "opt/optenv.h"
#include "opt/optsalloc.h"
#include "base/shellword.h"

#define PROFILES_NAMED 20

static const struct command *command_find(const char *name)
{
	for (const struct command *const *c = command_table; *c; c++)
		if (strcmp((*c)->name, name) == 0)
			return *c;
	return NULL;
}

int command_is_free(const char *name, struct err *e)
{
	return command_find(name) == NULL ? 0 :
		err_set(e, "a profile cannot have the name of a command");
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

/*
 * The command or profile of which word is a slip, unless that destroys something.
 * NULL: there is none.
 */
static const char *slip_of(const char *word, const struct opt_list *profiles)
{
	const char **names = NULL, *near;
	const struct command *c;
	size_t n = 0;

	for (; command_table[n] != NULL; n++) {
		names = mem_realloc(names, (n + 1) * sizeof *names);
		names[n] = command_table[n]->name;
	}
	names = mem_realloc(names, (n + profiles->n) * sizeof *names);
	for (size_t i = 0; i < profiles->n; i++)
		names[n++] = profiles->word[i];
	near = nearest(word, names, n);
	free(names);
	c = near != NULL ? command_find(near) : NULL;
	return c != NULL && c->destroys ? NULL : near;
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

/* "; profiles: a, b"; of many only that there are. */
static void put_profiles(const struct opt_list *profiles, struct buf *out)
{
	if (profiles->n > PROFILES_NAMED) {
		buf_printf(out, "; `profiles` lists %zu profiles", profiles->n);
		return;
	}
	for (size_t i = 0; i < profiles->n; i++)
		buf_printf(out, "%s%s", i ? ", " : "; profiles: ",
			profiles->word[i]);
}

/* profiles: those that the word could mean, too. */
static int unknown(const char *word, const struct opt_list *profiles,
	struct err *e)
{
	const struct synonym *s = synonym_find(word);
	const char *slip = slip_of(word, profiles);
	struct buf all = { 0 };

	if (s != NULL)
		return translate(s, e);
	if (slip != NULL)
		return err_set(e, "unknown command '%.80s': do you mean %s'%s'?",
			word, command_find(slip) ? "" : "the profile ", slip);
	for (const struct command *const *c = command_table; *c; c++)
		buf_printf(&all, "%s%s", all.len ? ", " : "", (*c)->name);
	put_profiles(profiles, &all);
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
	struct sessionword w;

	return sessionword_read(&w, name, NULL, 0, e) == -1 ?
		err_prefix(e, "%s: ", c->name) : 0;
}

static void drop(struct opt_list *l, size_t at)
{
	free(l->word[at]);
	l->n--;
	memmove(l->word + at, l->word + at + 1, (l->n - at) * sizeof *l->word);
}

/* Whether one of its operands may name its session. */
static int has_one_session(const struct command *c)
{
	return c->session == COMMAND_ONE || c->session == COMMAND_LAST;
}

/* By its option. */
static int is_session_given(const struct options *o)
{
	return optset_source(&o->set, optset_row(&o->set, &o->session.name)) ==
		OPT_BY_COMMAND_LINE;
}

static int is_profile_given(const struct options *o)
{
	return optset_source(&o->set, optset_row(&o->set,
		&o->session.profile)) == OPT_BY_COMMAND_LINE;
}

/* The word of a profile, which names its own session. */
static int take_profile(struct options *o, const char *name, struct err *e)
{
	static const struct opt_origin typed = { OPT_BY_COMMAND_LINE, NULL };

	if (is_profile_given(o))
		return err_set(e, "'%s': a profile is named twice", name);
	return optset_set(&o->set, optset_row(&o->set, &o->session.profile),
		name, &typed, e);
}

static int give(struct options *o, const void *value, const char *text,
	struct err *e)
{
	static const struct opt_origin typed = { OPT_BY_COMMAND_LINE, NULL };

	return text[0] == '\0' ? 0 :
		optset_set(&o->set, optset_row(&o->set, value), text, &typed, e);
}

/* "profiles: cpu, gpu" */
static char *profile_names(const struct config *settings)
{
	struct opt_list names = { 0 };
	struct buf text = { 0 };
	char *copy;

	config_names(settings, CONFIG_OF_PROFILE, &names);
	for (size_t i = 0; i < names.n; i++)
		buf_printf(&text, "%s%s", i ? ", " : "profiles: ",
			names.word[i]);
	copy = names.n > 0 ? mem_strndup(buf_data(&text), text.len) :
		mem_strdup("there are no profiles");
	buf_fini(&text);
	optlist_free(&names);
	return copy;
}

/* The name of a session that is no profile's. */
static int take_session_name(struct options *o, const struct config *settings,
	const struct command *c, const char *name, struct err *e)
{
	if (c->takes_known && name[0] != '\0' &&
		!front_options_are_for_job(o, OPT_BY_COMMAND_LINE))
		o->line.profiles = profile_names(settings);
	return give(o, &o->session.name, name, e);
}

/*
 * By an operand: a session, or the profile that names it, and maybe a node of its
 * job. known_hosts has the name by which ssh knows it.
 */
static int take_session_word(struct options *o, const struct config *settings,
	const struct command *c, const char *word, struct err *e)
{
	const struct opt *node = optset_row(&o->set, &o->shell.node);
	struct sessionword w;

	if (sessionword_read(&w, word, o->keys.known_hosts ? NULL :
		o->line.strip, opt_is_of(node, c->name), e) == -1)
		return err_prefix(e, "%s: ", c->name);
	if (w.node[0] != '\0' && o->shell.node != NULL)
		return wrong_operands(c, "a node is named twice", e);
	if (!is_profile_given(o) && config_has_profile(settings, w.name) ?
		take_profile(o, w.name, e) == -1 :
		take_session_name(o, settings, c, w.name, e) == -1)
		return -1;
	return give(o, &o->shell.node, w.node, e);
}

/*
 * The session by operand or option, not both; a profile's name stands for its
 * session. named: how many of the operands may be its name.
 */
static int take_session(struct options *o, const struct config *settings,
	const struct command *c, size_t named, struct err *e)
{
	struct opt_list *l = &o->line.operands;
	int given = is_session_given(o);
	size_t at = c->session == COMMAND_LAST ? l->n - 1 : 0;

	if (c->session == COMMAND_EACH) {
		if (l->n > 0 && given)
			return wrong_operands(c, "a session is named twice",
				e);
		for (size_t i = 0; i < l->n; i++)
			if (check_name(c, l->word[i], e) == -1)
				return -1;
	}
	if (!has_one_session(c) || given || named == 0 ||
		l->n <= (size_t)c->min ||
		(c->is_operand != NULL && c->is_operand(l->word[0])))
		return 0;
	if (take_session_word(o, settings, c, l->word[at], e) == -1)
		return -1;
	drop(l, at);
	return 0;
}

static int take_operands(struct options *o, const struct config *settings,
	const struct command *c, size_t named, struct err *e)
{
	/* The session is an operand that may be given otherwise. */
	int max = c->max - (c->max > 0 && has_one_session(c));
	struct opt_list *l = &o->line.operands;
	int by_option = has_one_session(c) && is_session_given(o);
	char what[128];

	if (take_session(o, settings, c, named, e) == -1)
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
 * whether there are any; *why: see optsalloc_spell().
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
		n = optsalloc_spell(set, argv + i, argc - i, near && i == at,
			out, why);
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
	word = mem_printf("--partition=%s", fault->value);
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
static int is_cut_off(const struct options *o, char **argv, int at,
	struct buf *out)
{
	const struct opt_list *given = &o->job.salloc_args;
	const char *last = given->n > 0 ? given->word[given->n - 1] : NULL;
	size_t len = last ? strlen(last) : 0, before = strlen(argv[at - 1]);
	const char *why;
	char *pair[] = { (char *)last, argv[at] };

	return len > 0 && before >= len &&
		strcmp(argv[at - 1] + before - len, last) == 0 &&
		optsalloc_spell(&o->set, pair, 2, 0, out, &why) == 2 &&
		why == NULL;
}

/* What stands where a command should. */
static int no_command(const struct options *o, const struct config *settings,
	char **argv, int at, struct err *e)
{
	struct opt_list profiles = { 0 };
	struct buf out = { 0 };
	int ret;

	config_profiles(settings, &profiles);
	ret = unknown(argv[at], &profiles, e);
	optlist_free(&profiles);
	if (is_cut_off(o, argv, at, &out))
		err_set(e, "unknown command '%.80s': with the option of salloc before it, it is written %.*s",
			argv[at], (int)out.len, buf_data(&out));
	else if (strcmp(argv[at - 1], "-q") == 0)
		err_set(e, "unknown command '%.80s'; -q is --quiet here, a QOS is written --qos=%.80s",
			argv[at], argv[at]);
	buf_fini(&out);
	return ret;
}

static int is_dashes(const char *word)
{
	return strcmp(word, "--") == 0;
}

/*
 * Whether argv[at], behind "--", begins options of salloc, which go on to the end:
 * of a command that makes a job, and has no words of its own to take there.
 */
static int is_rest(const struct command *c, char **argv, int at)
{
	return want_starts(c->want) && c->max != -1 && argv[at][0] == '-';
}

static int take_rest(struct options *o, char **argv, struct err *e)
{
	static const struct opt_origin typed = { OPT_BY_COMMAND_LINE, NULL };
	const struct opt *row = optset_row(&o->set, &o->job.salloc_args);

	for (; *argv != NULL; argv++)
		if (optset_set(&o->set, row, *argv, &typed, e) == -1)
			return -1;
	return 0;
}

/*
 * Operands and options from argv[from] on. plain: "--" stands before. *named: see
 * take_session().
 */
static int read_operands(struct options *o, const struct command *c, int argc,
	char **argv, int from, int plain, size_t *named, struct err *e)
{
	for (int i = from; i < argc; i++) {
		/* Ours end before the first word of a foreign command. */
		if (!plain && (!is_foreign(c) || o->line.operands.n == 0 ||
			(o->line.operands.n == 1 && !is_session_given(o)))) {
			i = parse(o, c, argc, argv, i, e);
			if (i == -1)
				return -1;
			plain = is_dashes(argv[i - 1]);
			if (o->flags.help || o->flags.version || i == argc)
				return 0;
		}
		if (plain && is_rest(c, argv, i))
			return take_rest(o, argv + i, e);
		if (!plain || !is_foreign(c))
			++*named;
		optlist_add(&o->line.operands, mem_strdup(argv[i]));
	}
	return 0;
}

/* Whether options of a job mean something. */
static int has_job(const struct command *c)
{
	return want_starts(c->want) || c->shows_job;
}

/*
 * Options of a job behind a command that makes none. Before it a site's wrapper may
 * have put some, whatever the command. A workgroup is for every command.
 */
static int check_job_options(const struct options *o, const struct command *c,
	struct err *e)
{
	const struct opt *group = optset_row(&o->set, &o->job.group);
	struct buf name = { 0 }, text = { 0 };

	if (has_job(c))
		return 0;
	for (const struct opt *row = NULL; (row = optset_next(&o->set, row));) {
		if (!row->of_job || row == group ||
			!optset_is_since_mark(&o->set, row))
			continue;
		optsalloc_name(row, &name);
		err_set(e, "%.*s: `%s` starts no job that it could be for",
			(int)name.len, buf_data(&name), usage(c, &text));
		buf_fini(&name);
		buf_fini(&text);
		return -1;
	}
	return 0;
}

static int is_idle(const struct opt *row, const struct command *c)
{
	switch (row->needs) {
	case OPT_NEEDS_CONNECTION:
		return !want_has_shell(c->want) && !c->shows_job;
	case OPT_NEEDS_SESSION:
		return c->want == SESSION_NOTHING && !c->shows_job;
	default:
		return 0;
	}
}

/* Options that this command does not use: behind it, as above. */
static void note_idle_options(struct options *o, const struct command *c)
{
	for (const struct opt *row = NULL; (row = optset_next(&o->set, row));)
		if (is_idle(row, c) && optset_is_since_mark(&o->set, row))
			optlist_add(&o->set.notes, mem_printf("--%s has no effect with %s: it is for %s",
				row->name, c->name,
				row->needs == OPT_NEEDS_SESSION ?
				"the start of a session" :
				"a connection, so give it where you connect"));
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
	return word != NULL && o->line.command == NULL ?
		unknown(word, &(struct opt_list){ 0 }, e) : 0;
}

/* The first word: a command, or a profile to attach by. NULL with e set. */
static const struct command *take_word(struct options *o,
	const struct config *settings, int argc, char **argv, int at,
	struct err *e)
{
	int none = at == argc || (is_dashes(argv[at - 1]) &&
		is_rest(command_table[0], argv, at));
	const struct command *c = none ? command_table[0] :
		command_find(argv[at]);

	if (c == NULL && config_has_profile(settings, argv[at]))
		return take_profile(o, argv[at], e) == -1 ? NULL :
			command_table[0];
	if (c == NULL)
		(void)no_command(o, settings, argv, at, e);
	return c;
}

static int read_words(struct options *o, const struct config *settings,
	int argc, char **argv, struct err *e)
{
	int i = parse(o, NULL, argc, argv, 1, e);
	const struct command *c;
	size_t named = 0, before;
	int plain;

	if (i == -1)
		return -1;
	if (o->flags.help || o->flags.version)
		return 0;
	o->line.command = c = take_word(o, settings, argc, argv, i, e);
	if (c == NULL || take_implied(o, c, argv, e) == -1)
		return -1;
	c = behind(c);
	before = o->shell.env.n;
	plain = i < argc && argv[i][0] == '-';
	optset_mark(&o->set);
	if (i < argc && read_operands(o, c, argc, argv, i + !plain, plain,
		&named, e) == -1)
		return -1;
	o->line.env_behind = o->shell.env.n - before;
	if (o->flags.help || o->flags.version)
		return 0;
	if (opt_check_command(&o->set, c->name, e) == -1 ||
		check_job_options(o, c, e) == -1 ||
		take_operands(o, settings, c, named, e) == -1)
		return -1;
	note_idle_options(o, c);
	if (c->ops == NULL && c->print == NULL)
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
		"Options of salloc for the job are taken by their whole names, --partition=devel,\n"
		"and behind -- as salloc takes them.\n"
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

/* Of help alone the settings are not given yet. */
static int print_site(struct options *o, struct config *settings,
	const struct err *bad, const char *program, struct err *e)
{
	const struct config_who who = { .groups = settings_groups(settings) };
	struct opt_list commands = { 0 };
	struct buf text = { 0 };
	int ret = COMMAND_SETTINGS_BAD;

	for (const struct command *const *c = command_table; *c != NULL; c++) {
		struct buf typed = { 0 };

		optlist_add(&commands, mem_strdup(usage(*c, &typed)));
		optlist_add(&commands, mem_strdup((*c)->help));
		buf_fini(&typed);
	}
	if (bad->text[0] != '\0')
		*e = *bad;
	else if (settings_give(settings, o, &who, NULL, e) == 0 &&
		sitepage_write(o, settings, program, &commands, &text, e) == 0)
		ret = print_text(&text, e);
	buf_fini(&text);
	optlist_free(&commands);
	return ret;
}

static int command_print_version(struct err *e)
{
	struct buf text = { 0 };

	buf_printf(&text, "%s %s\n", PACKAGE_NAME, PACKAGE_VERSION);
	return print_text(&text, e);
}

/*
 * Settings are not good, and the command tells of that itself: then it is as if there
 * were none.
 */
static int read_without(struct options *o, int argc, char **argv,
	const struct err *bad, struct err *e)
{
	int ret;

	options_free(o);
	options_init(o, OPT_PROGRAM);
	ret = read_words(o, &(struct config){ 0 }, argc, argv, e);
	if (ret == 0)
		o->line.bad_settings = mem_strdup(bad->text);
	return ret == 0 ? front_options_finish(o, e) : ret;
}

static int read_once(struct options *o, const struct config *settings,
	const struct config_who *who, const struct settings_typed *typed,
	int argc, char **argv, struct err *e)
{
	const char *name;

	options_free(o);
	options_init(o, OPT_PROGRAM);
	if (settings_give(settings, o, who, typed, e) != -1)
		return read_words(o, settings, argc, argv, e);
	/* A profile that there is not was typed so, or is in a variable. */
	name = who->profile != NULL ? who->profile :
		optenv_value(&o->set, environ, &o->session.profile);
	return name != NULL && !config_has_profile(settings, name) ? -1 :
		COMMAND_SETTINGS_BAD;
}

static int has_partitions(const struct config *settings)
{
	struct opt_list names = { 0 };
	int ret;

	config_names(settings, CONFIG_OF_PARTITION, &names);
	ret = names.n > 0;
	optlist_free(&names);
	return ret;
}

/*
 * What the words say counts more than the settings, but they say which profile
 * does: so they are read once more, over what the settings have given. Which
 * partition is asked for is known only then; where settings differ by that, all is
 * read a third time.
 */
static int read_over(struct options *o, struct config *settings,
	int argc, char **argv, struct err *e)
{
	char *profile = is_profile_given(o) ? mem_strdup(o->session.profile) :
		NULL;
	char *launcher = optset_given(&o->set, &o->job.launcher) ?
		mem_strdup(o->job.launcher) : NULL;
	char *partition = NULL;
	struct config_who who = { .profile = profile,
		.groups = settings_groups(settings) };
	const struct settings_typed typed = { launcher, o->job.start,
		optset_given(&o->set, &o->job.start),
		has_job(o->line.command) };
	const struct command *c;
	int ret;

	ret = read_once(o, settings, &who, &typed, argc, argv, e);
	if (ret == 0 && has_partitions(settings) && (who.partition =
		partition = settings_partition(settings, o, &who)) != NULL)
		ret = read_once(o, settings, &who, &typed, argc, argv, e);
	c = o->line.command;
	if (ret == 0 && c != NULL)
		ret = settings_hold(settings, o, &who, c->name, c->names_app ?
			o->line.operands.word[0] : NULL,
			want_starts(c->want), e);
	free(partition);
	free(launcher);
	free(profile);
	return ret;
}

int command_read(struct options *o, int argc, char **argv,
	struct config *settings, const struct err *bad, struct err *e)
{
	int ret, takes_bad;

	options_init(o, OPT_PROGRAM);
	ret = read_words(o, settings, argc, argv, e);
	if (ret == 0 && (o->flags.help || o->flags.version))
		return 0;
	takes_bad = ret == 0 && o->line.command->takes_bad_settings;
	if (takes_bad && bad->text[0] != '\0')
		return read_without(o, argc, argv, bad, e);
	/* What tells of a file's faults works while another has some. */
	if (bad->text[0] != '\0' && (ret == -1 || o->flags.check == NULL ||
		strcmp(o->flags.check, OPTIONS_BARE) == 0)) {
		*e = *bad;
		return COMMAND_SETTINGS_BAD;
	}
	if (ret == 0 && (settings->n > 0 || is_profile_given(o) ||
		has_job(o->line.command) || optenv_is_there(&o->set, environ)))
		ret = read_over(o, settings, argc, argv, e);
	if (takes_bad && ret == COMMAND_SETTINGS_BAD) {
		const struct err why = *e;

		return read_without(o, argc, argv, &why, e);
	}
	return ret == 0 ? front_options_finish(o, e) : ret;
}

int command_line(struct options *o, int argc, char **argv,
	struct config *settings, const struct err *bad, struct err *e)
{
	int ret = command_read(o, argc, argv, settings, bad, e);

	if (ret != 0)
		return ret;
	if (o->flags.help && o->site.page)
		return print_site(o, settings, bad, opt_program(argc, argv), e);
	if (o->flags.help)
		return command_print_help(o, opt_program(argc, argv), e);
	if (o->flags.version)
		return command_print_version(e);
	return o->line.command->print == NULL ? 0 :
		o->line.command->print(o, settings, e);
}
