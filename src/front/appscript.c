/* SPDX-License-Identifier: BSD-2-Clause */
/* Pure: no I/O, no clock, no globals. */
/*
 * A script and not the agent does it, since any agent can run one, and the app then
 * has what a login shell of the session has: PATH, modules, the prologue. That shell
 * makes way for /bin/sh at once, so that neither its language nor the options that a
 * start-up file sets matter. The script comes by stdin, and so is in no argument; it
 * is read whole, down to the last brace, before any of it is run. Whether an app lives
 * is told by a lock, not by a process number, which another process may have got.
 */
#include "front/appscript.h"

#include <stdio.h>
#include <string.h>

#include "base/number.h"
#include "base/shellword.h"

/* The options and variables that a shell may have been left in its environment. */
#define A_PLAIN_SHELL \
	"set +Ceufa\n" \
	"unset token APP_TOKEN\n"

/* What all of them begin with. */
static const char prelude[] =
	"umask 077\n"
	"say() { printf '%s %s\\n' \"$mark\" \"$*\"; }\n"
	"fail() { say \"failed $*\"; exit 1; }\n"
	/* A start-up file may have left a line without its end. */
	"echo\n"
	"for program in flock setsid awk stat timeout; do\n"
	"	command -v $program >/dev/null || fail \"there is no $program on the node\"\n"
	"done\n"
	/* A directory, and not a link to one; S_IFDIR and 0700 in hexadecimal. */
	"is_private() {\n"
	"	case $(stat -c '%u %f' \"$1\" 2>/dev/null) in\n"
	"	\"$(id -u) 4\"?c0) ;;\n"
	"	*) return 1 ;;\n"
	"	esac\n"
	"}\n"
	/* Of an agent that is older only the second is known. */
	"base=${VRS_RUNTIME_DIR:-${XDG_RUNTIME_DIR-}}\n"
	"test -n \"$base\" ||\n"
	"	fail 'VRS_RUNTIME_DIR is not set on the node: does a start-up file of your shell unset it?'\n"
	"is_private \"$base\" ||\n"
	"	fail \"VRS_RUNTIME_DIR of the node is $base, which is no directory of yours alone (mode 700): does a start-up file of your shell set it?\"\n"
	"root=$base/vrs-$tag\n"
	/* Who looks has it for a moment, beside others who look. */
	"alive() { test -e \"$1/alive\" && ! flock -ns \"$1/alive\" true; }\n"
	"pid_of() { cat \"$1/pid\" 2>/dev/null; }\n"
	"where_is() {\n"
	"	if test -e \"$1/port\"; then echo \"port $(cat \"$1/port\")\"\n"
	"	else echo \"socket $1/s\"; fi\n"
	"}\n";

static const char one_at_a_time[] =
	"app_dir=$root/$app\n"
	"for dir in \"$root\" \"$app_dir\"; do\n"
	"	test -d \"$dir\" || mkdir \"$dir\" 2>/dev/null || test -d \"$dir\" ||\n"
	"		fail \"$dir cannot be made on the node\"\n"
	"	is_private \"$dir\" || fail \"$dir of the node is no directory of yours alone: remove it\"\n"
	"done\n"
	/* Who is killed lets go. 8>&8: a ksh closes it in who it starts. */
	"lock() {\n"
	"	exec 8>\"$app_dir/lock\"\n"
	"	flock -w 90 8 8>&8 || fail 'another start or stop of it does not come to an end'\n"
	"}\n"
	"is_there() { kill -s 0 -- \"-$1\" 2>/dev/null; }\n"
	/* Of the group of the process that runs it; what does not end is killed. */
	"stop() {\n"
	"	pid=$(pid_of \"$app_dir\")\n"
	"	test -n \"$pid\" || return 0\n"
	"	kill -s TERM -- \"-$pid\" 2>/dev/null\n"
	"	n=0\n"
	"	while is_there \"$pid\"; do\n"
	"		n=$((n + 1))\n"
	"		test $n -ne 100 || kill -s KILL -- \"-$pid\" 2>/dev/null\n"
	"		test $n -lt 200 || fail \"its process group $pid does not end, not even by SIGKILL\"\n"
	"		sleep 0.05\n"
	"	done\n"
	"	rm -f \"$app_dir/s\" \"$app_dir/pid\" \"$app_dir/token\" \"$app_dir/port\"\n"
	"}\n"
	"lock\n";

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
 * Who listens, which another user may do where ours could not. Of a port also whether
 * it is at an address that others reach, by the one that they would use.
 */
