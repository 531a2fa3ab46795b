/* SPDX-License-Identifier: BSD-2-Clause */
/* Pure: no I/O, no clock, no globals. */
#include "doctor/judge.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/number.h"

#define MIB (1ULL << 20)
#define GIB (1ULL << 30)

/* ---- files --------------------------------------------------------------- */

#define HOME_SLOW_MS 500
#define HOME_TOO_SLOW_MS 2500

void judge_latency(long ms, struct finding *f)
{
	finding_set(f, ms >= HOME_TOO_SLOW_MS ? VERDICT_FAULT :
		ms >= HOME_SLOW_MS ? VERDICT_WARNING : VERDICT_OK,
		"a file was made, found and removed in %ld ms", ms);
}

#define ROOM_BYTES (512 * MIB)
#define ROOM_INODES 10000

/* With more than 2 GB free nobody wants to read of megabytes. */
static void room_text(const struct judge_room *r, struct finding *f,
	enum verdict v)
{
	char inodes[64] = "";

	if (r->all_inodes > 0)
		snprintf(inodes, sizeof inodes, " and %llu files", r->inodes);
	finding_set(f, v, "%s: room for %llu %s%s", r->what,
		r->bytes / (r->bytes < 2 * GIB ? MIB : GIB),
		r->bytes < 2 * GIB ? "MB" : "GB", inodes);
}

static void judge_one_room(const struct judge_room *r, struct finding *f)
{
	if (r->error != NULL)
		finding_set(f, VERDICT_FAULT, "%s: nothing can be written: %s",
			r->what, r->error);
	else if (r->no_exec)
		finding_set(f, VERDICT_FAULT, "%s: its file system lets no program be run (noexec)",
			r->what);
	else
		room_text(r, f, r->bytes < ROOM_BYTES || (r->all_inodes > 0 &&
			r->inodes < ROOM_INODES) ? VERDICT_WARNING : VERDICT_OK);
}

void judge_room(const struct judge_room *r, size_t n, struct finding *f)
{
	struct finding one;

	finding_set(f, VERDICT_UNKNOWN, "no file system could be asked");
	for (size_t i = 0; i < n; i++) {
		judge_one_room(&r[i], &one);
		if (i == 0 || one.verdict > f->verdict)
			*f = one;
	}
}

/* The first line that says something. */
static int first_line(const char *said, const char **line)
{
	int len;

	while (*said == '\n' || *said == ' ')
		said++;
	*line = said;
	len = (int)strcspn(said, "\r\n");
	return len < 200 ? len : 200;
}

void judge_quota(const char *said, int good, struct finding *f)
{
	const char *line;
	int len = first_line(said, &line);

	if (len > 0 && strstr(said, "quota on") != NULL)
		finding_set(f, VERDICT_FAULT, "%.*s", len, line);
	else if (!good)
		finding_set(f, VERDICT_UNKNOWN, "`quota -q` does not work: %.*s",
			len, line);
	else
		finding_set(f, VERDICT_OK, "you are over no quota that `quota` knows");
}

#define FOLDERS_LARGE (2 * GIB)

void judge_folders(unsigned long long bytes, const char *largest,
	struct finding *f)
{
	if (largest == NULL)
		finding_set(f, VERDICT_OK, "there is no folder of an editor's server");
	else
		finding_set(f, bytes > FOLDERS_LARGE ? VERDICT_WARNING :
			VERDICT_OK, "%s has %llu MB, more than any other",
			largest, bytes / MIB);
}

/* ---- time ---------------------------------------------------------------- */

#define CLOCK_SLIGHT 5
#define CLOCK_WRONG 60

void judge_clock(long ahead, const char *whose, struct finding *f)
{
	long off = ahead < 0 ? -ahead : ahead;

	finding_set(f, off > CLOCK_WRONG ? VERDICT_FAULT :
		off > CLOCK_SLIGHT ? VERDICT_WARNING : VERDICT_OK,
		"the clock of %s is %ld s %s that of this host", whose, off,
		off == 0 ? "from" : ahead < 0 ? "behind" : "ahead of");
}

/* ---- the login node ------------------------------------------------------- */

