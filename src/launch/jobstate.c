/* SPDX-License-Identifier: BSD-2-Clause */
/* Pure: no I/O, no clock, no globals. */
/*
 * Tables of Slurm's job states and reasons. A row stands at Slurm's number;
 * holes are numbers that no release uses for jobs.
 */
#include "launch/jobstate.h"

#include <stddef.h>
#include <string.h>

#define ELEMENTS(a) (sizeof(a) / sizeof *(a))

/* A row of two says nothing of what to change. */
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

static const struct jobstate_text bases[JOBSTATE_BASES] = {
	[JOBSTATE_PENDING] = { "PENDING", "waiting in the queue" },
	[JOBSTATE_RUNNING] = { "RUNNING", "running" },
	[JOBSTATE_SUSPENDED] = { "SUSPENDED", "suspended" },
	[JOBSTATE_COMPLETE] = { "COMPLETED", "ended by itself" },
	[JOBSTATE_CANCELLED] = { "CANCELLED", "cancelled" },
	[JOBSTATE_FAILED] = { "FAILED", "ended with an error" },
	[JOBSTATE_TIMEOUT] = { "TIMEOUT", "reached its time limit" },
	[JOBSTATE_NODE_FAIL] = { "NODE_FAIL", "its node failed" },
	[JOBSTATE_PREEMPTED] = { "PREEMPTED",
		"had to make room for a job of higher priority" },
	[JOBSTATE_BOOT_FAIL] = { "BOOT_FAIL", "its node did not boot" },
	[JOBSTATE_DEADLINE] = { "DEADLINE", "reached its deadline" },
	[JOBSTATE_OOM] = { "OUT_OF_MEMORY",
		"a process of it ran out of memory" },
};

#define NO_RESERVATION "leave out --reservation, or name another"

#define ANY_BASE UINT32_MAX

#define REASON_LAUNCH 23
#define REASON_SIGNAL 33

/* The first row that fits counts. */
static const struct {
	uint32_t base, flag;
	struct jobstate_text text;
} flags[] = {
	{ ANY_BASE, JOBSTATE_REVOKED, { "REVOKED",
		"another cluster of the federation runs it" } },
	{ JOBSTATE_PENDING, JOBSTATE_SPECIAL_EXIT, { "SPECIAL_EXIT",
		"put back into the queue after a special exit, and held" } },
	{ JOBSTATE_PENDING, JOBSTATE_REQUEUE_HOLD, { "REQUEUE_HOLD",
		"put back into the queue and held" } },
	{ JOBSTATE_PENDING, JOBSTATE_RESV_DEL_HOLD, { "RESV_DEL_HOLD",
		"held, since its reservation was deleted", NO_RESERVATION } },
	{ JOBSTATE_PENDING, JOBSTATE_REQUEUE_FED, { "REQUEUE_FED",
		"put back into the queue by the federation of clusters" } },
	{ JOBSTATE_PENDING, JOBSTATE_REQUEUE, { "REQUEUED",
		"put back into the queue" } },
	{ JOBSTATE_PENDING, JOBSTATE_COMPLETING, { "REQUEUED",
		"put back into the queue, its last run is still ending" } },
	{ JOBSTATE_RUNNING, JOBSTATE_COMPLETING, { "COMPLETING",
		"is being ended" } },
	{ JOBSTATE_RUNNING, JOBSTATE_STOPPED, { "STOPPED",
		"stopped by a signal, it keeps its CPUs" } },
	{ JOBSTATE_RUNNING, JOBSTATE_POWER_UP_NODE, { "POWER_UP_NODE",
		"its node is being powered up" } },
	{ JOBSTATE_RUNNING, JOBSTATE_CONFIGURING, { "CONFIGURING",
		"its node is being made ready" } },
	{ JOBSTATE_RUNNING, JOBSTATE_RESIZING, { "RESIZING",
		"running, its size is being changed" } },
};

static const struct jobstate_text unknown = {
	"Unknown", "a reason this program does not know"
};

#define LAUNCH "JobLaunchFailure"

/* Who is limited, and how; where the job alone is too much, what to change. */
#define QOS "the QOS"
#define ACCOUNT "your account"
#define YOU "you"
#define TOGETHER(who, what) \
	"the running jobs of " who " use all the " what " allowed at once"
#define EACH(who, what) \
	"the running jobs of " who " use all the " what " the QOS allows"
#define BUDGET(who, what) "the budget of " who " for " what " is used up"
#define COMMITTED(who, what) \
	"the running jobs of " who " have claimed the budget for " what
#define TOO_MANY(who, what, per) \
	"asked for more " what " in a " per " than allowed for " who, \
	"ask for less of it, or for another QOS (--qos) or account (--account)"
#define TOO_LONG(who, what) \
	"asked for more " what " for so long than allowed for " who, \
	"ask for less of it, or for less time (--time)"
#define TOO_FEW(what) \
	"asked for less than the QOS demands: " what, \
	"ask for more of that, or for another QOS (--qos)"

