/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The log of an editor, which a user has saved or pipes in: which of the known
 * symptoms are in it. It is read here and goes nowhere; of its lines at most those
 * that tell are shown, without tokens.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/vis.h"
#include "doctor/finding.h"
#include "doctor/symptom.h"
#include "front/cmd/command.h"
#include "front/cmd/doctor.h"
#include "front/cmd/show.h"
#include "os/print.h"
#include "os/redact.h"

#define LINE_MAX_SEEN 65536	/* what stands behind in a line tells nothing more */

static void read_lines(FILE *f, struct symptom_log *l)
{
	char *line = NULL;
	size_t size = 0;
	ssize_t n;

	while ((n = getline(&line, &size, f)) != -1) {
		while (n > 0 && (line[n - 1] == '\n' || line[n - 1] == '\r'))
			line[--n] = '\0';
		if (n > LINE_MAX_SEEN)
			line[n = LINE_MAX_SEEN] = '\0';
		for (char *nul; (nul = memchr(line, '\0', (size_t)n)) != NULL;)
			*nul = ' ';
		symptom_take(l, line);
	}
	free(line);
}

static int read_log(const char *path, struct symptom_log *l, struct err *e)
{
	FILE *f = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
	int bad;

	if (f == NULL)
		return err_set(e, "%s: %s", path, strerror(errno));
	errno = 0;
	read_lines(f, l);
	bad = ferror(f);
	if (bad)
		err_set(e, "%s: %s", path, strerror(errno));
	if (f != stdin)
		(void)fclose(f);
	if (bad)
		return -1;
	symptom_sort(l);
	return 0;
}

/* The line, fit to be shown. */
static char *shown_line(const struct symptom_seen *s)
{
	char text[sizeof s->text], *seen = mem_alloc(4 * sizeof text + 1);

	memcpy(text, s->text, sizeof text);
	redact(text);
	seen[vis_encode(seen, 4 * sizeof text, text, strlen(text))] = '\0';
	return seen;
}

static void put_symptom(const struct symptom_seen *s, struct buf *out)
{
	char *line = shown_line(s);

	buf_printf(out, "line %lu: %s\nsymptom: %s\nmeans: %s\n", s->line, line,
		s->symptom->title, s->symptom->means);
	if (s->symptom->advice != NULL)
		buf_printf(out, "do: %s\n", s->symptom->advice);
	free(line);
}

static void put_symptoms(const struct symptom_log *l, struct buf *out)
{
	if (l->n == 0 && l->reached > 0)
		buf_printf(out, "no symptom is in the log, and in line %lu a server was reached\n",
			l->reached);
	else if (l->n == 0)
		buf_puts(out, "no symptom that is known is in the log; doctor --job looks for one on the cluster\n");
	else
		put_symptom(&l->seen[0], out);
	if (l->n > 0 && l->seen[0].is_past)
		buf_printf(out, "But in line %lu a server was reached.\n",
			l->reached);
	for (size_t i = 1; i < l->n; i++)
		buf_printf(out, "also, in line %lu: %s\n", l->seen[i].line,
			l->seen[i].symptom->title);
}

static int put_symptoms_json(const struct symptom_log *l, struct buf *out,
	struct err *e)
{
	static const char *const keys[] = { "symptom", "line", "text", "means",
		"advice" };
	enum { KEYS = sizeof keys / sizeof keys[0] };
	char **cell = mem_alloc((l->n * KEYS + 1) * sizeof *cell);
	int ret;

	for (size_t i = 0; i < l->n; i++) {
		const struct symptom *s = l->seen[i].symptom;
		char **row = cell + i * KEYS;

		row[0] = mem_strdup(s->title);
		row[1] = mem_printf("%lu", l->seen[i].line);
		row[2] = shown_line(&l->seen[i]);
		row[3] = mem_strdup(s->means);
		row[4] = mem_strdup(s->advice != NULL ? s->advice : "-");
	}
	ret = show_json_cells("symptoms", keys, KEYS, cell, l->n, out, e);
	for (size_t i = 0; i < l->n * KEYS; i++)
		free(cell[i]);
	free(cell);
	return ret;
}

int doctor_log(const char *path, int json, struct err *e)
{
	struct symptom_log l = { .n = 0 };
	struct buf out = { 0 };
	int ret;

	if (read_log(path, &l, e) == -1)
		return -1;
	if (!json) {
		put_symptoms(&l, &out);
	} else if (put_symptoms_json(&l, &out, e) == -1) {
		buf_fini(&out);
		return -1;
	}
	ret = print_text(&out, e);
	return ret != 1 ? ret : COMMAND_DONE + verdict_status(l.n > 0 ?
		VERDICT_FAULT : VERDICT_OK);
}
