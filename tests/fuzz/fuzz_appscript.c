/* SPDX-License-Identifier: BSD-2-Clause */
/* Lines that a script in the job prints, and words that name a listener: what they
 * come to is whole, and within bounds. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "front/appscript.h"
#include "front/portword.h"

#define MARK "0123456789abcdef"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void want(int true)
{
	if (!true)
		abort();
}

static void check_target(const struct target *t)
{
	want(memchr(t->path, '\0', sizeof t->path) != NULL);
	want((t->port != 0) != (t->path[0] == '/'));
}

static void check_line(const char *line, size_t len)
{
	struct appscript_said said;
	struct err e;

	appscript_read(&said, MARK, line, len);
	want(memchr(said.token, '\0', sizeof said.token) != NULL);
	if (said.what == APPSCRIPT_APP) {
		want(appkey_is_app(said.name, &e) == 0 && said.pid > 0);
		check_target(&said.target);
	}
	if (said.what == APPSCRIPT_TARGET)
		check_target(&said.target);
	if (said.what == APPSCRIPT_TOKEN)
		want(said.token[strspn(said.token, "0123456789abcdef")] == '\0');
}

static void check_word(const char *word)
{
	struct portword w;
	struct portword_name name;
	struct err e;

	(void)portword_is(word);
	if (portword_read(&w, word, &e) == -1)
		return;
	check_target(&w.target);
	want(memchr(w.host, '\0', sizeof w.host) != NULL);
	name = portword_name("default", NULL, NULL, &w.target, "");
	want(strchr(name.s, '/') == NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(sizeof MARK + size + 1);

	if (text == NULL)
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	check_word(text);
	check_line(text, size);
	memcpy(text, MARK " ", sizeof MARK);
	memcpy(text + sizeof MARK, data, size);
	check_line(text, sizeof MARK + size);
	free(text);
	return 0;
}