#define NO_NODE "leave out what no node has, as with --constraint, or ask for less of it (--cpus-per-task, --mem, --gres)"

static const struct jobstate_text reasons[JOBSTATE_REASONS] = {
	[0] = { "None", "no reason given yet" },
	[1] = { "Priority", "other jobs are ahead in the queue" },
	[2] = { "Dependency",
		"waiting for an earlier job of the same name to end" },
	[3] = { "Resources", "waiting for free nodes" },
	[4] = { "PartitionNodeLimit", "asked for more nodes than the partition allows, or they are down",
		"ask for fewer nodes (--nodes), or for another partition (--partition)" },
	[5] = { "PartitionTimeLimit", "asked for more time than the partition allows",
		"ask for less time (--time), or for another partition (--partition)" },
	[6] = { "PartitionDown", "the partition is down" },
	[7] = { "PartitionInactive",
		"the partition takes no jobs at the moment" },
	[8] = { "JobHeldAdmin", "held by an administrator" },
	[9] = { "BeginTime", "its start time has not come yet" },
	[10] = { "Licenses", "waiting for free licenses" },
	[11] = { "AssociationJobLimit",
		"your account has reached the number of jobs it may have" },
	[12] = { "AssociationResourceLimit",
		"your account has reached a limit on its resources" },
	[13] = { "AssociationTimeLimit", "your account has used up its time" },
	[14] = { "Reservation", "waiting for its reservation to begin" },
	[15] = { "ReqNodeNotAvail",
		"a node it needs is down, drained or reserved" },
	[16] = { "JobHeldUser", "held by you (scontrol release lets it go)" },
	[17] = { "FrontEndDown", "the cluster's front end nodes are down" },
	[18] = { "SchedDefer", "the scheduler puts off new jobs for a moment" },
	[19] = { "PartitionDown", "the partition is down" },
	[20] = { "NodeDown", "a node of the job went down" },
	[21] = { "BadConstraints", "no node has what the job asks for",
		NO_NODE },
	[22] = { "SystemFailure", "Slurm itself failed" },
	[23] = { LAUNCH,
		"the job could not be launched on its node" },
	[24] = { "NonZeroExitCode", "the job's program ended with an error" },
	[25] = { "TimeLimit", "the job reached its time limit" },
	[26] = { "InactiveLimit",
		"the job was idle for longer than Slurm allows" },
	[27] = { "InvalidAccount", "the account is not valid",
		"name an account that you may use (--account)" },
	[28] = { "InvalidQOS", "the QOS is not valid",
		"name a QOS that you may use (--qos)" },
	[29] = { "QOSUsageThreshold",
		"the usage threshold of the QOS is reached" },
	[30] = { "QOSJobLimit",
		"the QOS has reached the number of jobs it may have" },
	[31] = { "QOSResourceLimit",
		"the QOS has reached a limit on its resources" },
	[32] = { "QOSTimeLimit", "the QOS has used up its time" },
	[33] = { "RaisedSignal", "the job's program was ended by a signal" },
	[35] = { "Cleaning", "still cleaning up after its last run" },
	[36] = { "Prolog", "the node is being prepared (prolog)" },
	[37] = { "QOSNotAllowed", "the partition does not allow this QOS",
		"name a QOS that the partition allows (--qos), or another partition (--partition)" },
	[38] = { "AccountNotAllowed", "the partition does not allow this account",
		"name an account that the partition allows (--account), or another partition (--partition)" },
	[39] = { "DependencyNeverSatisfied", "the job it depends on can never fulfil the dependency",
		"cancel it and start another" },
	[40] = { "QOSGrpCpuLimit", TOGETHER(QOS, "CPUs") },
	[41] = { "QOSGrpCPUMinutesLimit", BUDGET(QOS, "CPUs") },
	[42] = { "QOSGrpCPURunMinutesLimit", COMMITTED(QOS, "CPUs") },
	[43] = { "QOSGrpJobsLimit",
		"the QOS has reached the number of jobs that may run at once" },
	[44] = { "QOSGrpMemLimit", TOGETHER(QOS, "memory") },
	[45] = { "QOSGrpNodeLimit", TOGETHER(QOS, "nodes") },
	[46] = { "QOSGrpSubmitJobsLimit",
		"the QOS has reached the number of jobs that may be submitted" },
	[47] = { "QOSGrpWallLimit", "the QOS has used up its wall time" },
	[48] = { "QOSMaxCpuPerJobLimit", TOO_MANY(QOS, "CPUs", "job") },
	[49] = { "QOSMaxCpuMinutesPerJobLimit", TOO_LONG(QOS, "CPUs") },
	[50] = { "QOSMaxNodePerJobLimit", TOO_MANY(QOS, "nodes", "job") },
	[51] = { "QOSMaxWallDurationPerJobLimit", "asked for more time than the QOS allows",
		"ask for less time (--time), or for another QOS (--qos)" },
	[52] = { "QOSMaxCpuPerUserLimit", EACH(YOU, "CPUs") },
	[53] = { "QOSMaxJobsPerUserLimit",
		"you have reached the number of jobs you may run at once" },
	[54] = { "QOSMaxNodePerUserLimit", EACH(YOU, "nodes") },
	[55] = { "QOSMaxSubmitJobPerUserLimit",
		"you have reached the number of jobs you may submit" },
	[56] = { "QOSMinCpuNotSatisfied", TOO_FEW("CPUs") },
	[57] = { "AssocGrpCpuLimit", TOGETHER(ACCOUNT, "CPUs") },
	[58] = { "AssocGrpCPUMinutesLimit", BUDGET(ACCOUNT, "CPUs") },
	[59] = { "AssocGrpCPURunMinutesLimit", COMMITTED(ACCOUNT, "CPUs") },
	[60] = { "AssocGrpJobsLimit",
		"your account has reached the number of jobs that may run at once" },
	[61] = { "AssocGrpMemLimit", TOGETHER(ACCOUNT, "memory") },
	[62] = { "AssocGrpNodeLimit", TOGETHER(ACCOUNT, "nodes") },
	[63] = { "AssocGrpSubmitJobsLimit",
		"your account has reached the number of jobs that may be submitted" },
	[64] = { "AssocGrpWallLimit",
		"your account has used up its wall time" },
	[65] = { "AssocMaxJobsLimit",
		"you have reached the number of jobs your account may run at once" },
	[66] = { "AssocMaxCpuPerJobLimit", TOO_MANY(ACCOUNT, "CPUs", "job") },
	[67] = { "AssocMaxCpuMinutesPerJobLimit", TOO_LONG(ACCOUNT, "CPUs") },
	[68] = { "AssocMaxNodePerJobLimit", TOO_MANY(ACCOUNT, "nodes", "job") },
	[69] = { "AssocMaxWallDurationPerJobLimit", "asked for more time than your account allows",
		"ask for less time (--time), or for another account (--account)" },
	[70] = { "AssocMaxSubmitJobLimit",
		"you have reached the number of jobs your account may submit" },
	[71] = { "JobHoldMaxRequeue", "held, since it was requeued too often" },
	[72] = { "JobArrayTaskLimit",
		"the number of tasks of the array that may run at once is reached" },
	[73] = { "BurstBufferResources",
		"waiting for room in the burst buffer" },
	[74] = { "BurstBufferStageIn", "the burst buffer is being filled" },
	[75] = { "BurstBufferOperation", "the burst buffer failed" },
	[76] = { "PowerNotAvail", "there is not enough electric power" },
	[77] = { "PowerReserved", "electric power is reserved for other jobs" },
	[78] = { "AssocGrpUnknown", TOGETHER(ACCOUNT, "resources") },
	[79] = { "AssocGrpUnknownMinutes", BUDGET(ACCOUNT, "resources") },
	[80] = { "AssocGrpUnknownRunMinutes", COMMITTED(ACCOUNT, "resources") },
	[81] = { "AssocMaxUnknownPerJob",
		TOO_MANY(ACCOUNT, "resources", "job") },
	[82] = { "AssocMaxUnknownPerNode",
		TOO_MANY(ACCOUNT, "resources", "node") },
	[83] = { "AssocMaxUnknownMinutesPerJob",
		TOO_LONG(ACCOUNT, "resources") },
	[84] = { "AssocMaxCpuPerNode", TOO_MANY(ACCOUNT, "CPUs", "node") },
	[85] = { "AssocGrpMemMinutes", BUDGET(ACCOUNT, "memory") },
	[86] = { "AssocGrpMemRunMinutes", COMMITTED(ACCOUNT, "memory") },
	[87] = { "AssocMaxMemPerJob", TOO_MANY(ACCOUNT, "memory", "job") },
	[88] = { "AssocMaxMemPerNode", TOO_MANY(ACCOUNT, "memory", "node") },
	[89] = { "AssocMaxMemMinutesPerJob", TOO_LONG(ACCOUNT, "memory") },
	[90] = { "AssocGrpNodeMinutes", BUDGET(ACCOUNT, "nodes") },
	[91] = { "AssocGrpNodeRunMinutes", COMMITTED(ACCOUNT, "nodes") },
	[92] = { "AssocMaxNodeMinutesPerJob", TOO_LONG(ACCOUNT, "nodes") },
	[93] = { "AssocGrpEnergy", TOGETHER(ACCOUNT, "energy") },
	[94] = { "AssocGrpEnergyMinutes", BUDGET(ACCOUNT, "energy") },
	[95] = { "AssocGrpEnergyRunMinutes", COMMITTED(ACCOUNT, "energy") },
	[96] = { "AssocMaxEnergyPerJob", TOO_MANY(ACCOUNT, "energy", "job") },
	[97] = { "AssocMaxEnergyPerNode", TOO_MANY(ACCOUNT, "energy", "node") },
	[98] = { "AssocMaxEnergyMinutesPerJob", TOO_LONG(ACCOUNT, "energy") },
	[99] = { "AssocGrpGRES", TOGETHER(ACCOUNT, "GPUs or other GRES") },
	[100] = { "AssocGrpGRESMinutes",
		BUDGET(ACCOUNT, "GPUs or other GRES") },
	[101] = { "AssocGrpGRESRunMinutes",
		COMMITTED(ACCOUNT, "GPUs or other GRES") },
	[102] = { "AssocMaxGRESPerJob",
		TOO_MANY(ACCOUNT, "GPUs or other GRES", "job") },
	[103] = { "AssocMaxGRESPerNode",
		TOO_MANY(ACCOUNT, "GPUs or other GRES", "node") },
	[104] = { "AssocMaxGRESMinutesPerJob",
		TOO_LONG(ACCOUNT, "GPUs or other GRES") },
	[105] = { "AssocGrpLicense", TOGETHER(ACCOUNT, "licenses") },
	[106] = { "AssocGrpLicenseMinutes", BUDGET(ACCOUNT, "licenses") },
	[107] = { "AssocGrpLicenseRunMinutes", COMMITTED(ACCOUNT, "licenses") },
	[108] = { "AssocMaxLicensePerJob",
		TOO_MANY(ACCOUNT, "licenses", "job") },
	[109] = { "AssocMaxLicenseMinutesPerJob",
		TOO_LONG(ACCOUNT, "licenses") },
	[110] = { "AssocGrpBB", TOGETHER(ACCOUNT, "burst buffer") },
	[111] = { "AssocGrpBBMinutes", BUDGET(ACCOUNT, "burst buffer") },
	[112] = { "AssocGrpBBRunMinutes", COMMITTED(ACCOUNT, "burst buffer") },
	[113] = { "AssocMaxBBPerJob",
		TOO_MANY(ACCOUNT, "burst buffer", "job") },
	[114] = { "AssocMaxBBPerNode",
		TOO_MANY(ACCOUNT, "burst buffer", "node") },
	[115] = { "AssocMaxBBMinutesPerJob",
		TOO_LONG(ACCOUNT, "burst buffer") },
	[116] = { "QOSGrpUnknown", TOGETHER(QOS, "resources") },
	[117] = { "QOSGrpUnknownMinutes", BUDGET(QOS, "resources") },
	[118] = { "QOSGrpUnknownRunMinutes", COMMITTED(QOS, "resources") },
	[119] = { "QOSMaxUnknownPerJob", TOO_MANY(QOS, "resources", "job") },
	[120] = { "QOSMaxUnknownPerNode", TOO_MANY(QOS, "resources", "node") },
	[121] = { "QOSMaxUnknownPerUser", EACH(YOU, "resources") },
	[122] = { "QOSMaxUnknownMinutesPerJob", TOO_LONG(QOS, "resources") },
	[123] = { "QOSMinUnknown", TOO_FEW("resources") },
	[124] = { "QOSMaxCpuPerNode", TOO_MANY(QOS, "CPUs", "node") },
	[125] = { "QOSGrpMemoryMinutes", BUDGET(QOS, "memory") },
	[126] = { "QOSGrpMemoryRunMinutes", COMMITTED(QOS, "memory") },
	[127] = { "QOSMaxMemoryMinutesPerJob", TOO_LONG(QOS, "memory") },
	[128] = { "QOSMaxMemoryPerJob", TOO_MANY(QOS, "memory", "job") },
	[129] = { "QOSMaxMemoryPerNode", TOO_MANY(QOS, "memory", "node") },
	[130] = { "QOSMaxMemoryPerUser", EACH(YOU, "memory") },
	[131] = { "QOSMinMemory", TOO_FEW("memory") },
	[132] = { "QOSGrpEnergy", TOGETHER(QOS, "energy") },
	[133] = { "QOSGrpEnergyMinutes", BUDGET(QOS, "energy") },
	[134] = { "QOSGrpEnergyRunMinutes", COMMITTED(QOS, "energy") },
	[135] = { "QOSMaxEnergyPerJob", TOO_MANY(QOS, "energy", "job") },
	[136] = { "QOSMaxEnergyPerNode", TOO_MANY(QOS, "energy", "node") },
	[137] = { "QOSMaxEnergyPerUser", EACH(YOU, "energy") },
	[138] = { "QOSMaxEnergyMinutesPerJob", TOO_LONG(QOS, "energy") },
	[139] = { "QOSMinEnergy", TOO_FEW("energy") },
	[140] = { "QOSGrpNodeMinutes", BUDGET(QOS, "nodes") },
	[141] = { "QOSGrpNodeRunMinutes", COMMITTED(QOS, "nodes") },
	[142] = { "QOSMaxNodeMinutesPerJob", TOO_LONG(QOS, "nodes") },
	[143] = { "QOSMinNode", TOO_FEW("nodes") },
	[144] = { "QOSGrpGRES", TOGETHER(QOS, "GPUs or other GRES") },
	[145] = { "QOSGrpGRESMinutes", BUDGET(QOS, "GPUs or other GRES") },
	[146] = { "QOSGrpGRESRunMinutes",
		COMMITTED(QOS, "GPUs or other GRES") },
	[147] = { "QOSMaxGRESPerJob",
		TOO_MANY(QOS, "GPUs or other GRES", "job") },
	[148] = { "QOSMaxGRESPerNode",
		TOO_MANY(QOS, "GPUs or other GRES", "node") },
	[149] = { "QOSMaxGRESPerUser", EACH(YOU, "GPUs or other GRES") },
	[150] = { "QOSMaxGRESMinutesPerJob",
		TOO_LONG(QOS, "GPUs or other GRES") },
	[151] = { "QOSMinGRES", TOO_FEW("GPUs or other GRES") },
	[152] = { "QOSGrpLicense", TOGETHER(QOS, "licenses") },
	[153] = { "QOSGrpLicenseMinutes", BUDGET(QOS, "licenses") },
	[154] = { "QOSGrpLicenseRunMinutes", COMMITTED(QOS, "licenses") },
	[155] = { "QOSMaxLicensePerJob", TOO_MANY(QOS, "licenses", "job") },
	[156] = { "QOSMaxLicensePerUser", EACH(YOU, "licenses") },
	[157] = { "QOSMaxLicenseMinutesPerJob", TOO_LONG(QOS, "licenses") },
	[158] = { "QOSMinLicense", TOO_FEW("licenses") },
	[159] = { "QOSGrpBB", TOGETHER(QOS, "burst buffer") },
	[160] = { "QOSGrpBBMinutes", BUDGET(QOS, "burst buffer") },
	[161] = { "QOSGrpBBRunMinutes", COMMITTED(QOS, "burst buffer") },
	[162] = { "QOSMaxBBPerJob", TOO_MANY(QOS, "burst buffer", "job") },
	[163] = { "QOSMaxBBPerNode", TOO_MANY(QOS, "burst buffer", "node") },
	[164] = { "QOSMaxBBPerUser", EACH(YOU, "burst buffer") },
	[165] = { "AssocMaxBBMinutesPerJob", TOO_LONG(QOS, "burst buffer") },
	[166] = { "QOSMinBB", TOO_FEW("burst buffer") },
	[167] = { "DeadLine", "it could not have ended before its deadline" },
	[168] = { "MaxBBPerAccount", EACH(ACCOUNT, "burst buffer") },
	[169] = { "MaxCpuPerAccount", EACH(ACCOUNT, "CPUs") },
	[170] = { "MaxEnergyPerAccount", EACH(ACCOUNT, "energy") },
	[171] = { "MaxGRESPerAccount", EACH(ACCOUNT, "GPUs or other GRES") },
	[172] = { "MaxNodePerAccount", EACH(ACCOUNT, "nodes") },
	[173] = { "MaxLicensePerAccount", EACH(ACCOUNT, "licenses") },
	[174] = { "MaxMemoryPerAccount", EACH(ACCOUNT, "memory") },
	[175] = { "MaxUnknownPerAccount", EACH(ACCOUNT, "resources") },
	[176] = { "MaxJobsPerAccount",
		"your account has reached the number of jobs it may run at once" },
	[177] = { "MaxSubmitJobsPerAccount",
		"your account has reached the number of jobs it may submit" },
	[178] = { "PartitionConfig", "the request does not fit the partition's limits or nodes (time, nodes, CPUs, ...)",
		"ask for less (--time, --nodes, --cpus-per-task, --mem), or for another partition (--partition)" },
	[179] = { "AccountingPolicy",
		"a limit of your account or QOS is reached" },
	[180] = { "FedJobLock",
		"waiting for another cluster of the federation" },
	[181] = { "OutOfMemory", "the job ran out of memory" },
	[182] = { "MaxMemPerLimit", "asked for more memory than the partition allows",
		"ask for less memory (--mem), or for another partition (--partition)" },
	[183] = { "AssocGrpBilling", TOGETHER(ACCOUNT, "billing units") },
	[184] = { "AssocGrpBillingMinutes", BUDGET(ACCOUNT, "billing units") },
	[185] = { "AssocGrpBillingRunMinutes",
		COMMITTED(ACCOUNT, "billing units") },
	[186] = { "AssocMaxBillingPerJob",
		TOO_MANY(ACCOUNT, "billing units", "job") },
	[187] = { "AssocMaxBillingPerNode",
		TOO_MANY(ACCOUNT, "billing units", "node") },
	[188] = { "AssocMaxBillingMinutesPerJob",
		TOO_LONG(ACCOUNT, "billing units") },
	[189] = { "QOSGrpBilling", TOGETHER(QOS, "billing units") },
	[190] = { "QOSGrpBillingMinutes", BUDGET(QOS, "billing units") },
	[191] = { "QOSGrpBillingRunMinutes", COMMITTED(QOS, "billing units") },
	[192] = { "QOSMaxBillingPerJob",
		TOO_MANY(QOS, "billing units", "job") },
	[193] = { "QOSMaxBillingPerNode",
		TOO_MANY(QOS, "billing units", "node") },
	[194] = { "QOSMaxBillingPerUser", EACH(YOU, "billing units") },
	[195] = { "QOSMaxBillingMinutesPerJob",
		TOO_LONG(QOS, "billing units") },
	[196] = { "MaxBillingPerAccount", EACH(ACCOUNT, "billing units") },
	[197] = { "QOSMinBilling", TOO_FEW("billing units") },
	[198] = { "ReservationDeleted", "held, since its reservation was deleted",
		NO_RESERVATION },
	[199] = { "ReservationInvalid", "its reservation is not valid any more",
		NO_RESERVATION },
	[200] = { "Constraints", "no node has what the job asks for",
		NO_NODE },
	[201] = { "MaxBBRunMinsPerAccount",
		COMMITTED(ACCOUNT, "burst buffer") },
	[202] = { "MaxBillingRunMinsPerAccount",
		COMMITTED(ACCOUNT, "billing units") },
	[203] = { "MaxCpuRunMinsPerAccount", COMMITTED(ACCOUNT, "CPUs") },
	[204] = { "MaxEnergyRunMinsPerAccount", COMMITTED(ACCOUNT, "energy") },
	[205] = { "MaxGRESRunMinsPerAccount",
		COMMITTED(ACCOUNT, "GPUs or other GRES") },
	[206] = { "MaxNodeRunMinsPerAccount", COMMITTED(ACCOUNT, "nodes") },
	[207] = { "MaxLicenseRunMinsPerAccount",
		COMMITTED(ACCOUNT, "licenses") },
	[208] = { "MaxMemoryRunMinsPerAccount", COMMITTED(ACCOUNT, "memory") },
	[209] = { "MaxUnknownRunMinsPerAccount",
		COMMITTED(ACCOUNT, "resources") },
	[210] = { "MaxBBRunMinsPerUser", COMMITTED(YOU, "burst buffer") },
	[211] = { "MaxBillingRunMinsPerUser", COMMITTED(YOU, "billing units") },
	[212] = { "MaxCpuRunMinsPerUser", COMMITTED(YOU, "CPUs") },
	[213] = { "MaxEnergyRunMinsPerUser", COMMITTED(YOU, "energy") },
	[214] = { "MaxGRESRunMinsPerUser",
		COMMITTED(YOU, "GPUs or other GRES") },
	[215] = { "MaxNodeRunMinsPerUser", COMMITTED(YOU, "nodes") },
	[216] = { "MaxLicenseRunMinsPerUser", COMMITTED(YOU, "licenses") },
	[217] = { "MaxMemoryRunMinsPerUser", COMMITTED(YOU, "memory") },
	[218] = { "MaxUnknownRunMinsPerUser", COMMITTED(YOU, "resources") },
	[219] = { "MaxPoweredUpNodes",
		"the number of nodes that may be powered up is reached" },
	[220] = { "MpiPortsBusy", "waiting for free MPI ports" },
};

