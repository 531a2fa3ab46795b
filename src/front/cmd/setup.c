/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The command setup: it asks what no option says, one question after another, and
 * prints what a user is to do on his own computer. Questions go to stderr, since
 * stdout may be a file of his; under ssh stdin is his keyboard also without a
 * terminal. Where it is at its end the proposals are the answers.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/tag.h"
#include "front/cmd/commands.h"
#include "front/hostkeyfile.h"
#include "front/job/invocation.h"
#include "front/parting.h"
#include "front/setup/ownpath.h"
#include "front/setup/setupscript.h"
#include "front/setup/setuptext.h"
#include "net/flow.h"
#include "opt/optsalloc.h"
#include "opt/optval.h"
#include "os/fd.h"
#include "os/hostaddr.h"
#include "os/log.h"
#include "os/stall.h"

#define PREFIX "slurm-"
#define NONE "none"		/* of the profiles */
#define ALL "all"
#define ANSWER_MAX 4096		/* bytes of a line */
#define READ_SIZE 1024

struct setup_work {
	const struct invocation *inv;
	struct event *begin;
	struct setup_input {
		struct inflow in;
		int is_read;		/* in is in use */
		struct buf text;
	} input;
	size_t question;		/* which is asked; QUESTIONS: none is left */
	struct setup_answers {
		int editor, second_factor;
		char *login;
		struct opt_list known, profiles;
	} answer;
};

/* ---- questions ---------------------------------------------------------------- */

/* An answer that is a word of an option which has some. -1 with e set. */
static int take_choice(const struct opt *row, const char *answer, int *word,
	struct err *e)
{
	struct buf words = { 0 };
	int i = optval_word(row, answer);

	if (i != -1) {
		*word = i;
		return 0;
	}
	optval_words(row, &words);
	err_set(e, "'%.80s' is none of %.*s", answer, (int)words.len,
		buf_data(&words));
	buf_fini(&words);
	return -1;
}

/* "vscode, cursor [vscode]" */
static void put_proposal(const struct opt *row, int proposed, struct buf *out)
{
	optval_words(row, out);
	buf_printf(out, " [%s] ", row->words[proposed]);
}

static const struct opt *option_row(const struct setup_work *w, const void *value)
{
	return optset_row(&w->inv->opt->set, value);
}

static void ask_editor(const struct setup_work *w, struct buf *out)
{
	buf_puts(out, "Which editor? ");
	put_proposal(option_row(w, &w->inv->opt->setup.editor), w->answer.editor, out);
}

static int take_editor(struct setup_work *w, const char *answer, struct err *e)
{
	return take_choice(option_row(w, &w->inv->opt->setup.editor), answer,
		&w->answer.editor, e);
}

/* ssh takes what begins with '-' for an option. */
static int is_host_name(const char *name)
{
	return name[0] != '-' && tag_is_name(name) && sshentry_is_plain(name);
}

static void ask_login(const struct setup_work *w, struct buf *out)
{
	buf_printf(out, "What stands behind ssh when you come here, without a user? [%s] ",
		w->answer.login);
}

static int take_login(struct setup_work *w, const char *answer, struct err *e)
{
	if (!is_host_name(answer))
		return err_set(e, "'%.80s' is not the name of a host", answer);
	free(w->answer.login);
	w->answer.login = mem_strdup(answer);
	return 0;
}

static void ask_factor(const struct setup_work *w, struct buf *out)
{
	buf_puts(out, "Does a login ask for a second factor, such as a code? ");
	put_proposal(option_row(w, &w->inv->opt->setup.second_factor),
		w->answer.second_factor, out);
}

static int take_factor(struct setup_work *w, const char *answer, struct err *e)
{
	return take_choice(option_row(w, &w->inv->opt->setup.second_factor), answer,
		&w->answer.second_factor, e);
}

static void ask_profiles(const struct setup_work *w, struct buf *out)
{
	buf_puts(out, "Which profiles, with blanks between them? ");
	for (size_t i = 0; i < w->answer.known.n; i++)
		buf_printf(out, "%s, ", w->answer.known.word[i]);
	buf_puts(out, NONE " [all] ");
}

static void copy_list(struct opt_list *to, const struct opt_list *from)
{
	optlist_free(to);
	for (size_t i = 0; i < from->n; i++)
		optlist_add(to, mem_strdup(from->word[i]));
}