static const char looks[] =
	"listens() {\n"
	"	if test -z \"$APP_PORT\"; then\n"
	"		awk -v s=\"$APP_SOCKET\" '$4 == \"00010000\" && $8 == s { f = 1 } END { exit !f }' /proc/net/unix\n"
	"	else\n"
	"		addresses_of \"$APP_PORT\" | grep -q \"^$(id -u) \"\n"
	"	fi\n"
	"}\n"
	/* Of whoever listens: uid, and address. */
	"addresses_of() {\n"
	"	cat /proc/net/tcp /proc/net/tcp6 2>/dev/null |\n"
	"		awk -v p=\"$(printf ':%04X' \"$1\")\" '$4 == \"0A\" && sub(p \"$\", \"\", $2) { print $8, $2 }'\n"
	"}\n"
	/* 127.0.0.0/8, the same in IPv6, and ::1 are not. */
	"is_beyond() {\n"
	"	test -n \"$APP_PORT\" && addresses_of \"$APP_PORT\" | grep \"^$(id -u) \" |\n"
	"		grep -Eqv ' (......7F|0{16}FFFF0000......7F|0{24}01000000)$'\n"
	"}\n"
	"is_ready() {\n"
	"	set -- /bin/sh \"$app_dir/ready\"\n"
	"	test -z \"$enter\" || set -- /bin/sh \"$enter\" \"$@\"\n"
	"	timeout -k 2 10 \"$@\" >/dev/null 2>&1\n"
	"}\n"
	/* Of a trace of calls the last line says nothing. */
	"last_line() {\n"
	"	{ tail -n 1 \"$app_dir/log\"; tail -n 40 \"$app_dir/log\" | grep -i 'error\\|cannot\\|not found'; } |\n"
	"		tail -n 1 | tr -cd ' -~' | cut -c1-300\n"
	"}\n";

/*
 * On the node; only what the app says itself is in the session's container, where
 * there is one, and finds nothing else there that we need.
 */
static const char run[] =
	A_PLAIN_SHELL
	"exec 9>\"$APP_DIR/alive\"\n"
	"flock -w 10 9 9>&9 || exit 1\n"
	"echo $$ >\"$APP_DIR/pid\"\n"
	"(\n"
	"exec 9>&-\n"
	"if test -n \"$1\"; then exec /bin/sh \"$1\" /bin/sh \"$APP_DIR/command\"; fi\n"
	"exec /bin/sh \"$APP_DIR/command\"\n"
	")\n"
	"echo $? >\"$APP_DIR/status\"\n";

static const char choose_port[] =
	"	for port in $ports; do\n"
	"		test -z \"$(addresses_of $port)\" || continue\n"
	"		APP_PORT=$port\n"
	"		break\n"
	"	done\n"
	"	test -n \"$APP_PORT\" || fail \"the ports that were tried are all taken on $(uname -n): try again\"\n"
	"	echo $APP_PORT >\"$app_dir/port\"\n";

static const char begin_it[] =
	/* No printf: where that is a program all users see its words. */
	"	tr -d '\\n' >\"$app_dir/token\" <<END\n$token\nEND\n"
	"	setsid /bin/sh \"$app_dir/run\" \"$enter\" >\"$app_dir/log\" 2>&1 8>&- &\n"
	"	said=started\n"
	"fi\n"
	/* It has its lock, and a name; who ends it, or finds it, need not wait longer. */
	"n=0\n"
	"until test -s \"$app_dir/pid\" || test -e \"$app_dir/status\"; do\n"
	"	n=$((n + 1))\n"
	"	test $n -lt 2000 || fail 'its shell does not start'\n"
	"	sleep 0.005\n"
	"done\n"
	"exec 8>&-\n"
	"mine=$(pid_of \"$app_dir\")\n"
	"is_mine() { test \"$(pid_of \"$app_dir\")\" = \"$mine\"; }\n"
	"deadline=$(($(date +%s) + timeout))\n"
	"n=0\n"
	"until listens && is_ready; do\n"
	"	if ! alive \"$app_dir\"; then\n"
	/* Who ends it has this until all of it is gone. */
	"		lock\n"
	"		is_mine || fail 'it was ended before it could be used'\n"
	"		test -e \"$app_dir/status\" || fail \"what runs it was killed before it could be used: $(last_line)\"\n"
	"		fail \"it ended with status $(cat \"$app_dir/status\") before it could be used: $(last_line)\"\n"
	"	fi\n"
	"	is_mine || fail 'it was ended before it could be used'\n"
	"	if test $(date +%s) -ge $deadline; then\n"
	"		line=$(last_line)\n"
	"		line=${line:-it has written nothing}\n"
	"		test $said = started || fail \"it runs, but could not be used after $timeout s: $line\"\n"
	"		lock\n"
	"		! is_mine || stop\n"
	"		fail \"it could not be used after $timeout s, and is ended: $line\"\n"
	"	fi\n"
	/* Who starts at once is found at once; a large one takes its time. */
	"	n=$((n + 1))\n"
	"	if test $n -lt 50; then sleep 0.01; else sleep 0.05; fi\n"
	"done\n"
	"say \"$said\"\n"
	"echo \"$mark token $(cat \"$app_dir/token\")\"\n"
	"! is_beyond || say beyond\n"
	/* One that an older front has started has none. */
	"test ! -s \"$app_dir/directory\" || say \"directory $(head -n 1 \"$app_dir/directory\")\"\n"
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
	buf_printf(out, "exec /bin/sh <<\\%sx\n{\n", s->mark);
	buf_puts(out, A_PLAIN_SHELL);
	put_variable(out, "mark", s->mark);
	put_variable(out, "tag", s->tag);
	if (name != NULL)
		put_variable(out, "app", name);
	buf_puts(out, prelude);
	if (name != NULL)
		buf_puts(out, one_at_a_time);
}