/* Numbers that meant something else before or after a release. */
static const struct {
	uint32_t reason;
	int from, until;	/* releases, until excluded */
	struct jobstate_text text;
} changed[] = {
	{ 17, JOBSTATE_RELEASE(25, 11), JOBSTATE_RELEASE(99, 0),
		{ "NvidiaImexChannels", "waiting for free IMEX channels" } },
	{ 33, JOBSTATE_RELEASE(0, 0), JOBSTATE_RELEASE(23, 2),
		{ "BlockMaxError", "too many nodes have errors" } },
};

/* Flags that commands show in place of a base, which those with a text have. */
static const struct {
	const char *word;
	uint32_t state;
} shown[] = {
	{ "COMPLETING", JOBSTATE_RUNNING | JOBSTATE_COMPLETING },
	{ "STAGE_OUT", JOBSTATE_COMPLETE | JOBSTATE_STAGE_OUT },
	{ "EXPEDITING", JOBSTATE_PENDING | JOBSTATE_EXPEDITING },
};

uint32_t jobstate_named(const char *word)
{
	for (uint32_t i = 0; i < JOBSTATE_BASES; i++)
		if (strcmp(word, bases[i].word) == 0)
			return i;
	for (size_t i = 0; i < ELEMENTS(shown); i++)
		if (strcmp(word, shown[i].word) == 0)
			return shown[i].state;
	for (size_t i = 0; i < ELEMENTS(flags); i++)
		if (strcmp(word, flags[i].text.word) == 0)
			return flags[i].flag | (flags[i].base == ANY_BASE ?
				JOBSTATE_PENDING : flags[i].base);
	return JOBSTATE_RUNNING;
}

