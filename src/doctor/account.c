/* SPDX-License-Identifier: BSD-2-Clause */
#include "doctor/account.h"

#include <stdio.h>
#include <string.h>

#include "base/kv.h"
#include "base/number.h"
#include "base/vis.h"

#define BEGIN "# vscode-remote-agent has looked\n"
#define END "# that is all\n"

void account_text(const struct examined *x, size_t n, struct buf *out)
{
	for (size_t i = 0; i < n; i++) {
		const struct doctor_check *c = x[i].check;
		const struct finding *f = &x[i].finding;
		char seen[4 * sizeof f->text];
		size_t len = vis_encode(seen, sizeof seen, f->text,
			strlen(f->text));

		buf_printf(out, "%-7s %-5s %-10s %.*s\n",
			verdict_word(f->verdict), check_place_word(x[i].place),
			c->name, (int)len, seen);
		if (f->verdict >= VERDICT_WARNING && c->means != NULL)
			buf_printf(out, "%25smeans: %s\n%25sdo: %s\n", "",
				c->means, "", c->advice);
	}
}

enum verdict account_worst(const struct examined *x, size_t n,
	unsigned count[VERDICTS])
{
	enum verdict worst = VERDICT_OK;

	for (int v = 0; v < VERDICTS; v++)
		count[v] = 0;
	for (size_t i = 0; i < n; i++) {
		count[x[i].finding.verdict]++;
		if (x[i].finding.verdict > worst)
			worst = x[i].finding.verdict;
	}
	return worst;
}

void account_write(const struct examined *x, size_t n, long now,
	struct buf *out)
{
	buf_puts(out, BEGIN);
	kv_writef(out, "time", "%ld", now);
	buf_puts(out, "\n");
	for (size_t i = 0; i < n; i++) {
		kv_write(out, "check", x[i].check->name);
		kv_write(out, "verdict", verdict_word(x[i].finding.verdict));
		kv_write(out, "finding", x[i].finding.text);
		buf_puts(out, "\n");
	}
	buf_puts(out, END);
}

/* One that this program does not know is of a newer agent, and left out. */
static size_t take_record(const struct kv *kv, struct examined *x)
{
	const char *name = kv_get(kv, "check");
	const char *verdict = kv_get(kv, "verdict");
	const char *text = kv_get(kv, "finding");

	*x = (struct examined){ .place = CHECK_NODE };
	x->check = name != NULL ? check_find(name) : NULL;
	if (x->check == NULL || verdict == NULL || text == NULL ||
		verdict_read(verdict, &x->finding.verdict) == -1)
		return 0;
	snprintf(x->finding.text, sizeof x->finding.text, "%s", text);
	return 1;
}

int account_read(const char *said, struct examined *out, long *now,
	struct err *e)
{
	const char *at = strstr(said, BEGIN);
	const char *end = at != NULL ? strstr(at, END) : NULL;
	size_t n = 0;

	*now = 0;
	if (end == NULL)
		return err_set(e, "the agent on the node has not said what it has seen");
	at += strlen(BEGIN);
	while (at < end) {
		struct kv kv = { 0 };
		long used = kv_parse(&kv, at, (size_t)(end - at), 1, e);
		const char *time;

		if (used <= 0) {
			kv_fini(&kv);
			return used == 0 ? (int)n : -1;
		}
		time = kv_get(&kv, "time");
		if (time != NULL && number_read(time, 0, NUMBER_EPOCH_MAX, now) == -1)
			*now = 0;
		else if (n < CHECKS_MAX)
			n += take_record(&kv, &out[n]);
		kv_fini(&kv);
		at += used;
	}
	return (int)n;
}