int judge_sshd_value(const char *said, const char *keyword, char *out,
	size_t size)
{
	size_t n = strlen(keyword);

	for (const char *at = said; at != NULL; at = strchr(at, '\n')) {
		at += *at == '\n';
		if (strncmp(at, keyword, n) != 0 || at[n] != ' ')
			continue;
		snprintf(out, size, "%.*s", (int)strcspn(at + n + 1, "\r\n"),
			at + n + 1);
		return 1;
	}
	return 0;
}

void judge_sshd(const char *said, struct finding *f)
{
	char tcp[64] = "", local[64] = "", sessions[64] = "", most[32] = "";
	const char *line;
	int len = first_line(said, &line);
	long n = 0;

	if (!judge_sshd_value(said, "allowtcpforwarding", tcp, sizeof tcp) ||
		!judge_sshd_value(said, "maxsessions", sessions, sizeof sessions) ||
		number_read(sessions, 0, INT_MAX, &n) == -1) {
		finding_set(f, VERDICT_UNKNOWN, "it does not say how it is set up: %.*s",
			len, line);
		return;
	}
	(void)judge_sshd_value(said, "allowstreamlocalforwarding", local,
		sizeof local);
	(void)judge_sshd_value(said, "disableforwarding", most, sizeof most);
	if (strcmp(most, "yes") == 0)
		finding_set(f, VERDICT_FAULT, "DisableForwarding yes");
	else if (strcmp(tcp, "yes") != 0 && strcmp(tcp, "local") != 0)
		finding_set(f, VERDICT_FAULT, "AllowTcpForwarding %s", tcp);
	else if (n == 0)
		finding_set(f, VERDICT_FAULT, "MaxSessions 0");
	else if (n < 4)
		finding_set(f, VERDICT_WARNING, "MaxSessions %ld", n);
	else if (strcmp(local, "no") == 0 || strcmp(local, "remote") == 0)
		finding_set(f, VERDICT_WARNING, "AllowStreamLocalForwarding %s",
			local);
	else
		finding_set(f, VERDICT_OK, "AllowTcpForwarding %s, MaxSessions %ld",
			tcp, n);
}

void judge_logind(const char *said, int good, long linger, struct finding *f)
{
	const char *line;
	int len = first_line(said, &line);

	if (!good || len < 3 || strncmp(line, "b ", 2) != 0)
		finding_set(f, VERDICT_UNKNOWN, "systemd-logind does not say: %.*s",
			len, line);
	else if (strncmp(line + 2, "true", 4) != 0)
		finding_set(f, VERDICT_OK, "KillUserProcesses=no");
	else
		finding_set(f, linger > 0 ? VERDICT_WARNING : VERDICT_OK,
			"KillUserProcesses=yes");
}

void judge_version(const char *said, int good, const char *program,
	const char *ours, struct finding *f)
{
	const char *line, *version;
	int len = first_line(said, &line);

	for (version = line + len; version > line && version[-1] != ' ';)
		version--;
	if (!good || version == line)
		finding_set(f, VERDICT_FAULT, "%s does not say its version: %.*s",
			program, len, line);
	else if ((size_t)(line + len - version) != strlen(ours) ||
		strncmp(version, ours, strlen(ours)) != 0)
		finding_set(f, VERDICT_FAULT, "%s is of version %.*s, this program of %s",
			program, (int)(line + len - version), version, ours);
	else
		finding_set(f, VERDICT_OK, "%s, here and %s", ours, program);
}

#define SCHEDULER_SLOW_MS 2000

/*
 * libslurm says why on stderr, and ends the process; what the launcher says of it
 * then points to lines that are not shown here. 0: it says something else.
 */
static int put_fatal(const char *said, const char *message, int len,
	struct buf *out)
{
	static const char above[] = " (Slurm's own words are above)";
	const char *at = strstr(message, above), *words = strstr(said, "fatal: ");

	if (at == NULL || at >= message + len || words == NULL)
		return 0;
	words += strlen("fatal: ");
	buf_printf(out, "%.*s: %.*s%.*s", (int)(at - message), message,
		(int)strcspn(words, "\r\n"), words,
		(int)(message + len - at) - (int)strlen(above),
		at + strlen(above));
	return 1;
}

void judge_scheduler(const char *said, int good, long ms, const char *launcher,
	struct finding *f)
{
	const char *message = strstr(said, "message="), *line;
	int len = first_line(said, &line);
	struct buf fatal = { 0 };

