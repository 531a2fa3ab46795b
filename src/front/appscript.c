/* SPDX-License-Identifier: BSD-2-Clause */
/* Pure: no I/O, no clock, no globals. */
/*
 * A script and not the agent does it, since any agent can run one, and the app then
 * has what a login shell of the session has: PATH, modules, the prologue. It comes to
 * the shell by its stdin, and so is in no argument; that is read whole, down to the
 * last brace, before any of it is run. Whether an app lives is told by a lock, not by
 * a process number, which another process may have got.
 */
#include "front/appscript.h"

#include <stdio.h>
#include <string.h>

#include "base/number.h"
#include "base/shellword.h"

/* What all of them begin with. */
static const char prelude[] =
	"umask 077\n"
	"say() { printf '%s %s\\n' \"$mark\" \"$*\"; }\n"
	"fail() { say \"failed $*\"; exit 1; }\n"
	"test -d \"$XDG_RUNTIME_DIR\" ||\n"
	"	fail 'the session has no private directory on its node, XDG_RUNTIME_DIR'\n"
	"root=$XDG_RUNTIME_DIR/vrs-$tag\n"
	/* Who looks has it for a moment, beside others who look. */
	"alive() { test -e \"$1/alive\" && ! flock -ns \"$1/alive\" true; }\n"
	"pid_of() { cat \"$1/pid\" 2>/dev/null; }\n"
	"where_is() {\n"
	"	if test -e \"$1/port\"; then echo \"port $(cat \"$1/port\")\"\n"
	"	else echo \"socket $1/s\"; fi\n"
	"}\n"
	"for program in flock setsid awk; do\n"
	"	command -v $program >/dev/null || fail \"there is no $program on the node\"\n"
	"done\n";

/* One at a time, and who is killed lets go. */
static const char one_at_a_time[] =
	"app_dir=$root/$app\n"
	"mkdir -p \"$app_dir\" 2>/dev/null || fail \"$app_dir cannot be made on the node\"\n"
	"exec 8>\"$app_dir/lock\"\n"
	"flock -w 90 8 || fail 'another start or stop of it does not come to an end'\n"
	/* Of the group of the process that runs it; what does not end is killed. */
	"stop() {\n"
	"	pid=$(pid_of \"$app_dir\")\n"
	"	test -n \"$pid\" || return 0\n"
	"	kill -TERM -- \"-$pid\" 2>/dev/null\n"
	"	n=0\n"
	"	while kill -0 -- \"-$pid\" 2>/dev/null; do\n"
	"		n=$((n + 1))\n"
	"		test $n -ne 100 || kill -KILL -- \"-$pid\" 2>/dev/null\n"
	"		test $n -lt 120 || break\n"
	"		sleep 0.05\n"
	"	done\n"
	"	rm -f \"$app_dir/s\" \"$app_dir/pid\" \"$app_dir/token\" \"$app_dir/port\"\n"
	"}\n";

static const char stop[] =
	"alive \"$app_dir\" || { say none; exit 0; }\n"
	"stop\n"
	"say stopped\n";

static const char list[] =
	"for app_dir in \"$root\"/?*; do\n"
	"	! alive \"$app_dir\" ||\n"
	"		say \"app ${app_dir##*/} $(pid_of \"$app_dir\") $(where_is \"$app_dir\")\"\n"
	"done\n";

/*
 * Who listens. Of a port also whether it is at an address that others reach, by the
 * one that they would use.
 */
static const char looks[] =
	"listens() {\n"
	"	if test -z \"$APP_PORT\"; then\n"
	"		awk -v s=\"$APP_SOCKET\" '$4 == \"00010000\" && $8 == s { f = 1 } END { exit !f }' /proc/net/unix\n"
	"	else\n"
	"		port_is_taken \"$APP_PORT\"\n"
	"	fi\n"
	"}\n"
	"port_is_taken() {\n"
	"	cat /proc/net/tcp /proc/net/tcp6 2>/dev/null |\n"
	"		awk -v p=\"$(printf ':%04X' \"$1\")\" '$4 == \"0A\" && substr($2, length($2) - 4) == p { f = 1 } END { exit !f }'\n"
	"}\n"
	"is_beyond() {\n"
	"	test -n \"$APP_PORT\" && cat /proc/net/tcp /proc/net/tcp6 2>/dev/null |\n"
	"		awk -v p=\"$(printf ':%04X' \"$APP_PORT\")\" '$4 == \"0A\" && substr($2, length($2) - 4) == p && $2 !~ /^(0100007F|00000000000000000000000001000000|0000000000000000FFFF00000100007F):/ { f = 1 } END { exit !f }'\n"
	"}\n"
	/* Of a trace of calls the last line says nothing. */
	"last_line() {\n"
	"	{ tail -n 1 \"$app_dir/log\"; tail -n 40 \"$app_dir/log\" | grep -i 'error\\|cannot\\|not found'; } |\n"
	"		tail -n 1 | tr -cd ' -~' | cut -c1-300\n"
	"}\n"
	"here=$(uname -n)\n";

