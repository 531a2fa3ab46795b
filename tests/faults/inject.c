/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Preloaded into a program, counts its calls of the C library, and lets the
 * Nth one kill the process or fail; or shifts its clock. So a fault happens at
 * a point, not at a time.
 *
 *	FAULT_IN=NAME		only in the program of that name (its children
 *				until they exec belong to it)
 *	FAULT_STATE=FILE	struct state, shared with the test
 *	FAULT_OF=io|memory	which calls count; without it none
 *	FAULT_DO=kill|fail	what happens at call number at; kill hits only
 *				the process that was exec'd, no child of it
 *	FAULT_CALL=NAME		of those, only this one counts
 *	FAULT_SETSID_MS=N	how long setsid() takes
 *	FAULT_TIMERS=1		timers obey state.ahead
 *
 * The test writes state.at, state.shift and state.ahead, at any time, and reads
 * the rest.
 */
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <poll.h>
#include <pty.h>
#include <pwd.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum what { IO = 1, MEMORY = 2 };

struct state {
	_Atomic int64_t at;	/* 0: never */
	_Atomic int64_t calls;	/* so far */
	_Atomic int64_t fired;	/* how often call number at was met */
	_Atomic int64_t shift;	/* seconds added to the wall clock */
	char name[40];		/* of the call that was hit */
	_Atomic int64_t ahead;	/* seconds added to the monotonic clock */
};

static struct state none, *state = &none;
static enum what counted;
static int kills;
static const char *only;	/* NULL: all */
static pid_t own;
static int has_timers;

/* Before the constructor has run nothing is counted. */
__attribute__((constructor))
static void begin(void)
{
	const char *in = getenv("FAULT_IN"), *of = getenv("FAULT_OF");
	const char *path = getenv("FAULT_STATE"), *what = getenv("FAULT_DO");
	void *map;
	int fd;

	if (path == NULL || in == NULL ||
		strcmp(in, program_invocation_short_name) != 0)
		return;
	fd = syscall(SYS_openat, AT_FDCWD, path, O_RDWR | O_CLOEXEC, 0);
	if (fd == -1)
		return;
	map = mmap(NULL, sizeof *state, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
		0);
	syscall(SYS_close, fd);
	if (map == MAP_FAILED)
		return;
	own = getpid();
	only = getenv("FAULT_CALL");
	has_timers = getenv("FAULT_TIMERS") != NULL;
	kills = what != NULL && strcmp(what, "kill") == 0;
	state = map;
	if (of != NULL)
		counted = strcmp(of, "io") == 0 ? IO : MEMORY;
}

/* Whether this call is the one. errno is set to error, which is 0 for a call
 * that has no failure of interest and only counts for kills. */
static int hit(enum what what, const char *name, int error)
{
	int64_t n;

	if (what != counted || (only != NULL && strcmp(only, name) != 0) ||
		(kills && getpid() != own) ||
		(!kills && error == 0))
		return 0;
	n = atomic_fetch_add(&state->calls, 1) + 1;
	if (n != state->at)
		return 0;
	state->fired++;
	strncpy(state->name, name, sizeof state->name - 1);
	if (kills)
		kill(own, SIGKILL);
	errno = error;
	return 1;
}

#define REAL(name) \
	static __typeof__(&name) real; \
	if (real == NULL) \
		real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

