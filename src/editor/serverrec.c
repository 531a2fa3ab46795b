/* SPDX-License-Identifier: BSD-2-Clause */
#include "editor/serverrec.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/jsonpick.h"
#include "base/kv.h"
#include "base/mem.h"

#define COMMIT_MIN 6
#define COMMIT_MAX 64
#define PID_TEXT_MAX 32
#define WORDS_MAX 4
#define SERVERS "cli/servers"
#define LOCK "agent-host-"
#define ENTRIES "agent-host/local-endpoint/entries"
#define SHA256_DIGITS 64

/* Those that come by ssh, of what reaper/kind.c knows. As of 2025. */
const char *const serverrec_folders[] = {
	SERVERREC_FOLDER, ".vscode-server-insiders", ".vscode-server-oss",
	".vscodium-server", ".vscodium-server-insiders", ".cursor-server",
	".windsurf-server", ".windsurf-server-next", ".positron-server",
	".trae-server", ".kiro-server", ".antigravity-server", NULL
};

/* The product's short name. As of 2026. */
const char *const serverrec_configs[] = {
	".config/Code", ".config/Code - Insiders", ".config/Code - OSS",
	".config/VSCodium", ".config/Cursor", NULL
};

const struct serverrec_site serverrec_sites[] = {
	{ ".", serverrec_of_file },
	{ SERVERS, serverrec_of_dir },
	{ "cli", serverrec_of_lock },
	{ ENTRIES, serverrec_of_entry },
	{ NULL, NULL }
};

/* The endings of a record's files, the pid file first, and which is the log. */
struct form {
	const char *endings[4];
	unsigned log;
};

static const struct form of_file = { { ".pid", ".token", ".log" }, 2 };
static const struct form of_dir = { { "/pid.txt", "/log.txt" }, 1 };
static const struct form of_lock = { { ".lock" }, 0 };
static const struct form of_entry = { { ".json" }, 0 };

static int begins(const char *s, const char *with)
{
	return strncmp(s, with, strlen(with)) == 0;
}

static const struct form *form_of(const char *name)
{
	if (begins(name, SERVERS "/"))
		return &of_dir;
	if (begins(name, "cli/" LOCK))
		return &of_lock;
	return begins(name, ENTRIES "/") ? &of_entry : &of_file;
}

int serverrec_is_agents(const char *name)
{
	return form_of(name) == &of_lock || form_of(name) == &of_entry;
}

char *serverrec_file(const char *name, unsigned i)
{
	const struct form *form = form_of(name);

	for (unsigned k = 0; k < i; k++)
		if (form->endings[k] == NULL)
			return NULL;
	return form->endings[i] == NULL ? NULL :
		mem_printf("%s%s", name, form->endings[i]);
}

unsigned serverrec_log_file(const char *name)
{
	return form_of(name)->log;
}

/* Hexadecimal as a rule; letters, since other builds call themselves so. */
static int is_commit(const char *s, size_t len)
{
	if (len < COMMIT_MIN || len > COMMIT_MAX)
		return 0;
	for (size_t i = 0; i < len; i++)
		if (!((s[i] >= '0' && s[i] <= '9') ||
			(s[i] >= 'a' && s[i] <= 'z')))
			return 0;
	return 1;
}

int serverrec_of_file(const char *entry, char name[SERVERREC_NAME_MAX])
{
	size_t len = strlen(entry);

	if (entry[0] != '.' || len < 5 ||
		strcmp(entry + len - 4, ".pid") != 0 ||
		!is_commit(entry + 1, len - 5))
		return -1;
	memcpy(name, entry, len - 4);
	name[len - 4] = '\0';
	return 0;
}

