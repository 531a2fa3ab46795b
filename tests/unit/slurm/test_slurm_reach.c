/* SPDX-License-Identifier: BSD-2-Clause */
/* Can Slurm be asked, with a munged and a slurmctld of the test's own. */
#include "fake.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "base/mem.h"
#include "launch/slurm/slurm_answer.h"
#include "launch/slurm/slurm_reach.h"
#include "launch/slurmconf.h"

static char *authinfo;
static int munged;
static int has_usual_socket;

/* What this machine has is no part of the test. */
int access(const char *path, int mode)
{
	if (strcmp(path, "/run/munge/munge.socket.2") == 0) {
		errno = ENOENT;
		return has_usual_socket ? 0 : -1;
	}
	return faccessat(AT_FDCWD, path, mode, 0);
}

static int setup(void **state)
{
	munged = -1;
	has_usual_socket = 1;
	if (fake_slurm_begin(state) == -1)
		return -1;
	authinfo = mem_printf("ttl=60,socket=%s/munge,x=y", fake_dir);
	slurm_conf.authtype = (char *)"auth/munge";
	slurm_conf.authinfo = authinfo;
	return 0;
}

static int teardown(void **state)
{
	if (munged != -1)
		close(munged);
	free(authinfo);
	return fake_slurm_end(state);
}

static void start_munged(void)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };

	munged = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	snprintf(sun.sun_path, sizeof sun.sun_path, "%s/munge", fake_dir);
	assert_int_equal(bind(munged, (struct sockaddr *)&sun, sizeof sun), 0);
	assert_int_equal(listen(munged, 8), 0);
}

static void kill_munged(void)
{
	close(munged);
	munged = -1;
}

static void init(void *arg)
{
	(void)arg;
	slurm_reach_init();
}

static void reads_the_configuration(void **state)
{
	(void)state;
	assert_string_equal(fake_worker(init, NULL), "");
	assert_int_equal(fake.inits, 1);
	assert_int_equal(slurm_shared->phase, SLURM_PHASE_ASK);
	assert_string_equal(slurm_shared->controller, "ctl1");
	slurm_conf.control_cnt = 0;
	slurm_shared->phase = SLURM_PHASE_INIT;
	assert_string_equal(fake_worker(init, NULL), "");
	assert_string_equal(slurm_shared->controller, "unknown host");
}

/* slurm_init() would try again for a minute, and then exit. */
static void looks_for_the_configuration_first(void **state)
{
	char *path = mem_printf("%s/slurm.conf", fake_dir);
	char *want = mem_printf("Slurm is not set up on this host: %s (from SLURM_CONF): No such file or directory",
		path);

	(void)state;
	setenv("SLURM_CONF", path, 1);
	assert_string_equal(fake_worker(init, NULL), "config");
	assert_string_equal(fake_message(), want);
	assert_int_equal(fake.inits, 0);
	fake_file("slurm.conf", "ClusterName=c1\n");
	assert_string_equal(fake_worker(init, NULL), "");
	assert_int_equal(fake.inits, 1);
	/* Where it looks, for messages. */
	assert_non_null(strstr(slurmconf_where(), "/slurm.conf (from"));
	setenv("SLURM_CONF", "", 1);
	assert_non_null(strstr(slurmconf_where(), "/etc/slurm"));
	slurm_shared->phase = SLURM_PHASE_INIT;
	assert_string_equal(fake_worker(init, NULL), "");
	unsetenv("SLURM_CONF");
	assert_non_null(strstr(slurmconf_where(), "/etc/slurm"));
	free(want);
	free(path);
}

/* Structures change with each release. */
static void works_with_its_own_release_only(void **state)
{
	const long own = SLURM_VERSION_MAJOR(slurm_api_version());

	(void)state;
	fake.api = own + 1;
	assert_string_equal(fake_worker(init, NULL), SLURM_UNFIT);
	assert_int_equal(fake.inits, 0);
	assert_non_null(strstr(fake_message(),
		"but the libslurm found here is of "));
	fake.api = 38 + 3;
	if (fake.api == own)
		fake.api++;
	assert_string_equal(fake_worker(init, NULL), SLURM_UNFIT);
	assert_non_null(strstr(fake_message(), fake.api == 41 ?
		"is of 24.05 (API 41)" : "is of 24.11 (API 42)"));
	fake.api = 99;
	assert_string_equal(fake_worker(init, NULL), SLURM_UNFIT);
	assert_non_null(strstr(fake_message(),
		"is of a release unknown here (API 99)"));
	fake.api = own;
	assert_string_equal(fake_worker(init, NULL), "");
}

