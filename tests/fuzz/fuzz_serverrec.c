/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Names, pid files, command lines and marks: what other programs and other
 * hosts leave in the home directory. The first byte says which of them.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "editor/folderline.h"
#include "editor/serverrec.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_name(const char *text)
{
	char name[SERVERREC_NAME_MAX];

	if (serverrec_of_file(text, name) == -1 &&
		serverrec_of_dir(text, name) == -1 &&
		serverrec_of_lock(text, name) == -1 &&
		serverrec_of_entry(text, name) == -1)
		return;
	if (strlen(name) >= sizeof name || strstr(name, "..") != NULL ||
		serverrec_commit(name)[0] == '\0')
		abort();
	for (unsigned i = 0; i < 4; i++)
		free(serverrec_file(name, i));
}

static void check_pid(const char *name, const char *text, size_t len)
{
	int pid;

	if ((serverrec_pid(name, text, len, &pid) == SERVERREC_PID) !=
		(pid > 1))
		abort();
	free(serverrec_listening(name, text, len));
}

/* Written again and read again they are the same. */
static void check_marks(const char *text, size_t len)
{
	struct serverrec_marks m, again;
	struct buf out = { 0 };

	if (serverrec_marks_parse(&m, text, len, NULL) == -1)
		return;
	serverrec_marks_write(&out, &m);
	if (serverrec_marks_parse(&again, buf_data(&out), out.len, NULL) == -1)
		abort();
	if (again.n != m.n)
		abort();
	for (size_t i = 0; i < m.n; i++)
		if (serverrec_mark_find(&again, &m.mark[i]) == NULL)
			abort();
	serverrec_marks_fini(&again);
	serverrec_marks_fini(&m);
	buf_fini(&out);
}

/* Any pieces give the same places. */
static void check_lines(const char *text, size_t len)
{
	struct folderline whole = { .line.len = 0 }, bytes = { .line.len = 0 };

	for (size_t at = 0, one = 0; at < len;) {
		size_t n = folderline_scan(&whole, text + at, len - at);

		if (n > len - at || (n > 0 && text[at + n - 1] != '\n'))
			abort();
		at += n ? n : len - at;
		while (one < at) {
			size_t here = folderline_scan(&bytes, text + one, 1);

			one++;
			if ((here == 1) != (n > 0 && one == at))
				abort();
		}
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const dirs[] = { "/home/u/.vscode-server", NULL };
	const char *text = (const char *)data + 1;
	char *copy;

	if (size == 0)
		return 0;
	size--;
	switch (data[0] % 6) {
	case 0:
		copy = mem_strndup(text, size);
		check_name(copy);
		free(copy);
		break;
	case 1:
		check_pid(".0123456789ab", text, size);
		check_pid("cli/agent-host-x", text, size);
		check_pid("agent-host/local-endpoint/entries/0", text, size);
		break;
	case 2:
		(void)serverrec_is_server(".0123456789ab", dirs, NULL, text,
			size);
		break;
	case 3:
		free(serverrec_listening(".0123456789ab", text, size));
		break;
	case 4:
		check_marks(text, size);
		break;
	default:
		check_lines(text, size);
	}
	return 0;
}