/* Whatever stands behind the program is read as words of a command line. */
static int check_profiles(const struct opt_list *profiles, struct err *e)
{
	for (size_t i = 0; i < profiles->n; i++) {
		const char *name = profiles->word[i];

		if (!is_host_name(name))
			return err_set(e, "the profile '%.80s' cannot be part of a host's name: give it another in your settings, or name those that you want",
				name);
		if (strcmp(name, NONE) == 0 || strcmp(name, ALL) == 0)
			return err_set(e, "the profile '%.80s' has the name of an answer: give it another in your settings, or name those that you want",
				name);
	}
	return 0;
}

/* "none" is all of them; -1 with e set. */
static int choose_profiles(struct setup_work *w, const struct opt_list *names,
	struct err *e)
{
	int none = names->n == 1 && strcmp(names->word[0], NONE) == 0;

	for (size_t i = 0; i < names->n && !none; i++)
		if (!optlist_has(&w->answer.known, names->word[i]))
			return err_set(e, w->answer.known.n == 0 ?
				"there is no profile '%.80s': the settings have none" :
				"there is no profile '%.80s': `profiles` lists them",
				names->word[i]);
	if (!none && check_profiles(names, e) == -1)
		return -1;
	copy_list(&w->answer.profiles, none ? &(struct opt_list){ 0 } : names);
	return 0;
}

static int take_profiles(struct setup_work *w, const char *answer,
	struct err *e)
{
	char *copy = mem_strdup(answer), *save = NULL;
	struct opt_list names = { 0 };
	int ret;

	for (char *word = strtok_r(copy, " ,\t", &save); word != NULL;
		word = strtok_r(NULL, " ,\t", &save))
		optlist_add(&names, mem_strdup(word));
	ret = names.n == 1 && strcmp(names.word[0], ALL) == 0 ? 0 :
		choose_profiles(w, &names, e);
	optlist_free(&names);
	free(copy);
	return ret;
}

static int editor_is_given(const struct setup_work *w)
{
	return optset_given(&w->inv->opt->set, &w->inv->opt->setup.editor);
}

static int login_is_given(const struct setup_work *w)
{
	return w->inv->opt->forward.login_host != NULL;
}

static int factor_is_given(const struct setup_work *w)
{
	return optset_given(&w->inv->opt->set,
		&w->inv->opt->setup.second_factor);
}

static int profiles_are_given(const struct setup_work *w)
{
	return w->inv->opt->line.operands.n > 0 || w->answer.known.n == 0;
}

static const struct {
	int (*is_given)(const struct setup_work *w);
	void (*ask)(const struct setup_work *w, struct buf *out);
	int (*take)(struct setup_work *w, const char *answer, struct err *e);
} questions[] = {
	{ editor_is_given, ask_editor, take_editor },
	{ login_is_given, ask_login, take_login },
	{ factor_is_given, ask_factor, take_factor },
	{ profiles_are_given, ask_profiles, take_profiles },
};
#define QUESTIONS (sizeof questions / sizeof *questions)

/* ---- what is printed ---------------------------------------------------------- */

/* Whether it is for the session's entry, and not for setup itself. */
static int is_of_entry(const struct options *o, const struct opt *row)
{
	if (optset_source(&o->set, row) != OPT_BY_COMMAND_LINE ||
		row->commands != NULL || row->type == OPT_COUNT ||
		row == optset_row(&o->set, &o->forward.login_host))
		return 0;
	return !row->of_user || row == optset_row(&o->set, &o->session.name) ||
		row == optset_row(&o->set, &o->session.profile);
}

/* Append " --name=value", as a word that needs no quotes; -1 with e set. */
static int put_option(const struct opt *row, const char *value,
	struct buf *out, struct err *e)
{
	struct buf word = { 0 };
	int ret = 0;

	optsalloc_name(row, &word);
	if (value[0] != '\0')
		buf_printf(&word, "=%s", value);
	buf_append(&word, "", 1);
	if (sshentry_is_plain(buf_data(&word)))
		buf_printf(out, " %s", buf_data(&word));
	else
		ret = err_set(e, "%.200s cannot stand in an ssh configuration without quotes: write it into a profile of your settings, and name that",
			buf_data(&word));
	buf_fini(&word);
	return ret;
}

static int put_of_entry(const struct options *o, const struct opt *row,
	struct buf *out, struct err *e)
{
	const struct opt_list *list = (const void *)((const char *)o + row->at);
	struct buf value = { 0 };
	int ret = 0;

	if (row->type == OPT_LIST) {
		for (size_t i = 0; i < list->n && ret == 0; i++)
			ret = put_option(row, list->word[i], out, e);
		return ret;
	}
	if (row->type != OPT_FLAG)
		optval_put(row, o, &value);
	buf_append(&value, "", 1);
	ret = put_option(row, buf_data(&value), out, e);
	buf_fini(&value);
	return ret;
}

