/* SPDX-License-Identifier: BSD-2-Clause */
/* The system that a session finds: its limits, its libraries, what it allows. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "doctor/ask.h"
#include "doctor/judge.h"
#include "doctor/look.h"
#include "opt/opttable.h"
#include "opt/runtimerow.h"
#include "os/peeruid.h"
#include "os/userns.h"

void look_limits(const struct patient *p, struct finding *f)
{
	static const struct {
		int resource;
		int hard;	/* ours to raise up to that */
	} rows[JUDGE_LIMITS] = {
		[JUDGE_FILES] = { RLIMIT_NOFILE, 1 },
		[JUDGE_PROCESSES] = { RLIMIT_NPROC, 0 },
		[JUDGE_ADDRESSES] = { RLIMIT_AS, 0 },
		[JUDGE_FILE_SIZE] = { RLIMIT_FSIZE, 0 },
	};
	unsigned long long is[JUDGE_LIMITS];

	for (int i = 0; i < JUDGE_LIMITS; i++) {
		struct rlimit r;
		rlim_t now;

		is[i] = JUDGE_NO_LIMIT;
		if (getrlimit(rows[i].resource, &r) == -1)
			continue;
		now = rows[i].hard ? r.rlim_max : r.rlim_cur;
		if (now != RLIM_INFINITY)
			is[i] = now;
	}
	judge_limits(is, p->place, f);
}

void look_logind(const struct patient *p, struct finding *f)
{
	static const char service[] = "org.freedesktop.login1";
	char path[PATH_MAX];
	char *argv[] = { path, (char *)"--timeout=2", (char *)"get-property",
		(char *)service, (char *)"/org/freedesktop/login1",
		(char *)"org.freedesktop.login1.Manager",
		(char *)"KillUserProcesses", NULL };
	struct answer a;
	struct err e;

	if (ask_find("busctl", path, sizeof path) == -1) {
		finding_set(f, VERDICT_UNKNOWN, "there is no busctl here to ask systemd-logind with");
		return;
	}
	if (ask(argv, NULL, NULL, ASK_MS, &a, &e) == -1)
		finding_set(f, VERDICT_UNKNOWN, "%s", e.text);
	else
		judge_logind(buf_data(&a.said), answer_is_good(&a),
			p->opt->forward.linger, f);
	buf_fini(&a.said);
}

void look_peers(const struct patient *p, struct finding *f)
{
	struct peeruid peers;
	struct err e;

	if (peeruid_open(&peers, &e) == 0) {
		peeruid_close(&peers);
		finding_set(f, VERDICT_OK, "the kernel tells whose connections come in");
	} else {
		finding_set(f, p->opt->forward.peer_check ==
			OPTIONS_PEER_REQUIRE || p->place == CHECK_NODE ?
			VERDICT_FAULT : VERDICT_WARNING, "%s", e.text);
	}
}

void look_libc(const struct patient *p, struct finding *f)
{
	char path[PATH_MAX];
	char *argv[] = { path, (char *)"GNU_LIBC_VERSION", NULL };
	struct answer a;
	struct err e;

	(void)p;
	if (ask_find("getconf", path, sizeof path) == -1) {
		finding_set(f, VERDICT_UNKNOWN, "there is no getconf here, which would tell");
		return;
	}
	if (ask(argv, NULL, NULL, ASK_MS, &a, &e) == -1)
		finding_set(f, VERDICT_UNKNOWN, "%s", e.text);
	else
		judge_libc(buf_data(&a.said), f);
	buf_fini(&a.said);
}

/* "	libstdc++.so.6 (libc6,x86-64) => /lib/x86_64-linux-gnu/libstdc++.so.6" */
static int find_libstdcxx(char *out, size_t size)
{
	char path[PATH_MAX];
	char *argv[] = { path, (char *)"-p", NULL };
	const char *at = NULL;
	struct answer a = { .status = -1 };
	struct err e;

	if (ask_find("ldconfig", path, sizeof path) == 0 &&
		ask(argv, NULL, NULL, ASK_MS, &a, &e) == 0) {
		at = strstr(buf_data(&a.said), "libstdc++.so.6 ");
		at = at != NULL ? strstr(at, "=> /") : NULL;
	}
	if (at != NULL) {
		at += 3;
		snprintf(out, size, "%.*s", (int)strcspn(at, "\n"), at);
	}
	buf_fini(&a.said);
	return at != NULL;
}

void look_libstdcxx(const struct patient *p, struct finding *f)
{
	char path[PATH_MAX];
	struct stat st;
	void *data = MAP_FAILED;
	int fd;

	(void)p;
	if (!find_libstdcxx(path, sizeof path)) {
		finding_set(f, VERDICT_UNKNOWN, "`ldconfig -p` knows no libstdc++.so.6");
		return;
	}
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd != -1 && fstat(fd, &st) == 0 && st.st_size > 0)
		data = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (data == MAP_FAILED)
		finding_set(f, VERDICT_UNKNOWN, "%s: %s", path, strerror(errno));
	else
		judge_libstdcxx(data, (size_t)st.st_size, path, f);
	if (fd != -1)
		close(fd);
}

void look_xauth(const struct patient *p, struct finding *f)
{
	char path[PATH_MAX];

	if (ask_find("xauth", path, sizeof path) == 0)
		finding_set(f, VERDICT_OK, "%s", path);
	else
		finding_set(f, p->opt->services.forward_x11 ? VERDICT_FAULT :
			VERDICT_OK, "there is no xauth; only --forward-x11 needs it");
}

void look_containers(const struct patient *p, struct finding *f)
{
	const char *image = p->opt->container.image;
	int is_asked = image != NULL && strcmp(image, "none") != 0;
	struct buf names = { 0 };
	char path[PATH_MAX];
	struct err e;

	/* That the program of one with a check is there says nothing yet. */
	for (size_t i = 0; runtimerow_builtin_name(i) != NULL; i++)
		if (runtimerow_builtin(i, RUNTIMEKEY_CHECK) == NULL &&
			ask_find(runtimerow_builtin(i, RUNTIMEKEY_PROGRAM),
				path, sizeof path) == 0)
			buf_printf(&names, "%s%s", names.len > 0 ? ", " : "",
				runtimerow_builtin_name(i));
	buf_append(&names, "", 1);
	if (names.len == 1)
		finding_set(f, is_asked ? VERDICT_WARNING : VERDICT_OK,
			"no runtime of containers that is built in is there; only --container needs one");
	else if (geteuid() != 0 && userns_try(&e) == -1)
		finding_set(f, is_asked ? VERDICT_WARNING : VERDICT_OK,
			"%s; %s", buf_data(&names), e.text);
	else
		finding_set(f, VERDICT_OK, "%s", buf_data(&names));
	buf_fini(&names);
}
