/* SPDX-License-Identifier: BSD-2-Clause */
#include "fake.h"

#include "base/mem.h"
#include "launch/slurm/slurm_answer.h"
#include "launch/slurm/slurm_hold.h"
#include "launch/slurm/slurm_nodes.h"
#include "launch/slurm/slurm_verbs.h"
#include "os/clock.h"

struct fake_slurm fake;

static struct slurm_shared shared;
static struct buf answer;
static char message[1024], class[32];
static jmp_buf end_of_worker;
static char *marks[FAKE_JOBS];

/* In the place of slurm_answer.c. */

struct slurm_shared *slurm_shared = &shared;

void slurm_answer(struct buf *record)
{
	buf_append(&answer, buf_data(record), record->len);
	buf_puts(&answer, "\n");
	buf_fini(record);
}

void slurm_fail(const char *of_class, const char *fmt, ...)
{
	va_list ap;

	snprintf(class, sizeof class, "%s", of_class);
	va_start(ap, fmt);
	vsnprintf(message, sizeof message, fmt, ap);
	va_end(ap);
	longjmp(end_of_worker, 1);
}

/* In the place of os/clock.c. */

long long clock_ms(void)
{
	return fake.ms;
}

void clock_pause(int ms)
{
	if (fake.n_paused == sizeof fake.paused / sizeof fake.paused[0])
		slurm_fail("test", "it does not end");
	fake.paused[fake.n_paused++] = ms;
	if (fake.pauses != NULL)
		fake.pauses(ms);
	fake.ms += ms;
}

struct timespec clock_after(long ms)
{
	return (struct timespec){ (fake.ms + ms) / 1000,
		(fake.ms + ms) % 1000 * 1000000 };
}

/* In the place of libslurm. */

long slurm_api_version(void)
{
	static const int majors[] = { 22, 23, 23, 24, 24, 25, 25, 26 };
	static const int minors[] = { 5, 2, 11, 5, 11, 5, 11, 5 };

	for (int i = 0; i < 8 && fake.api == 0; i++)
		if (majors[i] == SLURM_VERSION_MAJOR(SLURM_VERSION_NUMBER) &&
			minors[i] == SLURM_VERSION_MINOR(SLURM_VERSION_NUMBER))
			return SLURM_VERSION_NUM(38 + i, 0, 0);
	return SLURM_VERSION_NUM(fake.api, 0, 0);
}

void slurm_init(const char *conf)
{
	assert_null(conf);
	assert_int_equal(shared.phase, SLURM_PHASE_INIT);
	fake.inits++;
}

int slurm_ping(int which)
{
	(void)which;
	fake.pings++;
	errno = fake.ping_fails;
	return fake.ping_fails != 0 ? -1 : 0;
}

static int load(job_info_msg_t **out, uint16_t flags)
{
	job_info_msg_t *list;

	fake.loads++;
	fake.load_flags = flags;
	fake.alarm = alarm(0);
	if (fake.load_fails != 0) {
		if (fake.is_noisy)
			dprintf(STDERR_FILENO, "slurm_load_jobs error\n");
		errno = fake.load_fails;
		return -1;
	}
	list = mem_alloc(sizeof *list);
	list->job_array = fake.job;
	list->record_count = fake.n_jobs;
	if (fake.lists_federation && (flags & SHOW_LOCAL))
		list->record_count--;
	list->last_update = fake.now;
	*out = list;
	return 0;
}

int slurm_load_job_user(job_info_msg_t **out, uint32_t user, uint16_t flags)
{
	assert_int_equal(user, getuid());
	return load(out, flags);
}

int slurm_load_jobs(time_t since, job_info_msg_t **out, uint16_t flags)
{
	assert_int_equal(since, 0);
	fake.loads_all++;
	return load(out, flags);
}

void slurm_free_job_info_msg(job_info_msg_t *list)
{
	fake.lists_freed++;
	free(list);
}

int slurm_kill_job2(const char *id, uint16_t sig, uint16_t flags,
	const char *sibling)
{
	assert_int_equal(flags, 0);
	assert_null(sibling);
	fake.kills++;
	fake.kill_signal = sig;
	snprintf(fake.killed, sizeof fake.killed, "%s", id);
	errno = fake.kill_fails;
	return fake.kill_fails != 0 ? -1 : 0;
}

int slurm_update_job2(job_desc_msg_t *desc, job_array_resp_msg_t **resp)
{
	(void)resp;
	fake.updates++;
	snprintf(fake.updated, sizeof fake.updated, "%s", desc->job_id_str);
	fake.update_limit = desc->time_limit;
	errno = fake.update_fails;
	if (fake.update_fails != 0)
		return -1;
	for (unsigned i = 0; i < fake.n_jobs; i++)
		if (fake.job[i].job_id == (uint32_t)atol(desc->job_id_str)) {
			fake.job[i].time_limit = desc->time_limit;
			fake.job[i].end_time = fake.job[i].start_time +
				(time_t)desc->time_limit * 60;
		}
	return 0;
}

int slurm_submit_batch_job(job_desc_msg_t *desc, submit_response_msg_t **out)
{
	fake.submits++;
	fake.phase_at_submit = shared.phase;
	snprintf(fake.submitted, sizeof fake.submitted, "%s", desc->comment);
	if (fake.is_noisy)
		dprintf(STDERR_FILENO,
			"launch-slurm: error: Interactive jobs only\n");
	errno = fake.submit_fails;
	if (fake.submit_fails != 0)
		return -1;
	*out = mem_alloc(sizeof **out);
	RESPONSE_JOB_ID(*out) = 4711;
	(*out)->job_submit_user_msg = (char *)(uintptr_t)fake.submit_note;
	return 0;
}