/* Some say more behind it: "ReqNodeNotAvail, UnavailableNodes:c1". */
static int is_reason(const char *word, const struct jobstate_text *text)
{
	size_t len = strcspn(word, ",( ");

	return text->word != NULL && strlen(text->word) == len &&
		strncmp(word, text->word, len) == 0;
}

/* A release in which that number has the word of the first table. */
static int usual_release(uint32_t reason)
{
	for (size_t i = 0; i < ELEMENTS(changed); i++)
		if (changed[i].reason == reason)
			return changed[i].from > 0 ? changed[i].from - 1 :
				changed[i].until;
	return 0;
}

uint32_t jobstate_reason_named(const char *word, int *release)
{
	*release = 0;
	for (size_t i = 0; i < ELEMENTS(changed); i++)
		if (is_reason(word, &changed[i].text)) {
			*release = changed[i].from;
			return changed[i].reason;
		}
	for (uint32_t i = 0; i < JOBSTATE_REASONS; i++)
		if (is_reason(word, &reasons[i])) {
			*release = usual_release(i);
			return i;
		}
	return 0;
}

int jobstate_is_ending(uint32_t state)
{
	return state == (JOBSTATE_RUNNING | JOBSTATE_COMPLETING);
}

const struct jobstate_text *jobstate_base(uint32_t state)
{
	uint32_t base = state & JOBSTATE_BASE_MASK;

	return base < JOBSTATE_BASES ? &bases[base] : &unknown;
}

