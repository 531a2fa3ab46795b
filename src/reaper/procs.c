/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * /proc, read so that whatever vanishes in between is simply not there. Cheap
 * for those who are in no tree: two system calls and a file for each.
 */
#include "reaper/procs.h"

#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/number.h"
#include "os/proc.h"
#include "os/procfile.h"

#define KTHREADD 2
#define STATUS_MAX 4096
#define CGROUP_MAX (64 << 10)
#define CMDLINE_MAX 8192
#define ENVIRON_MAX (256 << 10)

int procs_uid(int pid, unsigned *uid)
{
	char text[STATUS_MAX];
	ssize_t n = proc_file(pid, "status", text, sizeof text);

	return n == -1 ? -1 : procfile_uid(text, (size_t)n, uid);
}

/*
 * The real uid. The directory has the effective one, or root's when the process
 * may not be looked at (ssh-agent), and there is no cheaper way to know.
 */
static int real_uid(int procfd, const char *name, const struct procstat *st,
	unsigned *uid)
{
	struct stat dir;

	if (fstatat(procfd, name, &dir, 0) == -1)
		return -1;
	*uid = dir.st_uid;
	if (dir.st_uid != 0 || st->ppid == KTHREADD || st->pid == KTHREADD)
		return 0;
	return procs_uid(st->pid, uid);
}

static char *link_of(int pid, const char *name)
{
	char path[PATH_MAX];

	return proc_link(pid, name, path, sizeof path) == -1 ? NULL :
		mem_strdup(path);
}

/* The script of an interpreter as an absolute path, or NULL. */
static char *script_of(int pid)
{
	char cmdline[CMDLINE_MAX], word[PATH_MAX], *cwd, *path;
	ssize_t n = proc_file(pid, "cmdline", cmdline, sizeof cmdline);

	if (n <= 0 || procfile_script(cmdline, (size_t)n, word,
			sizeof word) == NULL)
		return NULL;
	if (word[0] == '/')
		return mem_strdup(word);
	cwd = link_of(pid, "cwd");
	path = cwd ? mem_printf("%s/%s", cwd, word) : NULL;
	free(cwd);
	return path;
}

static int is_listed(const struct opt_list *globs, const char *path)
{
	const char *slash = strrchr(path, '/');

	for (size_t i = 0; i < globs->n; i++)
		if (fnmatch(globs->word[i], path, 0) == 0 ||
			(slash && fnmatch(globs->word[i], slash + 1, 0) == 0))
			return 1;
	return 0;
}

/* Only those who can be in a tree, and sshd, are worth more than a look. */
static void look_closer(struct plan_proc *proc, const struct reaper_options *o,
	const struct kind *kinds)
{
	int ssh = strncmp(proc->name, "sshd", 4) == 0 ||
		strcmp(proc->name, "dropbear") == 0;
	unsigned self = geteuid();

	if (!ssh && (self == 0 ? proc->uid < (unsigned)o->min_uid :
			proc->uid != self))
		return;
	proc->exe = link_of(proc->pid, "exe");
	if (proc->exe == NULL)
		return;
	if (kind_is_interpreter(proc->exe) && (o->exempt.n > 0 ||
			kind_path(kinds, proc->exe) == -1))
		proc->script = script_of(proc->pid);
	if (is_listed(&o->exempt, proc->exe) ||
		(proc->script != NULL && is_listed(&o->exempt, proc->script)))
		proc->exempt = 1;
}

static void procs_add(struct procs *p, int procfd, int pid, const char *name,
	const struct reaper_options *o, const struct kind *kinds)
{
	static long page;
	struct plan_proc *proc;
	struct procstat st;
	struct procuse use;
	unsigned uid;

	if (page == 0)
		page = sysconf(_SC_PAGESIZE);
	if (proc_stat_use(pid, &st, &use) == -1 ||
		real_uid(procfd, name, &st, &uid) == -1)
		return;
	if (p->n == p->room) {
		p->room = p->room ? 2 * p->room : 256;
		p->v = mem_realloc(p->v, p->room * sizeof *p->v);
	}
	proc = &p->v[p->n++];
	*proc = (struct plan_proc){
		.pid = st.pid,
		.ppid = st.ppid,
		.session = st.session,
		.tty = use.tty,
		.uid = uid,
		.state = st.state,
		.start = st.starttime,
		.cpu = use.cpu,
		.rss = use.pages * (unsigned long long)page,
		/*
		 * the reaper may be run in a terminal of an editor, and must
		 * not end itself
		 */
		.exempt = st.pid == getpid(),
	};
	memcpy(proc->name, use.name, sizeof proc->name);
	look_closer(proc, o, kinds);
}

void procs_read(struct procs *p, const struct reaper_options *o,
	const struct kind *kinds)
{
	DIR *dir = opendir("/proc");
	struct dirent *d;
	struct timespec now;

	*p = (struct procs){ 0 };
	while (dir != NULL && (d = readdir(dir)) != NULL) {
		long pid;

		if (number_read(d->d_name, 1, NUMBER_PID_MAX, &pid) == 0)
			procs_add(p, dirfd(dir), (int)pid, d->d_name, o, kinds);
	}
	if (dir != NULL)
		closedir(dir);
	/*
	 * read after all processes: none of them then seems to begin later than
	 * now
	 */
	clock_gettime(CLOCK_BOOTTIME, &now);
	p->now = (double)now.tv_sec + (double)now.tv_nsec / 1e9;
	p->hz = (double)sysconf(_SC_CLK_TCK);
}

void procs_free(struct procs *p)
{
	for (size_t i = 0; i < p->n; i++) {
		free(p->v[i].exe);
		free(p->v[i].script);
	}
	free(p->v);
	*p = (struct procs){ 0 };
}

int procs_environ(struct plan_proc *proc)
{
	static char text[ENVIRON_MAX];
	ssize_t n = proc_file(proc->pid, "environ", text, sizeof text);
	const char *value;
	size_t len;

	if (n == -1)
		return 0;
	for (size_t i = 0; i < PLAN_MARKS; i++) {
		value = procfile_env(text, (size_t)n, plan_mark_names[i],
			&len);
		proc->mark[i] = value && len > 0 ?
			plan_mark(value, len) : 0;
	}
	return procfile_env(text, (size_t)n, "VSCODE_REMOTE_SHELL_SESSION",
		&len) != NULL;
}

int procs_in_slurm(int pid)
{
	static char text[CGROUP_MAX];
	ssize_t n = proc_file(pid, "cgroup", text, sizeof text);

	if (n == -1)
		return procs_is_hidden(pid);
	return procfile_in_slurm(text, (size_t)n);
}

int procs_is_hidden(int pid)
{
	struct procstat st;

	return errno != ENOENT && errno != ESRCH &&
		proc_stat(pid, &st) == 0 && st.state != 'Z';
}
