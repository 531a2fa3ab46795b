/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Before 23.11 the list of a task has its GPUs alone. Since then it has its CPUs, too,
 * and who asks for a resource of each task has every srun of the job bind tasks to it.
 */
#include "launch/slurm/slurm_tres.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/number.h"
#include "opt/listcount.h"

#if SLURM_GE(23, 11)
#define GPU "gres/gpu"
#else
#define GPU "gres:gpu"
#endif
#if SLURM_GE(24, 5)
#define COUNT "="
#else
#define COUNT ":"
#endif

#define CPUS_MAX 65533

uint32_t slurm_tres_cpus(const struct salloc *o)
{
	return o->cpus_per_task ? o->cpus_per_task :
		(uint32_t)listcount_cpus(o->tres_per_task);
}

/* Two options that say the same thing; -1: which one is meant? */
static int check_tres(const struct salloc *o, struct err *e)
{
	uint64_t cpus = listcount_cpus(o->tres_per_task);

	if (cpus > CPUS_MAX)
		return err_set(e, "--tres-per-task=%.100s: not a number of CPUs from 1 to %d",
			o->tres_per_task, CPUS_MAX);
	if (cpus > 0 && (o->cpus_per_task || o->cpus_per_gpu))
		return err_set(e, "--%s and --tres-per-task=%.100s exclude each other",
			o->cpus_per_task ? "cpus-per-task" : "cpus-per-gpu",
			o->tres_per_task);
	if (o->gpus_per_task && listcount_gpus(o->tres_per_task) > 0)
		return err_set(e, "--gpus-per-task and --tres-per-task=%.100s exclude each other",
			o->tres_per_task);
	if (SLURM_GE(26, 5) && o->gpus_per_node && o->gres &&
		strstr(o->gres, GPU))
		return err_set(e, "--gpus-per-node and --gres of GPUs exclude each other");
	return 0;
}

/* "gres:gpu:1" in the spelling of 23.11. */
static char *respelled(const char *list)
{
	static const char *const old[] = { "gres:", "license:" };
	char *text = mem_strdup(list);

	for (char *p = text; *p != '\0'; p += *p == ',') {
		for (size_t i = 0; i < sizeof old / sizeof *old; i++)
			if (strncmp(p, old[i], strlen(old[i])) == 0)
				p[strlen(old[i]) - 1] = '/';
		p += strcspn(p, ",");
	}
	return text;
}

/* "2" or "a100:2" */
static void put_gpus(struct buf *out, const char *word, size_t len)
{
	const char *colon = memchr(word, ':', len);
	size_t type = colon ? (size_t)(colon - word) : 0;
	size_t count = colon ? type + 1 : 0;

	buf_printf(out, "%s" GPU "%s%.*s" COUNT "%.*s", out->len ? "," : "",
		colon ? ":" : "", (int)type, word, (int)(len - count),
		word + count);
}

static char *per_task(const struct salloc *o)
{
	struct buf out = { 0 };
	char *text;

	if (SLURM_GE(23, 11) && o->cpus_per_task)
		buf_printf(&out, "cpu" COUNT "%" PRIu32, o->cpus_per_task);
	for (const char *p = o->gpus_per_task; p != NULL && *p != '\0';
		p += *p == ',') {
		size_t len = strcspn(p, ",");

		if (len > 0)
			put_gpus(&out, p, len);
		p += len;
	}
	if (o->tres_per_task) {
		text = SLURM_GE(23, 11) ? respelled(o->tres_per_task) :
			mem_strdup(o->tres_per_task);
		buf_printf(&out, "%s%s", out.len ? "," : "", text);
		free(text);
	}
	text = out.len > 0 ? mem_strndup(buf_data(&out), out.len) : NULL;
	buf_fini(&out);
	return text;
}

/* Of "gpu:a=2"; a name alone is one, and what is no number as C has it none. */
static uint64_t count_of(const char *word, size_t len)
{
	size_t n = 0;
	unsigned long long count;

	while (n < len && strchr(":=", word[len - 1 - n]) == NULL)
		n++;
	word += len - n;
	if (n == len || !isdigit((unsigned char)*word))
		return 1;
	return number_take(&word, word + n, UINT32_MAX, &count) == 0 ? count : 0;
}

static void add_bind(char **bind, const char *name, uint64_t n)
{
	char *all = mem_printf("%s%sgres/%s:per_task:%" PRIu64,
		*bind ? *bind : "", *bind ? "+" : "", name, n);

	free(*bind);
	*bind = all;
}

/* GPUs of several types are one number, since a task is bound to any of them. */
static char *bind_tasks(const char *list)
{
	uint64_t gpus = 0;
	char *bind = NULL;

	for (size_t len; list != NULL && *list != '\0';
		list += len + (list[len] == ',')) {
		uint64_t n;
		char *name;

		len = strcspn(list, ",");
		if (len <= 5 || strncmp(list, "gres/", 5) != 0)
			continue;
		n = count_of(list + 5, len - 5);
		name = mem_strndup(list + 5, strcspn(list + 5, ":=,"));
		if (strcmp(name, "gpu") == 0)
			gpus += n;
		else if (n > 0 && (bind == NULL || !strstr(bind, name)))
			add_bind(&bind, name, n);
		free(name);
	}
	if (gpus > 0)
		add_bind(&bind, "gpu", gpus);
	return bind;
}

int slurm_tres_init(struct slurm_tres *t, job_desc_msg_t *j,
	const struct salloc *o, struct err *e)
{
	*t = (struct slurm_tres){ 0 };
	if (check_tres(o, e) == -1)
		return -1;
	if (o->gres && o->gpus_per_node)
		t->per_node = mem_printf("%s,%s", o->gpus_per_node, o->gres);
	else if (o->gres || o->gpus_per_node)
		t->per_node = mem_strdup(o->gres ? o->gres : o->gpus_per_node);
	t->per_task = per_task(o);
	if (SLURM_GE(23, 11))
		t->bind = bind_tasks(t->per_task);
	if (o->cpus_per_gpu)
		t->cpus_per = mem_printf(GPU ":%" PRIu32, o->cpus_per_gpu);
	if (o->mem_per_gpu != SALLOC_MEM_UNSET)
		t->mem_per = mem_printf(GPU ":%" PRIu64, o->mem_per_gpu);
	j->tres_per_job = o->gpus;
	j->tres_per_node = t->per_node;
	j->tres_per_task = t->per_task;
	j->tres_bind = t->bind;
	j->cpus_per_tres = t->cpus_per;
	j->mem_per_tres = t->mem_per;
	return 0;
}

void slurm_tres_fini(struct slurm_tres *t)
{
	free(t->per_node);
	free(t->per_task);
	free(t->cpus_per);
	free(t->mem_per);
	free(t->bind);
	*t = (struct slurm_tres){ 0 };
}
