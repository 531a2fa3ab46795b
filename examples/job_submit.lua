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
-- Of a node of each partition that has some; [""]: of the default one.
local NODE_GPUS = { gpu = 2, [""] = 0 }
local TIMED_PARTITION = "interactive" -- no job there without --time

local function is_session(comment)
	return comment ~= nil and
		comment:find("^vscode%-remote%-shell session=") ~= nil
end

local function is_given(n)
	return n ~= nil and n ~= slurm.NO_VAL
end

-- How many of "gres:gpu:a100:2,gres:gpu"; a GPU without a number is one. nil: that
-- cannot be told, as of "gres:gpu:+8" or "gres:gpu:2k".
local function gpus_of(tres)
	local sum = 0
	for one in (tres or ""):lower():gmatch("[^,]+") do
		local tail = one:find("gpu") and one:match("[^:=/]*$")
		if tail and tail:find("^%d+$") then
			sum = sum + tonumber(tail)
		elseif tail and tail:find("^%a[%w_.-]*$") then
			sum = sum + 1
		elseif tail then
			return nil
		end
	end
	return sum
end

-- --exclusive gives a job all GPUs of its nodes.
local function gpus_of_node(job)
	local most = NODE_GPUS[job.partition or ""] or 0
	for name in (job.partition or ""):gmatch("[^,]+") do
		most = math.max(most, NODE_GPUS[name] or 0)
	end
	return most
end

-- --gpus is of the job, --gres and --gpus-per-node of each of its nodes, of which it
-- may be given the most that it takes. nil: that cannot be told.
local function gpus(job)
	local nodes, tasks = 1, job.num_tasks
	if is_given(job.min_nodes) then nodes = math.max(nodes, job.min_nodes) end
	if is_given(job.max_nodes) then nodes = math.max(nodes, job.max_nodes) end
	if not is_given(tasks) then tasks = nodes end
	local a_job, a_node, a_task = gpus_of(job.tres_per_job),
		gpus_of(job.tres_per_node), gpus_of(job.tres_per_task)
	if not (a_job and a_node and a_task) then
		return nil
	end
	if job.shared == 0 then
		a_node = math.max(a_node, gpus_of_node(job))
	end
	return math.max(a_job, a_node * nodes, a_task * tasks)
end

-- Why a session with these resources may not have so long; nil: it may.
local function too_much(job, minutes)
	local n = gpus(job)
	if minutes > MAX_MINUTES then
		return string.format("a session may have %g hours",
			MAX_MINUTES / 60)
	end
	if n == nil then
		return "its GPUs cannot be counted: write --gres=gpu:TYPE:NUMBER"
	end
	if n * minutes > MAX_GPU_HOURS * 60 then
		return string.format(
			"a session may have %g GPU hours, this one asks for %g",
			MAX_GPU_HOURS, math.ceil(n * minutes / 60))
	end
end

local function refuse(why)
	slurm.log_user("%s; %s", why, HELP)
	return slurm.ERROR
end

function slurm_job_submit(job, partitions, uid)
	local minutes = job.time_limit
	if not is_given(minutes) and (is_session(job.comment) or
			job.partition == TIMED_PARTITION) then
		return refuse("give a time limit: --time=4:00:00")
	end
	if not is_session(job.comment) then
		return slurm.SUCCESS
	end
	local why = too_much(job, minutes)
	return why and refuse(why) or slurm.SUCCESS
end

-- `vscode-remote-shell extend`, scontrol update
function slurm_job_modify(job, record, partitions, uid)
	if uid == 0 or not is_session(record.comment) or
			not is_given(job.time_limit) then
		return slurm.SUCCESS
	end
	local why = too_much(record, job.time_limit)
	return why and refuse(why) or slurm.SUCCESS
end

return slurm.SUCCESS