/* Stable-COMMIT, Insiders-COMMIT, Stable-COMMIT-web. */
int serverrec_of_dir(const char *entry, char name[SERVERREC_NAME_MAX])
{
	const char *dash = strchr(entry, '-');
	size_t quality = strcspn(entry, "-"), commit;

	if (dash == NULL || quality == 0 || quality > 16)
		return -1;
	commit = strcspn(dash + 1, "-");
	if (!is_commit(dash + 1, commit) ||
		entry[strspn(entry, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-")] != '\0' ||
		strlen(entry) + sizeof SERVERS "/" > SERVERREC_NAME_MAX)
		return -1;
	strcpy(name, SERVERS "/");
	strcat(name, entry);
	return 0;
}

/* Does the entry end so? Then len is that of what is before it. */
static int ends(const char *entry, const char *ending, size_t *len)
{
	size_t whole = strlen(entry), n = strlen(ending);

	if (whole <= n || strcmp(entry + whole - n, ending) != 0)
		return 0;
	*len = whole - n;
	return 1;
}

/* agent-host-stable.lock */
int serverrec_of_lock(const char *entry, char name[SERVERREC_NAME_MAX])
{
	const char *quality = entry + sizeof LOCK - 1;
	size_t len;

	if (!begins(entry, LOCK) || !ends(quality, ".lock", &len) || len > 32 ||
		strspn(quality, "abcdefghijklmnopqrstuvwxyz0123456789-") != len)
		return -1;
	strcpy(name, "cli/" LOCK);
	strncat(name, quality, len);
	return 0;
}

int serverrec_of_entry(const char *entry, char name[SERVERREC_NAME_MAX])
{
	size_t len;

	if (!ends(entry, ".json", &len) || len != SHA256_DIGITS ||
		strspn(entry, "0123456789abcdef") != len)
		return -1;
	strcpy(name, ENTRIES "/");
	strncat(name, entry, len);
	return 0;
}

const char *serverrec_commit(const char *name)
{
	const char *slash = strrchr(name, '/');
	const char *dash = slash ? strchr(slash, '-') : NULL;

	return dash ? dash + 1 : name + (name[0] == '.');
}

static enum serverrec_text parse_pid(const char *text, size_t len, int *pid)
{
	long v = 0;
	size_t i = 0;

	for (; i < len && text[i] >= '0' && text[i] <= '9' && v < INT_MAX; i++)
		v = v * 10 + (text[i] - '0');
	/* 0 and 1 are nobody's server, and what kill(1) takes them for! */
	if (i < len || len > PID_TEXT_MAX || v > INT_MAX || v <= 1)
		return SERVERREC_JUNK;
	*pid = (int)v;
	return SERVERREC_PID;
}

/* A value by its keys, of an agents' record. */
static enum jsonpick serverrec_pick(const char *text, size_t len,
	const char *outer, const char *inner, char out[16])
{
	const char *const keys[] = { outer, inner, NULL };

	return jsonpick(text, len, keys, out, 16);
}

static int is(const char *text, size_t len, const char *outer,
	const char *inner, const char *want)
{
	char value[16];

	return serverrec_pick(text, len, outer, inner,
		value) == JSONPICK_FOUND && strcmp(value, want) == 0;
}

/*
 * The registry has entries of other kinds, such as that of a desktop's editor,
 * which listens on a socket of its own host and looks after its entry.
 */
static int is_supervisor(const struct form *form, const char *text, size_t len)
{
	return form == &of_lock || (is(text, len, "type", NULL, "standalone") &&
		is(text, len, "schemaVersion", NULL, "2") &&
		is(text, len, "endpoint", "type", "tcp") &&
		is(text, len, "endpoint", "host", "127.0.0.1"));
}

static enum serverrec_text parse_json_pid(const struct form *form,
	const char *text, size_t len, int *pid)
{
	char value[16];

	switch (serverrec_pick(text, len, "pid", NULL, value)) {
	case JSONPICK_FOUND:
		return !is_supervisor(form, text, len) ? SERVERREC_OTHER :
			parse_pid(value, strlen(value), pid);
	case JSONPICK_ABSENT:
		return SERVERREC_OTHER;
	default:
		return SERVERREC_JUNK;
	}
}

enum serverrec_text serverrec_pid(const char *name, const char *text,
	size_t len, int *pid)
{
	*pid = 0;
	while (len > 0 && strchr(" \t\r\n", text[len - 1]) != NULL)
		len--;
	if (len == 0)
		return SERVERREC_EMPTY;
	return serverrec_is_agents(name) ?
		parse_json_pid(form_of(name), text, len, pid) :
		parse_pid(text, len, pid);
}

static char *json_listening(const struct form *form, const char *text,
	size_t len)
{
	int entry = form == &of_entry;
	char port[16];

	return serverrec_pick(text, len, entry ? "endpoint" : "port",
		entry ? "port" : NULL, port) == JSONPICK_FOUND ?
		mem_strdup(port) : NULL;
}

static char *log_listening(const char *log, size_t len)
{
	static const char words[] = "Extension host agent listening on ";
	const char *at = len ? memmem(log, len, words, sizeof words - 1) : NULL;
	size_t n = 0;

	if (at == NULL)
		return NULL;
	at += sizeof words - 1;
	len -= (size_t)(at - log);
	while (n < len && at[n] > ' ' && at[n] != 0x7f)
		n++;
	/* Cut, or the line is still being written. */
	return n == 0 || n == len ? NULL : mem_strndup(at, n);
}

char *serverrec_listening(const char *name, const char *log, size_t len)
{
	if (serverrec_is_agents(name))
		return json_listening(form_of(name), log, len);
	return log_listening(log, len);
}

static int is_below(const char *path, const char *dir, const char *commit)
{
	size_t len = strlen(dir), n = strcspn(commit, "-");

	return strncmp(path, dir, len) == 0 && path[len] == '/' &&
		memmem(path + len, strlen(path + len), commit, n) != NULL;
}

/* The program itself: its arguments are everybody's. */
static int is_supervisor_program(const char *const *dirs, const char *exe)
{
	for (; exe != NULL && *dirs != NULL; dirs++) {
		size_t len = strlen(*dirs);

		if (begins(exe, *dirs) && begins(exe + len, "/code-") &&
			strchr(exe + len + 1, '/') == NULL)
			return 1;
	}
	return 0;
}

int serverrec_is_server(const char *name, const char *const *dirs,
	const char *exe, const char *cmdline, size_t len)
{
	const char *commit = serverrec_commit(name);

	if (serverrec_is_agents(name))
		return is_supervisor_program(dirs, exe);
	for (; *dirs != NULL; dirs++) {
		const char *word = cmdline;
		size_t left = len;

		if (exe != NULL && is_below(exe, *dirs, commit))
			return 1;
		for (int i = 0; i < WORDS_MAX && left > 0; i++) {
			size_t n = strnlen(word, left);

			if (n == left)
				break;	/* cut */
			if (is_below(word, *dirs, commit))
				return 1;
			word += n + 1;
			left -= n + 1;
		}
	}
	return 0;
}

#define ANY -1
#define MOVE 1
#define KEEP 0
#define SHARED 1

/* The first row that fits counts. */
static const struct rule {
	int text, process, owner, fresh, local, astray;
	struct serverrec_verdict verdict;
} rules[] = {
	{ SERVERREC_OTHER, ANY, ANY, ANY, ANY, ANY,
		{ KEEP, "is of another kind", 0 } },
	/* Its session has a copy, and puts it back before it is needed. */
	{ ANY, ANY, SERVERREC_ELSEWHERE, ANY, ANY, ANY,
		{ MOVE, "is of a session on another host", SHARED } },
	{ ANY, ANY, SERVERREC_REBOOTED, ANY, ANY, ANY,
		{ MOVE, "is from before this host was started", 0 } },
	/* Another host's script was at work at the same time as ours. */
	{ SERVERREC_PID, SERVERREC_OURS, ANY, 0, ANY, 1,
		{ MOVE, "its log is of another server", SHARED } },
	{ SERVERREC_PID, SERVERREC_OURS, ANY, ANY, ANY, ANY,
		{ KEEP, "its server runs in this session", 0 } },
	{ SERVERREC_PID, SERVERREC_SERVER, ANY, ANY, ANY, ANY,
		{ KEEP, "its server runs on this host, outside of this session", 0 } },
	{ SERVERREC_PID, ANY, SERVERREC_THIS, ANY, ANY, ANY,
		{ MOVE, "its server, of a session on this host, has ended", 0 } },
	{ SERVERREC_PID, ANY, ANY, ANY, 1, ANY,
		{ MOVE, "its server has ended", 0 } },
	{ SERVERREC_PID, SERVERREC_STRANGER, ANY, ANY, ANY, ANY,
		{ MOVE, "its process id is another program's here", 0 } },
	{ SERVERREC_PID, SERVERREC_NONE, ANY, ANY, ANY, ANY,
		{ KEEP, "nothing of it runs here; it may be of another host", 0 } },
	{ ANY, ANY, ANY, 1, ANY, ANY,
		{ KEEP, "somebody is writing it", 0 } },
	{ ANY, ANY, ANY, ANY, ANY, ANY,
		{ MOVE, "it has no process id", 0 } },
};

static int fits(int rule, int fact)
{
	return rule == ANY || rule == fact;
}

const struct serverrec_verdict *serverrec_judge(
	const struct serverrec_facts *f)
{
	const struct rule *r = rules;

	/* The last row fits all. */
	while (!fits(r->text, f->text) || !fits(r->process, f->process) ||
		!fits(r->owner, f->owner) || !fits(r->fresh, f->fresh != 0) ||
		!fits(r->local, f->local != 0) ||
		!fits(r->astray, f->astray != 0))
		r++;
	return &r->verdict;
}

void serverrec_marks_fini(struct serverrec_marks *m)
{
	for (size_t i = 0; i < m->n; i++) {
		free(m->mark[i].folder);
		free(m->mark[i].name);
	}
	free(m->host);
	free(m->boot);
	free(m->session);
	*m = (struct serverrec_marks){ 0 };
}

void serverrec_mark_add(struct serverrec_marks *m,
	const struct serverrec_mark *mark)
{
	struct serverrec_mark *new = &m->mark[m->n];

	if (m->n == SERVERREC_MARKS_MAX)
		return;
	m->n++;
	*new = *mark;
	new->folder = mem_strdup(mark->folder);
	new->name = mem_strdup(mark->name);
}

void serverrec_marks_write(struct buf *out, const struct serverrec_marks *m)
{
	kv_write(out, "host", m->host);
	kv_write(out, "boot", m->boot);
	kv_write(out, "session", m->session);
	for (size_t i = 0; i < m->n; i++) {
		const struct serverrec_mark *k = &m->mark[i];

		kv_write(out, "folder", k->folder);
		kv_write(out, "name", k->name);
		kv_writef(out, "process", "%d %llu %lld %lld", k->pid, k->start,
			k->sec, k->nsec);
	}
	buf_puts(out, "\n");
}

/* One number and the blank or the end behind it. */
static int serverrec_number(const char **at, unsigned long long max,
	unsigned long long *out)
{
	unsigned long long v = 0;
	const char *p = *at;

	if (*p < '0' || *p > '9')
		return -1;
	for (; *p >= '0' && *p <= '9'; p++) {
		unsigned d = (unsigned)(*p - '0');

		if (v > (max - d) / 10)
			return -1;
		v = v * 10 + d;
	}
	if (*p != ' ' && *p != '\0')
		return -1;
	*at = p + (*p == ' ');
	*out = v;
	return 0;
}

static int parse_process(struct serverrec_mark *k, const char *text)
{
	unsigned long long pid, sec, nsec;

	if (serverrec_number(&text, INT_MAX, &pid) == -1 ||
		serverrec_number(&text, ULLONG_MAX, &k->start) == -1 ||
		serverrec_number(&text, LLONG_MAX, &sec) == -1 ||
		serverrec_number(&text, 999999999,
		&nsec) == -1 || *text != '\0') return -1;
	k->pid = (int)pid;
	k->sec = (long long)sec;
	k->nsec = (long long)nsec;
	return 0;
}

static char *copy_of(const struct kv *kv, const char *key)
{
	const char *value = kv_get(kv, key);

	return mem_strdup(value ? value : "");
}

int serverrec_marks_parse(struct serverrec_marks *m, const char *text,
	size_t len, struct err *e)
{
	size_t folder = 0, name = 0, process = 0;
	struct kv kv;
	long took = kv_parse(&kv, text, len, 1, e);
	const char *word;

	*m = (struct serverrec_marks){ 0 };
	if (took == -1)
		return -1;
	if (took == 0)
		return err_set(e, "is empty");
	m->host = copy_of(&kv, "host");
	m->boot = copy_of(&kv, "boot");
	m->session = copy_of(&kv, "session");
	while ((word = kv_next(&kv, "process", &process)) != NULL) {
		struct serverrec_mark k = {
			.folder = (char *)kv_next(&kv, "folder", &folder),
			.name = (char *)kv_next(&kv, "name", &name),
		};

		if (k.folder == NULL || k.name == NULL ||
			parse_process(&k, word) == -1) {
			err_set(e, "'%.80s' is no mark of a server", word);
			serverrec_marks_fini(m);
			break;
		}
		serverrec_mark_add(m, &k);
	}
	kv_fini(&kv);
	return m->host == NULL ? -1 : 0;
}

const struct serverrec_mark *serverrec_mark_find(
	const struct serverrec_marks *m, const struct serverrec_mark *record)
{
	for (size_t i = 0; i < m->n; i++) {
		const struct serverrec_mark *k = &m->mark[i];

		if (k->pid == record->pid && k->sec == record->sec &&
			k->nsec == record->nsec &&
			strcmp(k->name, record->name) == 0 &&
			strcmp(k->folder, record->folder) == 0)
			return k;
	}
	return NULL;
}