/* type name params, called with args; bad is what it returns with error. */
#define WRAP_AS(type, name, params, args, error, bad) \
type name params \
{ \
	REAL(name); \
	if (hit(IO, #name, error)) \
		return bad; \
	return real args; \
}
#define WRAP(type, name, params, args, error) \
	WRAP_AS(type, name, params, args, error, -1)

/* What programs call that were built with _FORTIFY_SOURCE. */
ssize_t __read_chk(int, void *, size_t, size_t);
int __openat_2(int, const char *, int);

WRAP(ssize_t, read, (int fd, void *p, size_t n), (fd, p, n), EIO)
WRAP(ssize_t, __read_chk, (int fd, void *p, size_t n, size_t m),
	(fd, p, n, m), EIO)
WRAP(ssize_t, write, (int fd, const void *p, size_t n), (fd, p, n), EIO)
WRAP(ssize_t, send, (int fd, const void *p, size_t n, int f), (fd, p, n, f),
	ENOBUFS)
WRAP(ssize_t, sendto, (int fd, const void *p, size_t n, int f,
	const struct sockaddr *a, socklen_t l), (fd, p, n, f, a, l), ENOBUFS)
WRAP(ssize_t, recvmsg, (int fd, struct msghdr *m, int f), (fd, m, f), ENOBUFS)
WRAP(int, socket, (int d, int t, int p), (d, t, p), EMFILE)
WRAP(int, bind, (int fd, const struct sockaddr *a, socklen_t l), (fd, a, l),
	EADDRNOTAVAIL)
WRAP(int, listen, (int fd, int n), (fd, n), EADDRINUSE)
WRAP(int, connect, (int fd, const struct sockaddr *a, socklen_t l), (fd, a, l),
	ENETUNREACH)
WRAP(int, accept4, (int fd, struct sockaddr *a, socklen_t *l, int f),
	(fd, a, l, f), EMFILE)
WRAP(int, getsockname, (int fd, struct sockaddr *a, socklen_t *l), (fd, a, l),
	ENOBUFS)
WRAP(int, getpeername, (int fd, struct sockaddr *a, socklen_t *l), (fd, a, l),
	ENOTCONN)
WRAP(int, getsockopt, (int fd, int l, int o, void *v, socklen_t *n),
	(fd, l, o, v, n), ENOBUFS)
WRAP(int, setsockopt, (int fd, int l, int o, const void *v, socklen_t n),
	(fd, l, o, v, n), ENOBUFS)
WRAP(int, shutdown, (int fd, int how), (fd, how), ENOTCONN)
WRAP(int, pipe2, (int p[2], int f), (p, f), EMFILE)
WRAP(int, eventfd, (unsigned n, int f), (n, f), EMFILE)
WRAP(int, epoll_create1, (int f), (f), EMFILE)
WRAP(int, epoll_ctl, (int e, int o, int fd, struct epoll_event *v),
	(e, o, fd, v), ENOSPC)
WRAP(int, poll, (struct pollfd *p, nfds_t n, int t), (p, n, t), ENOMEM)
WRAP(int, close, (int fd), (fd), 0)
WRAP(int, dup2, (int a, int b), (a, b), EMFILE)
WRAP(int, fstat, (int fd, struct stat *s), (fd, s), EIO)
WRAP(int, stat, (const char *p, struct stat *s), (p, s), EACCES)
WRAP(int, lstat, (const char *p, struct stat *s), (p, s), EACCES)
WRAP(int, access, (const char *p, int m), (p, m), EACCES)
WRAP(int, mkdir, (const char *p, mode_t m), (p, m), ENOSPC)
WRAP(int, mkdirat, (int d, const char *p, mode_t m), (d, p, m), ENOSPC)
WRAP(int, unlinkat, (int d, const char *p, int f), (d, p, f), EIO)
WRAP(int, renameat, (int d, const char *p, int e, const char *q), (d, p, e, q),
	ENOSPC)
WRAP(int, fsync, (int fd), (fd), EIO)
WRAP(int, fchmod, (int fd, mode_t m), (fd, m), EPERM)
WRAP(int, ftruncate, (int fd, off_t n), (fd, n), EIO)
WRAP(int, chdir, (const char *p), (p), EACCES)
WRAP(ssize_t, readlink, (const char *p, char *b, size_t n), (p, b, n), EACCES)
WRAP(int, execve, (const char *p, char *const a[], char *const e[]), (p, a, e),
	ENOMEM)
WRAP(int, execvp, (const char *p, char *const a[]), (p, a), ENOMEM)

/* What means all processes of the user would end this test, and all others. */
int kill(pid_t pid, int sig)
{
	static const char text[] = "a signal for all processes\n";

	if (pid == -1) {
		syscall(SYS_write, 2, text, sizeof text - 1);
		abort();
	}
	return syscall(SYS_kill, pid, sig);
}

/* An agent goes on in its first child; the parent only keeps it. */
pid_t fork(void)
{
	static int has_forked;
	pid_t pid;

	REAL(fork);
	if (hit(IO, "fork", EAGAIN))
		return -1;
	pid = real();
	if (!has_forked && own != 0 && strcmp(program_invocation_short_name,
		"vscode-remote-agent") == 0)
		own = pid == 0 ? getpid() : -1;
	has_forked = 1;
	return pid;
}

WRAP(pid_t, waitpid, (pid_t p, int *s, int f), (p, s, f), EINTR)

/* Long enough for whoever looks at a child before it has its session. */
pid_t setsid(void)
{
	const char *ms = getenv("FAULT_SETSID_MS");
	long n = ms != NULL ? atol(ms) : 0;
	REAL(setsid);

	if (own != 0 && n > 0)
		nanosleep(&(struct timespec){ n / 1000, n % 1000 * 1000000 },
			NULL);
	return hit(IO, "setsid", EPERM) ? -1 : real();
}

WRAP(ssize_t, getrandom, (void *p, size_t n, unsigned f), (p, n, f), EINTR)
WRAP(int, getifaddrs, (struct ifaddrs **a), (a), ENOMEM)
WRAP(int, gethostname, (char *p, size_t n), (p, n), EFAULT)
WRAP(int, openpty, (int *m, int *s, char *n, const struct termios *t,
	const struct winsize *w), (m, s, n, t, w), ENOENT)
WRAP(int, sigaction, (int s, const struct sigaction *a, struct sigaction *o),
	(s, a, o), 0)
WRAP(int, sigprocmask, (int h, const sigset_t *s, sigset_t *o), (h, s, o), 0)
WRAP_AS(struct passwd *, getpwuid, (uid_t u), (u), EIO, NULL)
WRAP_AS(DIR *, opendir, (const char *p), (p), EMFILE, NULL)
WRAP_AS(DIR *, fdopendir, (int fd), (fd), ENOMEM, NULL)

int open(const char *path, int flags, ...)
{
	mode_t mode = 0;
	va_list ap;
	REAL(open);

	va_start(ap, flags);
	if (flags & (O_CREAT | O_TMPFILE))
		mode = va_arg(ap, mode_t);
	va_end(ap);
	return hit(IO, "open", EMFILE) ? -1 : real(path, flags, mode);
}

int openat(int dir, const char *path, int flags, ...)
{
	mode_t mode = 0;
	va_list ap;
	REAL(openat);

	va_start(ap, flags);
	if (flags & (O_CREAT | O_TMPFILE))
		mode = va_arg(ap, mode_t);
	va_end(ap);
	return hit(IO, "openat", EMFILE) ? -1 : real(dir, path, flags, mode);
}

WRAP(int, __openat_2, (int d, const char *p, int f), (d, p, f), EMFILE)

int fcntl(int fd, int cmd, ...)
{
	void *arg;
	va_list ap;
	REAL(fcntl);

	va_start(ap, cmd);
	arg = va_arg(ap, void *);
	va_end(ap);
	return hit(IO, "fcntl", cmd == F_DUPFD_CLOEXEC ? EMFILE : 0) ? -1 :
		real(fd, cmd, arg);
}

/* The wall clock, for those who look at it. */

int clock_gettime(clockid_t id, struct timespec *t)
{
	int ret;
	REAL(clock_gettime);

	ret = real(id, t);
	if (id == CLOCK_REALTIME || id == CLOCK_REALTIME_COARSE)
		t->tv_sec += state->shift;
	else if (id == CLOCK_MONOTONIC || id == CLOCK_MONOTONIC_COARSE)
		t->tv_sec += state->ahead;
	return ret;
}

/* Those would go by the kernel's clock; without one a timer of the loop does. */
int timerfd_create(int id, int flags)
{
	REAL(timerfd_create);

	if (!has_timers)
		return real(id, flags);
	errno = EMFILE;
	return -1;
}

/* Who sleeps by the kernel's clock is to see soon that ours was put ahead. */
int epoll_wait(int e, struct epoll_event *v, int n, int ms)
{
	int64_t ahead = state->ahead;
	int ret, slice;
	REAL(epoll_wait);

	if (hit(IO, "epoll_wait", EINTR))
		return -1;
	if (!has_timers)
		return real(e, v, n, ms);
	do {
		slice = ms < 0 || ms > 50 ? 50 : ms;
		ret = real(e, v, n, slice);
		ms -= ms < 0 ? 0 : slice;
	} while (ret == 0 && ms != 0 && ahead == state->ahead);
	return ret;
}

int gettimeofday(struct timeval *restrict t, void *restrict zone)
{
	int ret;
	REAL(gettimeofday);

	ret = real(t, zone);
	t->tv_sec += state->shift;
	return ret;
}

time_t time(time_t *out)
{
	time_t t;
	REAL(time);

	t = real(NULL) + state->shift;
	if (out != NULL)
		*out = t;
	return t;
}

/* Memory. dlsym() itself may ask for some, which is never given back. */

static char early[8192];
static size_t early_used;

static void *early_alloc(size_t n)
{
	void *p = early + early_used;

	early_used += (n + 15) & ~(size_t)15;
	return early_used <= sizeof early ? p : NULL;
}

#define REAL_MEMORY(name) \
	static __typeof__(&name) real; \
	static int looking; \
	if (real == NULL) { \
		if (looking) \
			return early_alloc(n * m); \
		looking = 1; \
		real = (__typeof__(&name))dlsym(RTLD_NEXT, #name); \
	} \
	if (hit(MEMORY, #name, ENOMEM)) \
		return NULL

void *malloc(size_t n)
{
	const size_t m = 1;
	REAL_MEMORY(malloc);

	return real(n);
}

void *calloc(size_t n, size_t m)
{
	REAL_MEMORY(calloc);

	return real(n, m);
}

void *realloc(void *p, size_t n)
{
	const size_t m = 1;
	REAL_MEMORY(realloc);

	return real(p, n);
}

void free(void *p)
{
	REAL(free);

	if ((char *)p < early || (char *)p >= early + sizeof early)
		real(p);
}
