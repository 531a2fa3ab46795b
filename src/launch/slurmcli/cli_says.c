/* SPDX-License-Identifier: BSD-2-Clause */
/* Pure: no I/O, no clock, no globals. */
/*
 * Slurm tells the number of an error to nobody who does not link its library, so
 * its words are what there is. A line that is in no row is a refusal, whose text
 * comes back whole: who reads it removes what the job needs. So all that may be
 * said when only the answer was lost is in a row, as slurm_reach_class() has the
 * numbers: of communication, of sockets, and of the system.
 */
#include "launch/slurmcli/cli_says.h"

#include <stdio.h>
#include <string.h>

#include "base/number.h"

#define ELEMENTS(a) (sizeof(a) / sizeof *(a))

/* These lead in, in this order, each at most once. */
static const char *const leads[] = {
	"sbatch: ", "squeue: ", "scontrol: ", "scancel: ", "sinfo: ",
	"error: ", "fatal: ", "Batch job submission failed: ",
	"slurm_load_jobs error: ", "slurm_load_ctl_conf error: ",
	"slurm_update error: ", "allocation failure: ",
};

/* The first that is in the line counts. */
static const struct {
	const char *part, *class;
} classes[] = {
	{ CLI_SAYS_LOADER, "config" },
	{ "unrecognized option", "usage" },
	{ "invalid option --", "usage" },
	{ "option requires an argument", "usage" },
	{ "requires an argument", "usage" },
	{ "doesn't allow an argument", "usage" },
	{ "is ambiguous", "usage" },
	{ "Invalid job id", "gone" },
	{ "already completing or completed", "gone" },
	{ "Unable to contact slurm controller", "unavailable" },
	/* slurm_errtab from 1000, that of 22.05 to 26.11 */
	{ "Unexpected message received", "unavailable" },
	{ "Communication connection failure", "unavailable" },
	{ "Message connection failure", "unavailable" },
	{ "Message send failure", "unavailable" },
	{ "Message receive failure", "unavailable" },
	{ "Communication shutdown failure", "unavailable" },
	{ "Incompatible versions of client and server", "unavailable" },
	{ "I/O stream version number error", "unavailable" },
	{ "authentication error", "unavailable" },
	{ "Insane message length", "unavailable" },
	{ "Plugin initialization failed", "unavailable" },
	{ "Can't find an address, check slurm.conf", "unavailable" },
	{ "Unexpected missing socket", "unavailable" },
	{ "Unable to process incoming ", "unavailable" },
	{ "Unable to process outgoing ", "unavailable" },
	{ "Read would block", "unavailable" },
	{ "Write would block", "unavailable" },
	{ "Connection rejected by handler", "unavailable" },
	{ "Connection forced closed", "unavailable" },
	{ "Kernel reported delayed socket error", "unavailable" },
	{ "closing all communications", "unavailable" },
	/* and from 5000 */
	{ "Received zero length message", "unavailable" },
	{ "Received message length < 0", "unavailable" },
	{ "Failed to send entire message", "unavailable" },
	{ "Header lengths are longer than data", "unavailable" },
	{ "Socket timed out", "unavailable" },
	{ "Zero Bytes were transmitted", "unavailable" },
	/* What the system says of a connection, or when it says nothing */
	{ "Connection refused", "unavailable" },
	{ "Connection timed out", "unavailable" },
	{ "Connection reset by peer", "unavailable" },
	{ "Software caused connection abort", "unavailable" },
	{ "Transport endpoint is", "unavailable" },
	{ "Broken pipe", "unavailable" },
	{ "No route to host", "unavailable" },
	{ "Network is unreachable", "unavailable" },
	{ "Network is down", "unavailable" },
	{ "Host is down", "unavailable" },
	{ "Cannot assign requested address", "unavailable" },
	{ "Resource temporarily unavailable", "unavailable" },
	{ "Interrupted system call", "unavailable" },
	{ "Input/output error", "unavailable" },
	{ "No buffer space available", "unavailable" },
	{ "Cannot allocate memory", "unavailable" },
	{ "Operation now in progress", "unavailable" },
	{ "No error", "unavailable" },
	/* auth/munge; a site may write of its munge, too */
	{ "Munge encode failed", "unavailable" },
	{ "Munge decode failed", "unavailable" },
	{ "If munged is up", "unavailable" },
	{ "munge_ctx_", "unavailable" },
	{ "auth_munge: ", "unavailable" },
	{ "onfiguration file", "config" },
	{ "configuration source", "config" },
	{ "Unable to process configuration", "config" },
};

/* Up to those words, which stand behind it in the line; at is behind them then. */
static int take_until(const char **at, const char *words, char *out, size_t size)
{
	const char *end = strstr(*at, words);

	if (end == NULL || (size_t)(end - *at) >= size)
		return -1;
	memcpy(out, *at, (size_t)(end - *at));
	out[end - *at] = '\0';
	*at = end + strlen(words);
	return 0;
}