static void appscript_finish(const struct appscript *s, struct buf *out)
{
	buf_printf(out, "exit 0\n} </dev/null\n%sx\n", s->mark);
}

void appscript_stop(const struct appscript *s, const char *name,
	struct buf *out)
{
	appscript_begin(s, name, out);
	buf_puts(out, stop);
	appscript_finish(s, out);
}

void appscript_list(const struct appscript *s, struct buf *out)
{
	appscript_begin(s, NULL, out);
	buf_puts(out, list);
	appscript_finish(s, out);
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
	buf_puts(out, " || exit\npwd >\"$APP_DIR/directory\"\n");
}

/* NULL: what has to be named is not. */
static const char *directory_of(const struct appscript *s, const struct app *app)
{
	const char *settings = app->value[APPKEY_DIRECTORY];

	return s->directory != NULL ? s->directory :
		strcmp(settings, APPKEY_HERE) != 0 ? settings : NULL;
}

/* A file of words of ours: the mark ends it, since no command can have it. */
static void begin_file(const struct appscript *s, const char *name,
	struct buf *out)
{
	buf_printf(out, "	cat >\"$app_dir/%s\" <<\\%s\n", name, s->mark);
}

static void end_file(const struct appscript *s, struct buf *out)
{
	buf_printf(out, "\n%s\n", s->mark);
}

static void put_files(const struct appscript *s, const struct app *app,
	struct buf *out)
{
	const char *ready = app->value[APPKEY_READY];
	const char *directory = directory_of(s, app);

	if (directory == NULL) {
		buf_puts(out, "	fail 'from here it would have all of your home directory: say which directory, --directory=DIR (~ for all of it)'\n");
		return;
	}
	begin_file(s, "run", out);
	buf_puts(out, run);
	end_file(s, out);
	begin_file(s, "command", out);
	buf_puts(out, A_PLAIN_SHELL);
	put_directory(out, directory);
	buf_puts(out, "APP_TOKEN=$(cat \"$APP_TOKEN_FILE\")\n");
	buf_puts(out, app->value[APPKEY_COMMAND]);
	end_file(s, out);
	begin_file(s, "ready", out);
	buf_puts(out, ready != NULL ? ready : ":");
	end_file(s, out);
}

void appscript_start(const struct appscript *s, const struct app *app,
	struct buf *out)
{
	appscript_begin(s, app->name, out);
	put_variable(out, "token", s->token);
	buf_printf(out, "timeout=%ld\nports='",
		app_number(app, APPKEY_START_TIMEOUT));
	for (size_t i = 0; i < APPSCRIPT_PORTS; i++)
		buf_printf(out, "%s%u", i > 0 ? " " : "", s->port[i]);
	buf_puts(out, "'\n");
	buf_puts(out, looks);
	/* The agent has made it, where the session has a container. */
	buf_puts(out, "enter=${base%/run}/container/enter\n"
		"test -f \"$enter\" || enter=\n");
	buf_puts(out, "APP_DIR=$app_dir APP_SOCKET=$app_dir/s APP_TOKEN_FILE=$app_dir/token APP_PORT=\n"
		"export APP_DIR APP_SOCKET APP_TOKEN_FILE APP_PORT\n"
		"if alive \"$app_dir\"; then\n"
		"	APP_PORT=$(cat \"$app_dir/port\" 2>/dev/null)\n"
		"	said=found\n"
		"else\n"
		"	rm -f \"$app_dir/status\" \"$app_dir/alive\" \"$app_dir/pid\" \"$app_dir/s\" \"$app_dir/port\" \"$app_dir/directory\"\n");
	if (app_has_socket(app))
		buf_puts(out, "	test ${#APP_SOCKET} -le 107 || fail \"$APP_SOCKET is longer than a Unix socket's path may be\"\n");
	else
		buf_puts(out, choose_port);
	put_files(s, app, out);
	buf_puts(out, begin_it);
	appscript_finish(s, out);
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

static int read_directory(struct appscript_said *said, const char *line)
{
	if (line[0] != '/' || strlen(line) >= sizeof said->directory)
		return -1;
	strcpy(said->directory, line);
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
	{ "directory", APPSCRIPT_DIRECTORY },
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
		(what == APPSCRIPT_DIRECTORY &&
			read_directory(said, line) == -1) ||
		(what == APPSCRIPT_TARGET &&
			read_target(&said->target, line) == -1))
		return;
	if (what == APPSCRIPT_FAILED)
		err_set(&said->why, "%s", line);
	said->what = what;
}