static void knows_whether_munged_runs(void **state)
{
	struct err e = { "" };
	char *want = mem_printf("munged does not run on this host (%s/munge: No such file or directory); its administrator has to start it",
		fake_dir);

	(void)state;
	assert_int_equal(slurm_reach_munge(&e), -1);
	assert_string_equal(e.text, want);
	start_munged();
	assert_int_equal(slurm_reach_munge(&e), 0);
	/* Its socket is there still. */
	kill_munged();
	assert_int_equal(slurm_reach_munge(&e), -1);
	assert_non_null(strstr(e.text, "Connection refused"));
	/* Where it is no part of Slurm it is not asked. */
	slurm_conf.authtype = (char *)"auth/slurm";
	assert_int_equal(slurm_reach_munge(&e), 0);
	free(want);
}

/* It has much to do: nothing is known then. */
static void waits_for_no_munged(void **state)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int fds[64], n = 0;
	struct err e;

	(void)state;
	start_munged();
	assert_int_equal(listen(munged, 0), 0);
	snprintf(sun.sun_path, sizeof sun.sun_path, "%s/munge", fake_dir);
	for (; n < 64; n++) {
		fds[n] = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK |
			SOCK_CLOEXEC, 0);
		if (connect(fds[n], (struct sockaddr *)&sun, sizeof sun) == -1)
			break;
	}
	assert_int_equal(errno, EAGAIN);
	assert_int_equal(slurm_reach_munge(&e), 0);
	for (; n >= 0; n--)
		close(fds[n]);
}

static void asks_the_controllers(void **state)
{
	static char *two[] = { (char *)"ctl1", (char *)"ctl2", NULL };
	struct err e = { "" };

	(void)state;
	/* Without munged none of them is asked. */
	assert_int_equal(slurm_reach(&e), -1);
	assert_int_equal(fake.pings, 0);
	start_munged();
	strcpy(slurm_shared->controller, "ctl1");
	slurm_conf.control_machine = two;
	slurm_conf.control_cnt = 2;
	assert_int_equal(slurm_reach(&e), 0);
	assert_int_equal(fake.pings, 1);
	/* The second is asked when the first is silent. */
	fake.ping_fails = SLURM_COMMUNICATIONS_CONNECTION_ERROR;
	assert_int_equal(slurm_reach(&e), -1);
	assert_int_equal(fake.pings, 3);
	assert_string_equal(e.text, "slurmctld (ctl1) does not answer: Communication connection failure");
	/* Where munged has no socket it may be that. */
	has_usual_socket = 0;
	assert_int_equal(slurm_reach(&e), -1);
	assert_non_null(strstr(e.text, "munged on this host cannot be used"));
	has_usual_socket = 1;
	fake.ping_fails = SLURM_PROTOCOL_AUTHENTICATION_ERROR;
	assert_int_equal(slurm_reach(&e), -1);
	assert_non_null(strstr(e.text, "munged on this host cannot be used, or slurmctld (ctl1) does not answer: "));
	/* None at all is as silent. */
	slurm_conf.control_cnt = 0;
	assert_int_equal(slurm_reach(&e), -1);
}

static void knows_of_federations(void **state)
{
	(void)state;
	assert_false(slurm_reach_has_federation());
	slurm_conf.accounting_storage_type =
		(char *)"accounting_storage/slurmdbd";
	assert_true(slurm_reach_has_federation());
	slurm_conf.accounting_storage_type = NULL;
	assert_false(slurm_reach_has_federation());
}

static void tells_errors_apart(void **state)
{
	static const struct {
		int errnum;
		const char *class;
	} rows[] = {
		{ -1, "refused" },
		{ 0, "unavailable" },
		{ ETIMEDOUT, "unavailable" },
		{ SLURM_COMMUNICATIONS_CONNECTION_ERROR, "unavailable" },
		{ 1099, "unavailable" },
		{ 1100, "refused" },
		{ 1799, "refused" },
		{ 1800, "unavailable" },
		{ 1899, "unavailable" },
		{ 1900, "refused" },
		{ ESLURM_INVALID_PARTITION_NAME, "refused" },
		{ ESLURM_ACCESS_DENIED, "refused" },
		{ ESLURM_INVALID_JOB_ID, "gone" },
		{ ESLURM_ALREADY_DONE, "gone" },
		{ 4999, "refused" },
		{ 5000, "unavailable" },
		{ 5999, "unavailable" },
		{ 6000, "refused" },
	};

	(void)state;
	for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++)
		assert_string_equal(slurm_reach_class(rows[i].errnum),
			rows[i].class);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(reads_the_configuration),
		TEST(looks_for_the_configuration_first),
		TEST(works_with_its_own_release_only),
		TEST(knows_whether_munged_runs),
		TEST(waits_for_no_munged),
		TEST(asks_the_controllers),
		TEST(knows_of_federations),
		TEST(tells_errors_apart),
	};

	return cmocka_run_group_tests_name("slurm_reach", tests, NULL, NULL);
}
