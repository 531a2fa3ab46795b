# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh disable=SC2034,SC2154
# For the *.t with VS Code's workbench in a browser on the laptop of the cluster:
# source it after rig.sh and before vscode_rig. $chromium is the browser, empty where
# there is none; what is seen is kept in $pictures, one directory for all of them.
chromium=$(command -v chromium || command -v chromium-browser)
pictures=$BUILD/workbench/$VERSION
mkdir -p "$pictures"
RIG_BIND=$VRS_VSCODE
export RIG_BIND

# window_settings: of alice's servers, as all these windows want them
window_settings() {
	mkdir -p "$AHOME/.vscode-server/data/Machine"
	# Version 1.100 would start a new shell when the environment of an extension
	# comes late, as after a reconnection; 1.139 may take Enter for one of the words
	# that it proposes.
	cat >"$AHOME/.vscode-server/data/Machine/settings.json" <<'END'
{
	"terminal.integrated.environmentChangesRelaunch": false,
	"terminal.integrated.suggest.enabled": false,
	"workbench.startupEditor": "none",
	"workbench.secondarySideBar.defaultVisibility": "hidden",
	"files.autoSave": "off"
}
END
	chown -R "$(stat -c %u:%g "$AHOME")" "$AHOME/.vscode-server/data"
}

# connect NAME HOST: a new ssh with its bootstrap, and the port on the laptop
# leads through it
connect() {
	client "$1" "$2" --form legacy --block-timeout 60 \
		--var "SERVER=$SERVER" --var "COMMIT=$COMMIT"
	client_ready "$1" 90 || return 1
	mkdir -p "$LAPTOP/wb"
	echo "$(client_get "$1" socks) $(client_get "$1" port)" \
		>"$LAPTOP/wb/target.new"
	mv "$LAPTOP/wb/target.new" "$LAPTOP/wb/target"
}

window_start() {
	rm -rf "$LAPTOP/wb/profile" "$LAPTOP/wb/port"
	chown "$(stat -c %u:%g "$LAPTOP")" "$LAPTOP/wb"
	bg forwarder "$RIG" exec -u alice client "$PYTHON" \
		$PREFIX/clients/forwarder.py wb
	forwarder=$PID
	rm -f "$T/wb.in"
	: >"$T/wb.out"
	mkfifo "$T/wb.in"
	"$RIG" exec -u alice client "$VRS_VSCODE/server/node" \
		$PREFIX/clients/browser.js "$VRS_VSCODE/modules" "$chromium" \
		/home/alice/wb <"$T/wb.in" >"$T/wb.out" 2>"$T/log/wb.err" &
	window=$!
	lib_pids="$window $lib_pids"
	exec 9>"$T/wb.in"
	asked=1
	wait_for 60 answered && wait_for 10 test -s "$LAPTOP/wb/port"
}

answered() { test "$(wc -l <"$T/wb.out")" -ge $asked; }

# wb VERB...: status 0 when the answer is ok; $answer is what follows that word.
# Not in a subshell, since it counts.
wb() {
	asked=$((asked + 1))
	echo "$*" >&9
	wait_for 150 answered
	answer=$(sed -n "${asked}p" "$T/wb.out")
	case $answer in
	ok*)	answer=${answer#ok } ;;
	*)	diag "$answer"
		cp "$LAPTOP/wb/failed.png" "$pictures/" 2>/dev/null
		return 1 ;;
	esac
}

picture() {
	wb shot "$1" && cp "$LAPTOP/wb/$1.png" "$pictures/$2$1.png"
}

window_end() {
	echo quit >&9
	exec 9>&-
	wait_for 10 gone "$window"
	end_pid "$forwarder"
}