/* Before its own words; $1 of run is the directory. */
static const char run_head[] =
	"APP_DIR=$1 APP_SOCKET=$1/s APP_TOKEN_FILE=$1/token APP_PORT=$2\n"
	"export APP_DIR APP_SOCKET APP_TOKEN_FILE APP_PORT\n"
	"exec 9>\"$APP_DIR/alive\"\n"
	"flock -w 5 9 || exit 1\n"
	"echo $$ >\"$APP_DIR/pid\"\n"
	"(\n"
	"exec 9>&-\n";

static const char run_tail[] =
	")\n"
	"echo $? >\"$APP_DIR/status\"\n";

static const char choose_port[] =
	"	for APP_PORT in $ports; do\n"
	"		port_is_taken $APP_PORT || break\n"
	"	done\n"
	"	echo $APP_PORT >\"$app_dir/port\"\n";

static const char begin_it[] =
	"	printf '%s\\n' \"$token\" >\"$app_dir/token\"\n"
	"	setsid sh \"$app_dir/run\" \"$app_dir\" \"$APP_PORT\" >\"$app_dir/log\" 2>&1 8>&- &\n"
	"	said=started\n"
	"fi\n"
	/* It lives, and has a name; who ends it, or finds it, need not wait longer. */
	"n=0\n"
	"until alive \"$app_dir\" && test -s \"$app_dir/pid\" || test -e \"$app_dir/status\"; do\n"
	"	n=$((n + 1))\n"
	"	test $n -lt 500 || fail 'its shell does not start'\n"
	"	sleep 0.02\n"
	"done\n"
	"exec 8>&-\n"
	"mine=$(pid_of \"$app_dir\")\n"
	"deadline=$(($(date +%s) + timeout))\n"
	"until listens && is_ready; do\n"
	"	test ! -e \"$app_dir/status\" ||\n"
	"		fail \"it ended with status $(cat \"$app_dir/status\") before it could be used: $(last_line)\"\n"
	"	test \"$(pid_of \"$app_dir\")\" = \"$mine\" || fail 'it was ended before it could be used'\n"
	"	if test $(date +%s) -ge $deadline; then\n"
	"		line=$(last_line)\n"
	"		stop\n"
	"		fail \"it could not be used after $timeout s, and is ended: ${line:-it has written nothing}\"\n"
	"	fi\n"
	"	sleep 0.05\n"
	"done\n"
	"say \"$said\"\n"
	"say \"token $(cat \"$app_dir/token\")\"\n"
	"! is_beyond || say beyond\n"
	"say \"target $(where_is \"$app_dir\")\"\n";

static void put_variable(struct buf *out, const char *name, const char *value)
{
	buf_printf(out, "%s=", name);
	shellword_put(out, value);
	buf_puts(out, "\n");
}

/* All is one command, so that none of it reads the rest for input. */
static void appscript_begin(const struct appscript *s, const char *name,
	struct buf *out)
{
	buf_puts(out, "{\n");
	put_variable(out, "mark", s->mark);
	put_variable(out, "tag", s->tag);
	if (name != NULL)
		put_variable(out, "app", name);
	buf_puts(out, prelude);
	if (name != NULL)
		buf_puts(out, one_at_a_time);
}

static void appscript_finish(struct buf *out)
{
	buf_puts(out, "exit 0\n} </dev/null\n");
}

void appscript_stop(const struct appscript *s, const char *name,
	struct buf *out)
{
	appscript_begin(s, name, out);
	buf_puts(out, stop);
	appscript_finish(out);
}

void appscript_list(const struct appscript *s, struct buf *out)
{
	appscript_begin(s, NULL, out);
	buf_puts(out, list);
	appscript_finish(out);
}

/* "~" is for the shell there. */
static void put_directory(struct buf *out, const char *directory)
{
	buf_puts(out, "cd ");
	if (directory[0] == '~') {
		buf_puts(out, "~/");
		directory += directory[1] == '/' ? 2 : 1;
	}
	shellword_put(out, directory[0] != '\0' ? directory : ".");
	buf_puts(out, " || exit\n");
}

/* What runs it, in a file: the mark ends that, since no command can have it. */
static void put_run(const struct appscript *s, const struct app *app,
	struct buf *out)
{
	buf_printf(out, "	cat >\"$app_dir/run\" <<\\%s\n", s->mark);
	buf_puts(out, run_head);
	put_directory(out, s->directory != NULL ? s->directory :
		app->value[APPKEY_DIRECTORY]);
	buf_puts(out, "APP_TOKEN=$(cat \"$APP_TOKEN_FILE\")\n");
	buf_puts(out, app->value[APPKEY_COMMAND]);
	buf_puts(out, "\n");
	buf_puts(out, run_tail);
	buf_printf(out, "%s\n", s->mark);
}

