/* SPDX-License-Identifier: BSD-2-Clause */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "os/procfile.h"
#include "os/procstat.h"
#include "os/sockdump.h"
#include "reaper/kind.h"
#include "reaper/state.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* As a string, for what takes one. */
static void strings(const char *text)
{
	struct kind k;

	procfile_socket(text);
	kind_is_interpreter(text);
	kind_init(&k);
	if (kind_add(&k, text, NULL) == 0 && strchr(text, '=') == NULL)
		abort();
	kind_path(&k, text);
	kind_process(&k, "/bin/sh", text);
	kind_fini(&k);
}

/* The first byte says which of the reaper's parsers. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data + 1;
	char out[64], *copy;
	struct procstat st;
	struct procuse use;
	struct state s;
	struct sockdump d = { 0 };
	unsigned uid;
	size_t len;
	int error;

	if (size-- == 0)
		return 0;
	switch (data[0]) {
	case 'u':
		procfile_uid(text, size, &uid);
		break;
	case 'g':
		procfile_in_slurm(text, size);
		break;
	case 'e':
		if (procfile_env(text, size, "A", &len) != NULL && len >= size)
			abort();
		break;
	case 'c':
		if (procfile_script(text, size, out, sizeof out) != NULL &&
			strlen(out) >= sizeof out)
			abort();
		break;
	case 's':
		if (procstat_parse_use(text, size, &st, &use) == 0 &&
			strlen(use.name) >= sizeof use.name)
			abort();
		break;
	case 'r':
		if (state_parse(&s, text, size, "boot") == -1 &&
			s.n != 0)
			abort();
		state_fini(&s);
		break;
	case 'd':
		sockdump_parse(&d, text, size, 1, &error);
		sockdump_fini(&d);
		break;
	default:
		copy = malloc(size + 1);
		if (copy == NULL)
			return 0;
		memcpy(copy, text, size);
		copy[size] = '\0';
		strings(copy);
		free(copy);
	}
	return 0;
}