/* The options of the default session that were typed behind setup. */
static int put_options(const struct options *o, struct buf *out, struct err *e)
{
	for (const struct opt *row = NULL; (row = optset_next(&o->set, row));)
		if (is_of_entry(o, row) && put_of_entry(o, row, out, e) == -1)
			return -1;
	buf_append(out, "", 1);
	return 0;
}

static int check_plain(const struct setup *s, struct err *e)
{
	if (!sshentry_is_plain(s->program))
		return err_set(e, "the path %.200s cannot stand in an ssh configuration without quotes: make a link to it that has none of blanks, %% and what a shell knows, and call that",
			s->program);
	if (!is_host_name(s->login))
		return err_set(e, "'%.80s' is not the name of a host: --login-host=HOST says another",
			s->login);
	if (!sshentry_is_plain(s->user))
		return err_set(e, "the user's name '%.80s' cannot stand in an ssh configuration without quotes",
			s->user);
	return check_profiles(s->profiles, e);
}

static void setup_print(const struct setup_work *w, const struct setup *s)
{
	const struct options_setup *o = &w->inv->opt->setup;
	struct buf out = { 0 };
	int ret;

	if (o->script == SETUPSCRIPT_NONE)
		setuptext_put(s, o->way, &out);
	else
		setupscript_put(s, o->way == SETUPTEXT_PROXY ||
			!s->editor->has_remote ? DESKTOP_PROXY : DESKTOP_REMOTE,
			o->script, &out);
	ret = fd_write_all(STDOUT_FILENO, buf_data(&out), out.len);
	buf_fini(&out);
	if (ret == -1)
		log_fail("stdout: %s", strerror(errno));
	parting_exit(w->inv->parting, ret == -1 ? EX_IOERR : EX_OK);
}

/* All is known that a user knows. */
static void print_with_key(const struct setup_work *w, const char *host_key)
{
	const struct options *o = w->inv->opt;
	const char *prefix = o->line.strip != NULL ? o->line.strip : PREFIX;
	char *program = ownpath(w->inv->called);
	char *name = mem_strndup(prefix, strlen(prefix) - 1);
	struct buf options = { 0 };
	struct err e;
	struct setup s = {
		.editor = desktop_of(w->answer.editor),
		.login = w->answer.login, .user = w->inv->user.name,
		.program = program != NULL ? program : "", .prefix = prefix,
		.name = name, .profiles = &w->answer.profiles,
		.second_factor = w->answer.second_factor, .host_key = host_key,
	};

	if (put_options(o, &options, &e) == -1 || check_plain(&s, &e) == -1) {
		log_fail("setup: %s", e.text);
		parting_exit(w->inv->parting, EX_USAGE);
	} else if (o->setup.way == SETUPTEXT_REMOTE && !s.editor->has_remote) {
		log_fail("setup: RemoteCommand does not work with %s: take --way=proxy",
			s.editor->name);
		parting_exit(w->inv->parting, EX_USAGE);
	} else {
		s.options = buf_data(&options);
		setup_print(w, &s);
	}
	buf_fini(&options);
	free(name);
	free(program);
}

static void setup_finish(struct setup_work *w)
{
	STALL_WATCH(w->inv->state_dir);

	const struct invocation *inv = w->inv;
	struct buf pem = { 0 }, public = { 0 };
	struct err e;
	int status = hostkeyfile_get(inv->state_fd, inv->state_dir, &pem,
		&public, &e);

	if (status != EX_OK) {
		log_fail("%s", e.text);
		parting_exit(inv->parting, status);
	} else {
		buf_append(&public, "", 1);
		print_with_key(w, buf_data(&public));
	}
	buf_wipe(&pem);
	buf_fini(&public);
}

/* ---- input -------------------------------------------------------------------- */

/* The next question that is open; without one it is printed. */
static void setup_ask(struct setup_work *w)
{
	struct buf out = { 0 };

	while (w->question < QUESTIONS && questions[w->question].is_given(w))
		w->question++;
	if (w->question == QUESTIONS) {
		if (w->input.is_read)
			inflow_pause(&w->input.in, 1);
		setup_finish(w);
		return;
	}
	questions[w->question].ask(w, &out);
	/* Only a terminal shows the end of line that was typed. */
	if (!isatty(STDIN_FILENO))
		buf_puts(&out, "\n");
	/* Who cannot read it has an end of stdin, or waits for ever. */
	(void)!fd_write_all(STDERR_FILENO, buf_data(&out), out.len);
	buf_fini(&out);
}

static void setup_answered(struct setup_work *w, const char *answer)
{
	struct err e;

	if (answer[0] != '\0' &&
		questions[w->question].take(w, answer, &e) == -1)
		log_fail("%s", e.text);
	else
		w->question++;
	setup_ask(w);
}