/*
 * "sbatch: Job 7 to start at 1795935378 using 2 processors on nodes c1 in partition
 * devel"; since 25.05 "1795935378 a using", or "1795935378 on cluster NAME a using".
 */
static int take_start(const char *line, struct cli_start *start)
{
	const char *at = strstr(line, "Job ");
	char job[16], when[160], cpus[32];

	if (at == NULL)
		return -1;
	at += strlen("Job ");
	if (take_until(&at, " to start at ", job, sizeof job) == -1 ||
		take_until(&at, " using ", when, sizeof when) == -1 ||
		take_until(&at, " processors on nodes ", cpus, sizeof cpus) == -1 ||
		take_until(&at, " in partition ", start->nodes,
			sizeof start->nodes) == -1)
		return -1;
	when[strcspn(when, " ")] = '\0';
	snprintf(start->partition, sizeof start->partition, "%s", at);
	return number_read(when, 1, NUMBER_EPOCH_MAX, &start->time) == -1 ||
		number_read(cpus, 0, UINT32_MAX, &start->cpus) == -1 ? -1 : 0;
}

void cli_says_start(struct buf *printed, struct cli_start *start)
{
	struct buf rest = { 0 };
	char *at, *nl;

	*start = (struct cli_start){ 0 };
	buf_append(printed, "", 1);
	for (at = buf_data(printed); *at != '\0'; at = nl) {
		struct cli_start seen = { 0 };

		nl = at + strcspn(at, "\n");
		if (*nl == '\n')
			*nl++ = '\0';
		if (take_start(at, &seen) == 0)
			*start = seen;
		else
			buf_printf(&rest, "%s\n", at);
	}
	buf_fini(printed);
	*printed = rest;
}

/* "17", or "17;cluster" of one that is told where */
uint32_t cli_says_job(const struct buf *printed)
{
	const char *at = buf_data(printed), *end = at + printed->len, *nl;
	unsigned long long id;

	while (end > at && (end[-1] == '\n' || end[-1] == ' '))
		end--;
	nl = end > at ? memrchr(at, '\n', (size_t)(end - at)) : NULL;
	if (nl != NULL)
		at = nl + 1;
	if (number_take(&at, end, UINT32_MAX, &id) == -1 ||
		(at < end && *at != ';'))
		return 0;
	return (uint32_t)id;
}

const char *cli_says_class(const char *text)
{
	for (size_t i = 0; i < ELEMENTS(classes); i++)
		if (strstr(text, classes[i].part) != NULL)
			return classes[i].class;
	return "refused";
}

/* getopt(3) says what is wrong in the line before this one. */
static int is_hint(const char *line)
{
	return strstr(line, "--help\" for more information") != NULL;
}

void cli_says_why(struct buf *printed, char *text, size_t size)
{
	char *begin, *line = NULL;
	size_t len;

	text[0] = '\0';
	buf_append(printed, "", 1);
	begin = buf_data(printed);
	for (char *at = begin; *at; at += len + (at[len] == '\n')) {
		char was;

		len = strcspn(at, "\n");
		was = at[len];
		at[len] = '\0';
		if (len > 0 && !is_hint(at))
			line = at;
		at[len] = was;
	}
	printed->len--;
	if (line == NULL)
		return;
	len = strcspn(line, "\n");
	snprintf(text, size, "%.*s", (int)len, line);
	/* What stays is all that comes before it. */
	printed->len = (size_t)(line - begin);
	for (size_t i = 0; i < ELEMENTS(leads); i++)
		if (strncmp(text, leads[i], strlen(leads[i])) == 0)
			memmove(text, text + strlen(leads[i]),
				strlen(text + strlen(leads[i])) + 1);
}

/* "Slurmctld(primary) at ctl is DOWN" */
int cli_says_down(const struct buf *ping, char *host, size_t size)
{
	const char *at = buf_data(ping), *end = at + ping->len, *nl, *name, *is;
	int up = 0, down = 0;
	size_t used = 0;

	host[0] = '\0';
	for (; at < end; at = nl + 1) {
		nl = memchr(at, '\n', (size_t)(end - at));
		if (nl == NULL)
			nl = end;
		name = memmem(at, (size_t)(nl - at), " at ", 4);
		is = memmem(at, (size_t)(nl - at), " is ", 4);
		if (name == NULL || is == NULL || is < name + 4)
			continue;
		if (nl - is == 8 && memcmp(is, " is DOWN", 8) == 0)
			down++;
		else
			up++;
		if (used < size)
			used += (size_t)snprintf(host + used, size - used,
				"%s%.*s", used > 0 ? ", " : "",
				(int)(is - name - 4), name + 4);
	}
	return down > 0 && up == 0;
}