const struct jobstate_text *jobstate_flag(uint32_t state)
{
	const uint32_t base = state & JOBSTATE_BASE_MASK;

	for (size_t i = 0; i < ELEMENTS(flags); i++)
		if ((flags[i].base == ANY_BASE || flags[i].base == base) &&
			(state & flags[i].flag))
			return &flags[i].text;
	return NULL;
}

/* Of a job that has ended: it will be pending again. */
#define GOES_BACK (JOBSTATE_REQUEUE | JOBSTATE_REQUEUE_HOLD | \
	JOBSTATE_SPECIAL_EXIT | JOBSTATE_REQUEUE_FED | JOBSTATE_EXPEDITING)

const char *jobstate_word(uint32_t state)
{
	/* The job of a federation runs on another cluster. */
	if (state & JOBSTATE_REVOKED)
		return "ended";
	switch (state & JOBSTATE_BASE_MASK) {
	case JOBSTATE_PENDING:
		return "pending";
	case JOBSTATE_SUSPENDED:
		return "suspended";
	case JOBSTATE_RUNNING:
		if (state & JOBSTATE_COMPLETING)
			return "completing";
		if (state & JOBSTATE_STOPPED)
			return "suspended";
		if (state & (JOBSTATE_CONFIGURING | JOBSTATE_POWER_UP_NODE))
			return "configuring";
		return "running";
	default:
		if (state & (JOBSTATE_COMPLETING | JOBSTATE_STAGE_OUT |
			GOES_BACK))
			return "completing";
		return "ended";
	}
}