void appscript_start(const struct appscript *s, const struct app *app,
	struct buf *out)
{
	const char *ready = app->value[APPKEY_READY];

	appscript_begin(s, app->name, out);
	put_variable(out, "token", s->token);
	buf_printf(out, "timeout=%ld\nports='",
		app_number(app, APPKEY_START_TIMEOUT));
	for (size_t i = 0; i < APPSCRIPT_PORTS; i++)
		buf_printf(out, "%s%u", i > 0 ? " " : "", s->port[i]);
	buf_puts(out, "'\n");
	buf_puts(out, looks);
	buf_printf(out, "is_ready() {\n%s\n}\n", ready != NULL ? ready : ":");
	buf_puts(out, "APP_DIR=$app_dir APP_SOCKET=$app_dir/s APP_TOKEN_FILE=$app_dir/token APP_PORT=\n"
		"if alive \"$app_dir\"; then\n"
		"	APP_PORT=$(cat \"$app_dir/port\" 2>/dev/null)\n"
		"	said=found\n"
		"else\n"
		"	rm -f \"$app_dir/status\" \"$app_dir/alive\" \"$app_dir/pid\" \"$app_dir/s\" \"$app_dir/port\"\n");
	if (app_has_socket(app))
		buf_puts(out, "	test ${#APP_SOCKET} -le 107 || fail \"$APP_SOCKET is longer than a Unix socket's path may be\"\n");
	else
		buf_puts(out, choose_port);
	put_run(s, app, out);
	buf_puts(out, begin_it);
	appscript_finish(out);
}

/* ---- what they say ------------------------------------------------------- */

/* The next word of line, cut off; NULL: there is none. */
static char *next_word(char **line)
{
	char *word = *line + strspn(*line, " ");
	size_t len = strcspn(word, " ");

	*line = word + len;
	if (**line != '\0')
		*(*line)++ = '\0';
	return len > 0 ? word : NULL;
}

static int read_target(struct target *t, char *line)
{
	const char *kind = next_word(&line);
	long port;

	*t = (struct target){ 0 };
	if (kind != NULL && strcmp(kind, "port") == 0 &&
		number_read(line, 1, 65535, &port) == 0)
		t->port = (uint16_t)port;
	else if (kind != NULL && strcmp(kind, "socket") == 0 &&
		line[0] == '/' && strlen(line) < sizeof t->path)
		strcpy(t->path, line);
	else
		return -1;
	return 0;
}

static int read_app(struct appscript_said *said, char *line)
{
	const char *name = next_word(&line), *pid = next_word(&line);
	struct err e;

	if (name == NULL || appkey_is_app(name, &e) == -1 || pid == NULL ||
		number_read(pid, 1, NUMBER_PID_MAX, &said->pid) == -1)
		return -1;
	snprintf(said->name, sizeof said->name, "%s", name);
	return read_target(&said->target, line);
}

static int read_token(struct appscript_said *said, const char *line)
{
	if (line[0] == '\0' || strlen(line) >= sizeof said->token ||
		strspn(line, "0123456789abcdef") != strlen(line))
		return -1;
	strcpy(said->token, line);
	return 0;
}

static const struct {
	const char *word;
	int what;
} words[] = {
	{ "started", APPSCRIPT_STARTED },
	{ "found", APPSCRIPT_FOUND },
	{ "stopped", APPSCRIPT_STOPPED },
	{ "none", APPSCRIPT_NOT_THERE },
	{ "app", APPSCRIPT_APP },
	{ "token", APPSCRIPT_TOKEN },
	{ "target", APPSCRIPT_TARGET },
	{ "beyond", APPSCRIPT_BEYOND },
	{ "failed", APPSCRIPT_FAILED },
};

void appscript_read(struct appscript_said *said, const char *mark,
	const char *text, size_t len)
{
	size_t skip = strlen(mark);
	char copy[1024], *line = copy;
	const char *word;
	int what = APPSCRIPT_NOTHING;

	*said = (struct appscript_said){ .what = APPSCRIPT_NOTHING };
	if (len <= skip || len >= sizeof copy ||
		memcmp(text, mark, skip) != 0 || memchr(text, '\0', len) != NULL)
		return;
	memcpy(copy, text + skip, len - skip);
	copy[len - skip] = '\0';
	word = next_word(&line);
	for (size_t i = 0; word != NULL && i < sizeof words / sizeof *words; i++)
		if (strcmp(words[i].word, word) == 0)
			what = words[i].what;
	if ((what == APPSCRIPT_APP && read_app(said, line) == -1) ||
		(what == APPSCRIPT_TOKEN && read_token(said, line) == -1) ||
		(what == APPSCRIPT_TARGET &&
			read_target(&said->target, line) == -1))
		return;
	if (what == APPSCRIPT_FAILED)
		err_set(&said->why, "%s", line);
	said->what = what;
}
