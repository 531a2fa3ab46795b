/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What sshd prints, by the beginnings of its lines, as OpenSSH 8.4 to 10.6 have
 * them at LogLevel INFO.
 */
#include "agent/sshdlog.h"

#include <string.h>

#include "os/log.h"

enum kind {
	REASON,		/* none of those: it may tell why sshd ends */
	NOISE,		/* always there, of no use to anybody */
	ROUTINE,	/* of each connection */
	LOGIN,		/* the key was taken */
	CLOSE,		/* the client has gone */
};

static enum kind kind_of(const char *line)
{
	static const struct {
		const char *begin;
		enum kind kind;
	} rows[] = {
		{ "Attempt to write login records by non-root user", NOISE },
		{ "lastlog_", NOISE },
		{ "syslogin_perform_logout: ", NOISE },
		{ "Accepted ", LOGIN },
		{ "Connection closed by ", CLOSE },
		{ "Connection reset by ", CLOSE },
		{ "Received disconnect from ", CLOSE },
		{ "Disconnected from ", CLOSE },
		{ "Read error from ", CLOSE },
		{ "ssh_dispatch_run_fatal: Connection from ", CLOSE },
		{ "kex_exchange_identification: Connection closed by", CLOSE },
		{ "kex_exchange_identification: read: Connection reset", CLOSE },
		{ "Starting session: ", ROUTINE },
		{ "Close session: ", ROUTINE },
		{ "Postponed ", ROUTINE },
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		if (strncmp(line, rows[i].begin, strlen(rows[i].begin)) == 0)
			return rows[i].kind;
	return REASON;
}

void sshdlog_line(struct sshdlog *s, const char *line)
{
	enum kind kind = kind_of(line);

	switch (kind) {
	case NOISE:
		log_debug("sshd %ld: %s", s->pid, line);
		return;
	case LOGIN:
		s->is_in = 1;
		break;
	case CLOSE:
		s->is_closed = 1;
		s->is_keyless |= strstr(line, " authenticating user ") != NULL;
		break;
	case REASON:
		strcpy(s->reason, line);
		log_tell("sshd %ld: %s", s->pid, line);
		return;
	case ROUTINE:
		break;
	}
	log_info("sshd %ld: %s", s->pid, line);
}

static void end_line(struct sshdlog *s)
{
	while (s->len > 0 && s->line[s->len - 1] == '\r')
		s->len--;
	s->line[s->len] = '\0';
	if (s->len > 0)
		sshdlog_line(s, s->line);
	s->len = 0;
}

/* What is longer than a line of ours goes on as the next. */
static size_t sshdlog_take(struct filter *f, const char *data, size_t len)
{
	struct sshdlog *s = (struct sshdlog *)f;

	for (size_t i = 0; i < len; i++) {
		if (data[i] == '\n' || s->len == sizeof s->line - 1)
			end_line(s);
		if (data[i] != '\n')
			s->line[s->len++] = data[i] != '\0' ? data[i] : '?';
	}
	return len;
}

static void sshdlog_end(struct filter *f)
{
	end_line((struct sshdlog *)f);
}

static const struct filter_ops sshdlog_ops = { sshdlog_take, sshdlog_end };

void sshdlog_init(struct sshdlog *s, struct filters *of_stderr)
{
	filters_add(of_stderr, &s->filter, &sshdlog_ops);
}