int jobstate_is_live(uint32_t state)
{
	const char *word = jobstate_word(state);

	return strcmp(word, "ended") != 0 && strcmp(word, "completing") != 0;
}

const struct jobstate_text *jobstate_reason(uint32_t reason, int release)
{
	for (size_t i = 0; i < ELEMENTS(changed); i++)
		if (reason == changed[i].reason && release >= changed[i].from &&
			release < changed[i].until)
			return &changed[i].text;
	if (reason >= JOBSTATE_REASONS || reasons[reason].word == NULL)
		return &unknown;
	return &reasons[reason];
}

/* Slurm writes this number where a wait status belongs. */
#define SLURM_SIG_OOM 253
/* What it writes to say "badly", with FAIL_LAUNCH and others. */
#define SLURM_BADLY 1
#define SIGNAL_MAX 64

/* A byte is left free on one side or the other. */
static struct jobstate_end end_of_code(uint32_t code)
{
	const uint32_t low = code & 0x7f;

	if ((code & 0xff) == SLURM_SIG_OOM)
		return (struct jobstate_end){ JOBSTATE_END_OOM, 0 };
	if ((code & ~UINT32_C(0xff00)) == 0)
		return (struct jobstate_end){ JOBSTATE_END_EXIT, code >> 8 };
	if (code <= 0xff && low <= SIGNAL_MAX && low > 0)
		return (struct jobstate_end){ JOBSTATE_END_SIGNAL, low };
	return (struct jobstate_end){ JOBSTATE_END_ERROR, code };
}

