/* SPDX-License-Identifier: BSD-2-Clause */
/* Command lines: one word a line of the input. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/expand.h"
#include "base/mem.h"
#include "base/tag.h"
#include "opt/opt.h"

#define WORDS 32

struct config {
	int flag, stop, count, number, port, mode;
	char *text, *name, *address;
	struct opt_list list;
	struct opt_ports ports;
	long time;
};

#define AT(field) offsetof(struct config, field)

static const char *const modes[] = { "slow", "fast", NULL };

static const struct opt table[] = {
	{ .group = "Group" },
	{ "flag", 'f', OPT_FLAG, .at = AT(flag), .help = "" },
	{ "stop", 's', OPT_STOP, .at = AT(stop), .help = "" },
	{ "count", 'c', OPT_COUNT, .at = AT(count), .help = "" },
	{ "text", 't', OPT_STRING, "X", "x", AT(text), .help = "" },
	{ "name", 'N', OPT_NAME, "X", "x", AT(name), .help = "" },
	{ "address", 'a', OPT_ADDRESS, "X", "::", AT(address), .help = "" },
	{ "list", 'L', OPT_LIST, "X", .at = AT(list), .preferred = 1,
		.help = "" },
	{ "listing", .alias = "flag" },
	{ "number", 'n', OPT_INT, "X", "5", AT(number), 5, 1000, .help = "" },
	{ "port", 'p', OPT_PORT, "X", "0", AT(port), .help = "" },
	{ "ports", 'P', OPT_PORTS, "X", "0", AT(ports), .help = "" },
	{ "time", 'T', OPT_DURATION, "X", "5m", AT(time), 1, OPT_DAY,
		.help = "" },
	{ "mode", 'm', OPT_ENUM, "X", "fast", AT(mode), .words = modes,
		.help = "" },
	{ 0 }
};

static void must(int ok)
{
	if (!ok)
		abort();
}

/* Whatever was typed: a value that was taken is a good value. */
static void check(const struct config *c)
{
	must(c->number >= 5 && c->number <= 1000);
	must(c->port >= 0 && c->port <= 65535);
	must(c->ports.first <= c->ports.last);
	must(c->ports.first > 0 || c->ports.last == 0);
	must(c->time >= 1 && c->time <= OPT_DAY);
	must(c->mode == 0 || c->mode == 1);
	must(c->text[0] != '\0');
	must(tag_is_name(c->name));
	must(c->address[0] != '\0');
	must(c->list.n <= WORDS);
}

static void expand(const char *word)
{
	char *token = expand_token(word, "[PID]", "1");
	char *home = expand_home(word, "/h");

	must(strstr(word, "[PID]") != NULL || strcmp(token, word) == 0);
	must(strlen(home) <= strlen(word) + 1);
	free(token);
	free(home);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *input = mem_strndup((const char *)data, size);
	char *argv[WORDS + 2] = { mem_strdup("fuzz") };
	struct err e = { "" };
	struct config c;
	struct opt_set set;
	int argc = 1, next;

	for (char *s = input; *s != '\0' && argc <= WORDS;) {
		size_t len = strcspn(s, "\n");

		/* an exact copy, so that a read beyond it is seen */
		argv[argc++] = mem_strndup(s, len);
		expand(argv[argc - 1]);
		s += len + (s[len] != '\0');
	}
	optset_init(&set, table, OPT_PROGRAM, &c);
	next = opt_parse(&set, argc, argv, 1, &e);
	must(next == -1 ? e.text[0] != '\0' : next >= 1 && next <= argc);
	check(&c);
	optset_fini(&set);
	for (int i = 0; i < argc; i++)
		free(argv[i]);
	free(input);
	return 0;
}
