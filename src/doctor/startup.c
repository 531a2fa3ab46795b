/* SPDX-License-Identifier: BSD-2-Clause */
/* Pure: no I/O, no clock, no globals. */
#include "doctor/startup.h"

#include <stdio.h>
#include <string.h>

#define MARK "vrs-doctor:"
#define FIRST "vrs-doctor-first"
#define SECOND "vrs-doctor-second"
#define OURS "@"	/* in the place of a file */
#define SLOW_MS 2000

const char startup_typed[] = "echo " FIRST "\necho " SECOND "\n";

const char startup_as_login[] =
	"PS4='+" MARK "${BASH_SOURCE:-@}:${LINENO}:'; set -x\n"
	"test ! -r /etc/profile || . /etc/profile\n"
	"for vrs in ~/.bash_profile ~/.bash_login ~/.profile; do\n"
	"test ! -r $vrs || { . $vrs; break; }; done\n"
	"while read -r vrs; do eval \"$vrs\"; done\n";

/* A line of the trace: at which line of which file, and what is done. */
struct step {
	char where[200];
	char what[120];
};

/* What is known of a run. */
struct run {
	struct step last, print, read, exec;
	char text[80];		/* the first that is printed */
	int first, second;	/* what was typed has been done */
	int is_exec_last;
};

const char *startup_ps4(const char *shell)
{
	if (strcmp(finding_program(shell), "bash") == 0)
		return "PS4=+" MARK "${BASH_SOURCE:-@}:${LINENO}:";
	if (strcmp(finding_program(shell), "zsh") == 0)
		return "PS4=+" MARK "%x:%I:";
	return "PS4=+" MARK ":0:";
}

/* "++vrs-doctor:/etc/profile:12:test ..." */
static int read_step(const char *line, struct step *s)
{
	const char *file, *number, *what;

	while (*line == '+')
		line++;
	if (strncmp(line, MARK, strlen(MARK)) != 0)
		return 0;
	file = line + strlen(MARK);
	number = strchr(file, ':');
	what = number != NULL ? strchr(number + 1, ':') : NULL;
	if (what == NULL)
		return 0;
	if (number == file)
		snprintf(s->where, sizeof s->where, "a start-up file");
	else if (file[0] == OURS[0])
		snprintf(s->where, sizeof s->where, OURS);
	else
		snprintf(s->where, sizeof s->where, "%.*s, line %.*s",
			(int)(number - file), file, (int)(what - number - 1),
			number + 1);
	snprintf(s->what, sizeof s->what, "%s", what + 1);
	return 1;
}

static int does(const char *what, const char *word)
{
	size_t n = strlen(word);

	return strncmp(what, word, n) == 0 &&
		(what[n] == ' ' || what[n] == '\0');
}

static void take_step(struct run *r, const struct step *s)
{
	/* What was typed is of no file, nor is what takes it in bash's place. */
	if (strcmp(s->where, OURS) == 0 || strstr(s->what, FIRST) != NULL ||
		strstr(s->what, SECOND) != NULL) {
		r->is_exec_last = 0;
		return;
	}
	r->last = *s;
	r->is_exec_last = does(s->what, "exec");
	if (r->is_exec_last)
		r->exec = *s;
	if (does(s->what, "read"))
		r->read = *s;
}

static void take_text(struct run *r, const char *line)
{
	struct step s;

	if (read_step(line, &s)) {
		take_step(r, &s);
	} else if (strcmp(line, FIRST) == 0) {
		r->first = 1;
	} else if (strcmp(line, SECOND) == 0) {
		r->second = 1;
	} else if (line[0] != '\0' && !r->first && !r->second &&
		r->text[0] == '\0') {
		snprintf(r->text, sizeof r->text, "%s", line);
		r->print = r->last;
	}
}

/*
 * What is shown of a step, which may hold a secret: its first word, and a second one
 * that is no option, without what a variable becomes. In bytes.
 */
static int shown(const char *what)
{
	size_t first = strcspn(what, " ="), second = first + 1;

	if (what[first] != ' ' || what[second] == '-')
		return (int)first;
	return (int)(second + strcspn(what + second, " ="));
}

static void judge_run(const struct run *r, int late, long ms,
	const char *shell, struct finding *f)
{
	const char *where = r->last.where[0] != '\0' ? r->last.where :
		"a start-up file";

	if (!r->first && !r->second && late)
		finding_set(f, VERDICT_FAULT, "%s -l has not come to its end after %ld ms; it is at %s: %.*s",
			shell, ms, where, shown(r->last.what), r->last.what);
	else if (!r->first && !r->second)
		finding_set(f, VERDICT_FAULT, "%s -l never comes to what an editor types; its last step is %s: %.*s",
			shell, where, shown(r->last.what), r->last.what);
	else if (!r->first)
		finding_set(f, VERDICT_FAULT, "a start-up file reads what an editor types: %s%s%.*s",
			r->read.where, r->read.where[0] ? ": " : "which line is not known",
			shown(r->read.what), r->read.what);
	else if (r->is_exec_last)
		finding_set(f, VERDICT_WARNING, "%s: the shell becomes another program: %.*s",
			r->exec.where, shown(r->exec.what), r->exec.what);
	else if (r->text[0] != '\0')
		finding_set(f, VERDICT_WARNING, "%s -l prints '%s', at %s",
			shell, r->text, r->print.where[0] != '\0' ?
			r->print.where : "a start-up file");
	else
		finding_set(f, ms > SLOW_MS ? VERDICT_WARNING : VERDICT_OK,
			"%s -l does what is typed after %ld ms", shell, ms);
}

void startup_judge(char *said, int late, long ms, const char *shell,
	struct finding *f)
{
	struct run r = { 0 };
	char *save = NULL;

	for (char *line = strtok_r(said, "\r\n", &save); line != NULL;
		line = strtok_r(NULL, "\r\n", &save))
		take_text(&r, line);
	judge_run(&r, late, ms, finding_program(shell), f);
}