struct jobstate_end jobstate_end(uint32_t state, uint32_t reason,
	uint32_t exit_code)
{
	static const struct jobstate_end none = { JOBSTATE_END_NONE, 0 };
	const struct jobstate_end end = end_of_code(exit_code);

	switch (state & JOBSTATE_BASE_MASK) {
	case JOBSTATE_OOM:
		return (struct jobstate_end){ JOBSTATE_END_OOM, 0 };
	case JOBSTATE_COMPLETE:
		/* Slurm's -1 is neither exit nor signal, and passes for this. */
		return end;
	case JOBSTATE_FAILED:
		break;
	default:
		return none;
	}
	if (end.kind != JOBSTATE_END_SIGNAL)
		return end.kind == JOBSTATE_END_EXIT && end.number == 0 ?
			none : end;
	/* Before 23.02 a signal had the reason of a failed launch. */
	return reason == REASON_SIGNAL || (reason == REASON_LAUNCH &&
		exit_code != SLURM_BADLY) ? end : none;
}

/* Errors of slurm_errno.h with which slurmd and slurmstepd end a batch job. */
static const struct {
	uint32_t error;
	struct jobstate_text text;
} errors[] = {
	{ 2010, { LAUNCH, "its node does not know your user id" } },
	{ 4000, { LAUNCH, "its node could not start a process" } },
	{ 4003, { LAUNCH, "its node does not take the job's accounting frequency" } },
	{ 4004, { LAUNCH, "its node does not accept the job's credential" } },
	{ 4005, { LAUNCH, "its node does not know your user id" } },
	{ 4006, { LAUNCH, "its node does not know your group id" } },
	{ 4007, { LAUNCH, "the job's credential has expired; are the clocks right?" } },
	{ 4008, { LAUNCH, "the job's credential was revoked" } },
	{ 4009, { LAUNCH, "the job's credential came to its node twice" } },
	{ 4010, { LAUNCH, "its node could not make the directory of the job's script" } },
	{ 4011, { LAUNCH, "its node could not change the directory of the job's script" } },
	{ 4012, { LAUNCH, "its node could not write the job's script" } },
	{ 4013, { LAUNCH, "its node could not change the job's script" } },
	{ 4014, { LAUNCH, "its node could not set up the job's environment" } },
	{ 4016, { LAUNCH, "its node could not become your user" } },
	{ 4019, { LAUNCH, "its node could not start a process" } },
	{ 4020, { LAUNCH, "its node could not run the job's script" } },
	{ JOBSTATE_IO_ERROR, { LAUNCH, "its node could not open the job's output file" } },
	{ 4022, { LAUNCH, "the site's prolog failed on its node" } },
	{ 4023, { LAUNCH, "the site's epilog failed on its node" } },
	{ 4031, { LAUNCH, "its node has no such container runtime" } },
	{ 4032, { LAUNCH, "its node could not bind the job to its CPUs" } },
	{ 4033, { LAUNCH, "the job's CPUs do not fit those of its node" } },
};