static char *trimmed(const char *line, size_t len)
{
	while (len > 0 && strchr(" \t\r", line[0]) != NULL)
		line++, len--;
	while (len > 0 && strchr(" \t\r", line[len - 1]) != NULL)
		len--;
	return mem_strndup(line, len);
}

static void input_data(struct inflow *in, char *data, size_t len, void *arg)
{
	struct setup_work *w = arg;
	const char *line;
	size_t n;

	(void)in;
	buf_append(&w->input.text, data, len);
	while (w->question < QUESTIONS &&
		(line = buf_line(&w->input.text, &n)) != NULL) {
		char *answer = trimmed(line, n);

		buf_consume(&w->input.text, n + 1);
		setup_answered(w, answer);
		free(answer);
	}
	if (w->question < QUESTIONS && w->input.text.len > ANSWER_MAX) {
		log_fail("stdin: that is too long for an answer");
		inflow_pause(&w->input.in, 1);
		parting_exit(w->inv->parting, EX_USAGE);
	}
}

static void input_end(struct inflow *in, int error, void *arg)
{
	struct setup_work *w = arg;

	(void)in;
	(void)error;	/* the rest is as proposed */
	if (w->question == QUESTIONS)
		return;
	w->question = QUESTIONS;
	if (isatty(STDIN_FILENO))
		(void)!fd_write_all(STDERR_FILENO, "\n", 1);
	setup_finish(w);
}

/* ---- the command -------------------------------------------------------------- */

/* What is proposed, and what options say. -1 with e set. */
static int setup_init(struct setup_work *w, struct err *e)
{
	const struct options *o = w->inv->opt;
	const char *prefix = o->line.strip;
	char host[256];

	hostaddr_name(host, sizeof host);
	config_profiles(w->inv->words.settings, &w->answer.known);
	copy_list(&w->answer.profiles, &w->answer.known);
	w->answer.editor = o->setup.editor;
	w->answer.second_factor = o->setup.second_factor;
	w->answer.login = mem_strdup(o->forward.login_host != NULL ?
		o->forward.login_host : host);
	if (prefix != NULL && (strlen(prefix) < 2 ||
		prefix[strlen(prefix) - 1] != '-' || !is_host_name(prefix)))
		return err_set(e, "--strip=%.80s: what hosts' names begin with has to end with '-', and begin with none, as "
			PREFIX, prefix);
	return o->line.operands.n == 0 ? 0 :
		choose_profiles(w, &o->line.operands, e);
}

/* Once OpenSSL may be used. */
static void setup_begin_cb(evutil_socket_t fd, short what, void *arg)
{
	struct setup_work *w = arg;
	struct err e;

	(void)fd;
	(void)what;
	if (setup_init(w, &e) == -1) {
		log_fail("setup: %s", e.text);
		parting_exit(w->inv->parting, EX_USAGE);
		return;
	}
	setup_ask(w);
	if (w->question == QUESTIONS)
		return;
	w->input.is_read = 1;
	flow_prepare(STDIN_FILENO);
	inflow_init(&w->input.in, w->inv->base, STDIN_FILENO, READ_SIZE,
		input_data, input_end, w);
	inflow_pause(&w->input.in, 0);
}

static void *setup_begin(const struct invocation *inv)
{
	struct setup_work *w = mem_alloc(sizeof *w);

	w->inv = inv;
	w->begin = evtimer_new(inv->base, setup_begin_cb, w);
	event_active(w->begin, EV_TIMEOUT, 0);
	return w;
}

static void setup_free(void *arg)
{
	struct setup_work *w = arg;

	event_free(w->begin);
	if (w->input.is_read)
		inflow_fini(&w->input.in);
	buf_fini(&w->input.text);
	free(w->answer.login);
	optlist_free(&w->answer.known);
	optlist_free(&w->answer.profiles);
	free(w);
}

static const struct command_ops setup_ops = {
	.begin = setup_begin,
	.end = setup_free,
};

const struct command cmd_setup = {
	.name = "setup",
	.operands = "[PROFILE]...",
	.session = COMMAND_NONE,
	.max = -1,
	.help = "print what to do on your own computer: entries of its ssh configuration, settings of the editor, the line for known_hosts",
	.more = "It asks for what no option says; at the end of stdin the rest is as proposed. A host is made for the default session, with the options of the job that are given, and one for each PROFILE, or all of them; none is for no profile. Nothing is changed, here or there. With --script it prints a script for your own computer, for you to read and run there: --dry-run tells what it would do, --undo takes it back.",
	.ops = &setup_ops,
	.shows_job = 1,
};
