-- SPDX-License-Identifier: BSD-2-Clause
-- What only the scheduler can enforce of sessions: for /etc/slurm/job_submit.lua,
-- with JobSubmitPlugins=lua in slurm.conf. The settings of vscode-remote-shell give
-- defaults and words; a user who runs another program gets round them, but not
-- round this, nor round limits of a QOS or an association, which hold for what
-- all of his jobs have together.
--
-- A session is known by its comment. Who takes that out has a job like any other:
-- what must hold for all interactive work belongs to its partition.

local HELP = "see https://docs.cluster.example/vscode"
local MAX_MINUTES = 24 * 60 -- of a session
local MAX_GPU_HOURS = 24 -- GPUs times hours of a session
local TIMED_PARTITION = "interactive" -- no job there without --time

local function is_session(comment)
	return comment ~= nil and
		comment:find("^vscode%-remote%-shell session=") ~= nil
end

-- How many of "gres:gpu:a100:2,gres:gpu:1"; a GPU without a number is one.
local function gpus_of(tres)
	local sum = 0
	for one in (tres or ""):gmatch("[^,]+") do
		if one:find("gpu") then
			sum = sum + tonumber(one:match("[:=](%d+)$") or 1)
		end
	end
	return sum
end

-- --gpus is of the job, --gres and --gpus-per-node of each of its nodes.
local function gpus(job)
	local nodes, tasks = job.min_nodes, job.num_tasks
	if nodes == nil or nodes == slurm.NO_VAL then nodes = 1 end
	if tasks == nil or tasks == slurm.NO_VAL then tasks = 1 end
	return math.max(gpus_of(job.tres_per_job),
		gpus_of(job.tres_per_node) * nodes,
		gpus_of(job.tres_per_task) * tasks)
end

local function refuse(why)
	slurm.log_user("%s; %s", why, HELP)
	return slurm.ERROR
end

function slurm_job_submit(job, partitions, uid)
	local minutes = job.time_limit
	local timed = minutes ~= nil and minutes ~= slurm.NO_VAL
	if not timed and (is_session(job.comment) or
			job.partition == TIMED_PARTITION) then
		return refuse("give a time limit: --time=4:00:00")
	end
	if not is_session(job.comment) then
		return slurm.SUCCESS
	end
	if minutes > MAX_MINUTES then
		return refuse(string.format("a session may have %d hours",
			MAX_MINUTES / 60))
	end
	if gpus(job) * minutes > MAX_GPU_HOURS * 60 then
		return refuse(string.format(
			"a session may have %d GPU hours, this one asks for %d",
			MAX_GPU_HOURS, math.ceil(gpus(job) * minutes / 60)))
	end
	return slurm.SUCCESS
end

-- `vscode-remote-shell extend`, scontrol update
function slurm_job_modify(job, record, partitions, uid)
	local minutes = job.time_limit
	if uid ~= 0 and is_session(record.comment) and minutes ~= nil and
			minutes ~= slurm.NO_VAL and minutes > MAX_MINUTES then
		return refuse(string.format("a session may have %d hours",
			MAX_MINUTES / 60))
	end
	return slurm.SUCCESS
end

return slurm.SUCCESS