static const struct jobstate_text *launch_text(uint32_t error)
{
	for (size_t i = 0; i < ELEMENTS(errors); i++)
		if (errors[i].error == error)
			return &errors[i].text;
	return &reasons[REASON_LAUNCH];
}

const struct jobstate_text *jobstate_why(uint32_t state, uint32_t reason,
	uint32_t exit_code, int release)
{
	static const struct jobstate_text signalled = {
		"RaisedSignal", "its program was killed by a signal"
	};
	const struct jobstate_text *flag = jobstate_flag(state);
	const uint32_t base = state & JOBSTATE_BASE_MASK;

	if (flag != NULL)
		return flag;
	switch (jobstate_end(state, reason, exit_code).kind) {
	case JOBSTATE_END_ERROR:
		return launch_text(exit_code);
	case JOBSTATE_END_SIGNAL:
		return &signalled;
	case JOBSTATE_END_OOM:
		return &bases[JOBSTATE_OOM];
	case JOBSTATE_END_EXIT:
	case JOBSTATE_END_NONE:
		break;
	}
	if (base == JOBSTATE_PENDING ||
		(base == JOBSTATE_FAILED && reason != 0))
		return jobstate_reason(reason, release);
	return jobstate_base(state);
}

static int is_word_of(const char *word, const char *const *words)
{
	for (; *words != NULL; words++)
		if (strcmp(word, *words) == 0)
			return 1;
	return 0;
}

const char *jobstate_by(uint32_t state, const struct jobstate_text *why)
{
	static const char *const itself[] = {
		"COMPLETED", "FAILED", "NonZeroExitCode", "RaisedSignal",
		"OUT_OF_MEMORY", NULL
	};
	static const char *const requeue[] = {
		"REQUEUED", "REQUEUE_HOLD", "REQUEUE_FED", "SPECIAL_EXIT", NULL
	};
	const char *word = jobstate_word(state);

	if (strcmp(word, "pending") != 0 && strcmp(word, "completing") != 0 &&
		strcmp(word, "ended") != 0)
		return NULL;
	if (is_word_of(why->word, requeue))
		return "requeue";
	if (strcmp(word, "pending") == 0)
		return NULL;
	return is_word_of(why->word, itself) ? "itself" : "scheduler";
}

int jobstate_lacked_memory(const struct jobstate_text *why)
{
	return strcmp(why->word, bases[JOBSTATE_OOM].word) == 0;
}
