# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh disable=SC2034
# Source this to read the rows of vscode-remote-shell.1 about the environment of
# a session.

# env_of_man PAGE ERE: names in the subsection whose title matches, one a line
env_of_man() {
	awk -v title="$2" '
	/^\.S[hs] / { inside = $0 ~ title }
	inside && /^\.It Ev / {
		for (i = 3; i <= NF; i++)
			if ($i != ",")
				print $i
	}' "$1"
}

# the titles, in the order in which the man page has them
ENV_OWN='^.Ss Variables that a batch job has not'
ENV_STAYS='^.Ss Variables of the login node that stay there'
ENV_CARRIED='^.Ss Variables that the agent has not'
ENV_NODES='^.Ss Variables of the node that a container has not'
ENV_JOBS='^.Ss Variables of the job that shells have not'