void slurm_free_submit_response_response_msg(submit_response_msg_t *response)
{
	free(response);
}

int slurm_hold(struct slurm_desc *d, const struct kv *request,
	struct slurm_held *held, struct err *e)
{
	(void)request;
	fake.holds++;
	fake.phase_at_submit = shared.phase;
	snprintf(fake.submitted, sizeof fake.submitted, "%s", d->desc.comment);
	if (fake.hold_fails == ENOENT)
		return err_set(e, "no srun");
	held->errnum = fake.hold_fails;
	held->job = fake.hold_fails != 0 ? 0 : 4712;
	return 0;
}

static int give_steps(uint32_t job, job_step_info_response_msg_t **out)
{
	static job_step_info_t step;

	assert_true(job != 0);
	fake.step_asks++;
	if (fake.steps_fail)
		return -1;
	*out = mem_alloc(sizeof **out);
	step = (job_step_info_t){ .step_id = { .step_id = fake.step } };
	(*out)->job_steps = &step;
	(*out)->job_step_count = fake.step != 0;
	return 0;
}

#if SLURM_GE(25, 11)
int slurm_get_job_steps(slurm_step_id_t *id, job_step_info_response_msg_t **out,
	uint16_t flags)
{
	(void)flags;
	return give_steps(id->job_id, out);
}
#else
int slurm_get_job_steps(time_t update, uint32_t job, uint32_t step,
	job_step_info_response_msg_t **out, uint16_t flags)
{
	(void)update;
	(void)flags;
	assert_int_equal(step, NO_VAL);
	return give_steps(job, out);
}
#endif

void slurm_free_job_step_info_response_msg(job_step_info_response_msg_t *steps)
{
	free(steps);
}

long slurm_nodes_missing(const char *partition)
{
	assert_string_equal(partition, "batch");
	fake.counts++;
	return fake.missing;
}

/* For the tests. */

int fake_slurm_begin(void **state)
{
	static char *controllers[] = { (char *)"ctl1", NULL };

	(void)state;
	fake = (struct fake_slurm){ .now = 5000, .ms = 1000000 };
	shared = (struct slurm_shared){ .phase = SLURM_PHASE_INIT };
	unsetenv("SLURM_CONF");
	slurm_conf.cluster_name = (char *)"c1";
	slurm_conf.control_machine = controllers;
	slurm_conf.control_cnt = 1;
	slurm_conf.authtype = (char *)"auth/none";
	slurm_conf.authinfo = NULL;
	slurm_conf.accounting_storage_type = (char *)"accounting_storage/none";
	return fakedir_begin();
}

int fake_slurm_end(void **state)
{
	(void)state;
	buf_fini(&answer);
	for (unsigned i = 0; i < FAKE_JOBS; i++) {
		free(marks[i]);
		marks[i] = NULL;
	}
	slurm_conf.cluster_name = slurm_conf.authtype = NULL;
	slurm_conf.authinfo = slurm_conf.accounting_storage_type = NULL;
	slurm_conf.control_machine = NULL;
	slurm_conf.control_cnt = 0;
	return fakedir_end();
}

slurm_job_info_t *fake_job(uint32_t id, const char *session, char digit)
{
	slurm_job_info_t *j = &fake.job[fake.n_jobs];
	char tag[17];

	assert_true(fake.n_jobs < FAKE_JOBS);
	memset(j, 0, sizeof *j);
	memset(tag, digit, 16);
	tag[16] = '\0';
	free(marks[fake.n_jobs]);
	marks[fake.n_jobs] = mem_printf("vscode-remote-shell session=%s tag=%s",
		session, tag);
	j->command = marks[fake.n_jobs++];
	j->job_id = id;
	j->user_id = getuid();
	j->job_state = JOB_RUNNING;
	j->batch_flag = 1;
	j->partition = (char *)"batch";
	j->nodes = j->batch_host = (char *)"n1";
	j->submit_time = fake.now - 100;
	j->start_time = fake.now - 60;
	j->time_limit = 60;
	j->end_time = j->start_time + 3600;
	return j;
}

const char *fake_worker(void (*run)(void *), void *arg)
{
	class[0] = message[0] = '\0';
	if (setjmp(end_of_worker) == 0)
		run(arg);
	alarm(0);
	return class;
}

static void run_verb(void *arg)
{
	const struct kv *request = ((void **)arg)[1];
	const struct slurm_verb *verb = slurm_verb_find(((void **)arg)[0]);

	assert_non_null(verb);
	verb->run(request);
}

const char *fake_verb(const char *name, const char *lines)
{
	struct kv request;
	struct err e;
	char *text = mem_printf("%s\n", lines);
	void *args[] = { (void *)(uintptr_t)name, &request };
	const char *ret;

	buf_fini(&answer);
	shared.phase = SLURM_PHASE_INIT;
	assert_true(kv_parse(&request, text, strlen(text), 0, &e) > 0);
	ret = fake_worker(run_verb, args);
	kv_fini(&request);
	free(text);
	return ret;
}

const char *fake_answer(void)
{
	buf_append(&answer, "", 1);
	answer.len--;
	return buf_data(&answer);
}

const char *fake_message(void)
{
	return message;
}
