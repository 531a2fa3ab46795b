#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# A session that runs keeps the options that its job was started with. Who comes
# with others is told which; who comes with the same, as every day, is not.
. "$(dirname "$0")/../lib.sh"
need_product
end_all() { vrs cancel --all >"$T/log/end" 2>&1; }
at_exit end_all

# attach WORD...: what is said of it, in $T/err; status in $rc
attach() {
	echo exit | timeout 60 "$BUILD/vscode-remote-shell" --launcher=local \
		--state-dir="$VRS_STATE" --linger=0 --session=a "$@" \
		>"$T/out" 2>"$T/err"
	rc=$?
}
told() { grep 'keeps the options' "$T/err"; }
same() {
	lib_what=$1
	shift
	attach "$@"
	is "$rc $(told)" "0 " "$lib_what: nothing is said"
}
# differs NAME NOW THEN WORD...
differs() {
	lib_what=$1 now=$2 then=$3
	shift 3
	attach "$@"
	is "$rc" 0 "$lib_what: it attaches"
	is "$(told | wc -l)" 1 "$lib_what: one line"
	like "$(told)" "job 1 keeps .* 'a' .*; asked for now: $now; then: $then; .*cancel a. ends it, and --session=NAME" \
		"$lib_what: it says which"
}

attach -S --time=60 -S -c2 --idle-timeout=30m
is "$rc" 0 "a session"
same "the same" -S --time=60 -S -c2 --idle-timeout=30m
same "in another order" --idle-timeout=30m -S -c2 -S --time=60
same "in another spelling" -S -t60 -S --cpus-per-task=2 --idle-timeout=1800s
same "twice, of which the last counts" -S -t5 -S -t60 -S -c2 --idle-timeout=30m
same "what is not of the job" -S -t60 -S -c2 --idle-timeout=30m --linger=1m \
	--confirm-timeout=9s
differs "more" "--gres=gpu:1" none -S --gres=gpu:1 -S -t60 -S -c2 \
	--idle-timeout=30m
differs "others" "--idle-timeout=2h --cpus-per-task=4" \
	"--idle-timeout=30m --cpus-per-task=2" -S -t60 -S -c4 --idle-timeout=2h
differs "one as by default, which the job has otherwise" "--idle-timeout=1h" \
	"--idle-timeout=30m" -S -t60 -S -c2 --idle-timeout=1h
differs "and it alone" "--idle-timeout=1h" \
	"--idle-timeout=30m --cpus-per-task=2 --time=60" --idle-timeout=1h
same "none, as typed by who wants in"
differs "what must be quoted" "'--comment=a b'" none -S '--comment=a b' \
	-S -t60 -S -c2 --idle-timeout=30m
attach -S --time=soon -S -c2
is "$rc" 64 "a bad one is refused although the session runs"
like "$(cat "$T/err")" "time=soon: not a time" "and named"
is "$(grep -c "keeps the options" "$T/err")" 0 "and no more"
vrs shell a true >"$T/out" 2>"$T/err"
is "$? $(told)" "0 " "shell: asks for nothing of the job"

attach --session=c -S -t60
same "one as by default, which the job has so" --session=c -S -t60 \
	--idle-timeout=60m

# A launcher that does not know the verb: it is said all the same.
cat >"$T/launcher" <<-END
	#!/bin/sh
	case \$1 in check | scope) echo "usage: mine" >&2; exit 2 ;; esac
	exec '$BUILD/launch-local' "\$1"
END
chmod 755 "$T/launcher"
echo exit | "$BUILD/vscode-remote-shell" --launcher="$T/launcher" \
	--state-dir="$VRS_STATE" --linger=0 --session=b >"$T/out" 2>"$T/err"
echo exit | "$BUILD/vscode-remote-shell" --launcher="$T/launcher" -S --mine \
	--state-dir="$VRS_STATE" --linger=0 --session=b >"$T/out" 2>"$T/err"
like "$(told)" "asked for now: --mine; then: none" "an option of another scheduler"
is "$(grep -c usage "$T/err")" 0 "what that launcher says of verbs is not shown"
done_testing