	if (strncmp(said, "error=", 6) == 0 || strstr(said, "\nerror=") != NULL)
		good = 0;
	if (message != NULL) {
		line = message + 8;
		len = (int)strcspn(line, "\r\n");
		if (put_fatal(said, line, len, &fatal)) {
			line = buf_data(&fatal);
			len = (int)fatal.len;
		}
	}
	if (!good)
		finding_set(f, VERDICT_FAULT, "%s, after %ld ms: %.*s", launcher,
			ms, len, line);
	else
		finding_set(f, ms > SCHEDULER_SLOW_MS ? VERDICT_WARNING :
			VERDICT_OK, "%s has answered in %ld ms", launcher, ms);
	buf_fini(&fatal);
}

/* ---- the node ------------------------------------------------------------ */

#define LIBC_MAJOR 2
#define LIBC_MINOR 28		/* what VS Code's server wants since 1.99 */
#define LIBSTDCXX_MINOR 25	/* GLIBCXX_3.4.25 */

void judge_libc(const char *said, struct finding *f)
{
	const char *line, *at;
	int len = first_line(said, &line);
	unsigned long long major = 0, minor = 0;

	at = line;
	if (strncmp(line, "glibc ", 6) != 0 ||
		(at += 6, number_take(&at, line + len, 999, &major)) == -1 ||
		*at++ != '.' || number_take(&at, line + len, 9999, &minor) == -1)
		finding_set(f, VERDICT_UNKNOWN, "its C library does not say its version: %.*s",
			len, line);
	else
		finding_set(f, major > LIBC_MAJOR || (major == LIBC_MAJOR &&
			minor >= LIBC_MINOR) ? VERDICT_OK : VERDICT_FAULT,
			"glibc %llu.%llu, and VS Code's server wants %d.%d",
			major, minor, LIBC_MAJOR, LIBC_MINOR);
}

void judge_libstdcxx(const char *data, size_t len, const char *path,
	struct finding *f)
{
	static const char name[] = "GLIBCXX_3.4.";
	const char *end = data + len, *at = data;
	unsigned long long best = 0, n;

	while (at < end && (at = memmem(at, (size_t)(end - at), name,
		sizeof name - 1)) != NULL) {
		at += sizeof name - 1;
		if (number_take(&at, end, 9999, &n) == 0 && n > best)
			best = n;
	}
	if (best == 0)
		finding_set(f, VERDICT_UNKNOWN, "%s has no version of GLIBCXX_3.4 in it",
			path);
	else
		finding_set(f, best >= LIBSTDCXX_MINOR ? VERDICT_OK :
			VERDICT_FAULT, "%s has GLIBCXX_3.4.%llu, and VS Code's server wants 3.4.%d",
			path, best, LIBSTDCXX_MINOR);
}

/* ---- both ---------------------------------------------------------------- */

void judge_limits(const unsigned long long is[JUDGE_LIMITS],
	enum check_place place, struct finding *f)
{
	static const struct {
		const char *name;
		unsigned long long login, node;	/* the least that is good */
		unsigned long long unit;
		const char *unit_name;
	} rows[JUDGE_LIMITS] = {
		[JUDGE_FILES] = { "open files (ulimit -Hn)", 256, 1024, 1, "" },
		[JUDGE_PROCESSES] = { "processes (ulimit -u)", 32, 128, 1, "" },
		/* JavaScript reserves far more than it uses. */
		[JUDGE_ADDRESSES] = { "virtual memory (ulimit -v)", 256 * MIB,
			16 * GIB, MIB, " MB" },
		[JUDGE_FILE_SIZE] = { "the size of a file (ulimit -f)", 64 * MIB,
			GIB, MIB, " MB" },
	};

	for (int i = 0; i < JUDGE_LIMITS; i++) {
		unsigned long long least = place == CHECK_NODE ? rows[i].node :
			rows[i].login;

		if (is[i] == JUDGE_NO_LIMIT || is[i] >= least)
			continue;
		finding_set(f, VERDICT_FAULT, "%s: %llu%s, where %llu%s are needed",
			rows[i].name, is[i] / rows[i].unit, rows[i].unit_name,
			least / rows[i].unit, rows[i].unit_name);
		return;
	}
	finding_set(f, VERDICT_OK, "those of open files, processes, memory and files are high enough");
}
