#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Runtimes of containers that cannot be had here, by fakes, which tell how they were
# called, and run the program on the node: the words are those of their documentation,
# and all that a session does comes through. One of the settings, and one that hangs.
# shellcheck disable=SC2016 # expanded in the job
. "$(dirname "$0")/../lib.sh"
need_product
at_exit vrs_end

mkdir -p "$T/fake" "$XDG_CONFIG_HOME/vscode-remote-shell"
conf=$XDG_CONFIG_HOME/vscode-remote-shell/config
{ printf hsqs && head -c 92 /dev/zero; } >"$T/i.sqsh"

# A fake tells its words, and becomes what stands behind those of the runtime; or it is
# or leaves an instance.
cat >"$T/fake/fake" <<END
#!/bin/sh
test "\$*" != '--container-image=none --version' || exit 0
name=argv
case "\$*" in
*'exec sleep'*) name=start ;;
'rm '*|'instance stop '*) name=stop ;;
'instance start '*) name=start ;;
esac
printf '<%s>\n' "\$@" >"$T/\$name.\$\$"
test "\${0##*/}" = nsenter || echo "\${0##*/}" >"$T/called"
mv "$T/\$name.\$\$" "$T/\$name"
case \$name-\${0##*/} in
stop-*) exit 0 ;;
start-podman*|start-singularity)
	pidfile=\$(printf '%s\n' "\$@" | sed -n '/^--pid-file\$/{n;p;}; s/^--pidfile=//p')
	test ! -e "$T/no-instances" || { echo 'no instances today' >&2; exit 1; }
	sleep 1000 >/dev/null 2>&1 </dev/null &
	echo \$! >"\$pidfile"
	exit 0 ;;
esac
while test "\$1" != /bin/sh; do shift; done
exec "\$@"
END
chmod +x "$T/fake/fake"
for name in enroot podman-hpc podman sarus shifter srun mine nsenter; do
	ln -s fake "$T/fake/$name"
done
PATH=$T/fake:$PATH

stop() { vrs cancel >"$T/log/cancel" 2>&1; }

# words [FILE]: the last call up to the shell that begins there, but for variables and
# the session's own mounts; what is of this run has a name
words() {
	sed "/^<.bin.sh>/,\$d; s|$T/|T/|g; s|<[^>]*/container/script>|<SCRIPT>|
		s|=$(uname -n)>|=NODE>|; s|<[0-9][0-9]*>|<PID>|
		s|[^<=]*/container/instance.pid|PIDFILE|
		s|vscode-remote-shell\.[A-Za-z0-9]*-[0-9]*>|NAME>|" "$T/${1:-argv}" | awk '
		/^<--(env|mount|volume|bind)>$/ { option = $0; next }
		option == "<--env>" { option = ""; next }
		option != "" {
			if (!/^<\//) print option $0	# of nsenter
			else if (/T\/data/) print option $0
			option = ""; next
		}
		/^<--(mount|container-mounts)=/ && !/T\/data/ { next }
		{ print }' | tr -d '\n'
}

mkdir "$T/data"
# by RUNTIME IMAGE WORDS [START STOP]: words of a program, and of what it joins
by() {
	rm -f "$T/start" "$T/stop"
	vrs_alloc --container="$2" --container-runtime="$1" \
		--container-bind="$T/data:/data" --container-arg=--of-mine
	is "$(in_image 'echo $((40+2)); exit 3'; echo $?)" "42
3" "$1: a command, and its status" || diag_file "$T/err"
	is "$(words)" "$3" "$1: its words"
	test "$#" = 3 || is "$(words start)" "$4" "$1: those of its instance"
	cp "$T/start" "$T/started" 2>/dev/null
	stop
	test "$#" = 3 || is "$(wait_for 20 test "$5" = '' -o -s "$T/stop" &&
		test "$5" = '' || words stop)" "$5" "$1: and of its end"
}
by enroot "$T/i.sqsh" "<exec><PID>" \
	"<start><--rw><--rc><SCRIPT><--mount><T/data:/data:none:x-create=auto,rbind><--of-mine><T/i.sqsh>" ''
ok "enroot: the /tmp of the node" \
	grep -qxF "</tmp:/tmp:none:x-create=auto,rbind>" "$T/started"
ok "enroot: variables by their names" grep -qx '<XDG_RUNTIME_DIR>' "$T/argv"
podman="<--userns=keep-id><--network=host><--uts=host><--pid=host><--ipc=host><--security-opt=label=disable><--volume><T/data:/data><--of-mine><--entrypoint=><docker://a/b:1>"
for name in podman podman-hpc; do
	by "$name" docker://a/b:1 "<--target><PID><--user><--mount><--preserve-credentials>" \
		"<run><--detach><--name=NAME><--pidfile=PIDFILE>$podman" \
		"<rm><--force><--time=0><--ignore><NAME>"
done
mv "$T/fake/nsenter" "$T/fake/no-nsenter"
touch "$T/no-instances"
by podman-hpc docker://a/b:1 "<run><--rm><--interactive>$podman"
rm "$T/no-instances"
mv "$T/fake/no-nsenter" "$T/fake/nsenter"
ln -s fake "$T/fake/singularity"
by singularity "$T/i.sqsh" "<exec><instance://NAME>" \
	"<instance><start><--pid-file><PIDFILE><--bind><T/data:/data><--of-mine><T/i.sqsh><NAME>" \
	"<instance><stop><NAME>"
rm "$T/fake/singularity"
by sarus docker://a/b:1 \
	"<run><--mount=type=bind,source=T/data,destination=/data><--of-mine><--entrypoint><><a/b:1>"
by shifter docker://a/b:1 "<--image=docker:a/b:1><--volume=T/data:/data><--of-mine><-->"
by pyxis "$T/i.sqsh" \
	"<--overlap><--nodes=1><--ntasks=1><--nodelist=NODE><--mem=0><--mpi=none><--export=ALL><--unbuffered><--container-image=T/i.sqsh><--no-container-remap-root><--no-container-entrypoint><--container-mounts=T/data:/data><--of-mine>"
is "$(cat "$T/called")" srun "pyxis is srun"

# ---- an instance that is gone, and none at all ---------------------------------

# pidfile: of the instance of the session that runs
pidfile() {
	run=$(vrs shell --no-container -- 'echo "$VRS_RUNTIME_DIR"')
	echo "${run%/run}/container/instance.pid"
}
vrs_alloc --container=docker://a/b:1 --container-runtime=podman
in_image true
one=$(cat "$(pidfile)")
kill -9 "$one"
ok "an instance is gone" wait_for 30 gone "$one"
is "$(in_image 'echo fine')" fine "the next program is in another" || diag_file "$T/err"
like "$(cat "$T/err")" "the container's instance on [^ ]* is gone, and what ran in it: the next program starts it again" \
	"and the user is told"
two=$(cat "$(pidfile)")
isnt "$two" "$one" "it is there"
in_image true
unlike "$(cat "$T/err")" 'is gone' "which is told once"

# Its pid may be another's one day, for whom an sshd has the words: the script enter, too.
dir=$(dirname "$(pidfile)")
begun=$(cut -d' ' -f22 "/proc/$two/stat")
is "$(sh "$dir/enter" echo 'by it' 2>"$T/err"; words | cut -d'>' -f1)" "by it
<--target" "what a shell reads joins it" || diag_file "$T/err"
sed "s/ $begun / another /" "$dir/enter" >"$T/enter"
is "$(sh "$T/enter" echo 'without it' 2>"$T/err"; words | cut -d'>' -f1)" "without it
<run" "but none that began at another time" || diag_file "$T/err"

# A cleaner of /tmp may take what removes it.
rm "$dir/undo"
in_image true
ok "which is made anew" test -s "$dir/undo"
isnt "$(cat "$(pidfile)")" "$two" "with another instance"
two=$(cat "$(pidfile)")
cp "$dir/undo" "$T/undo"
is "$(grep -c 'podman rm --force --time=0 --ignore vscode-remote-shell' "$T/undo")" 3 \
	"and the end removes what is left of all"
agent=$(agents)
rm -f "$T/stop"
kill -9 "$agent"
ok "also of an agent that is killed" wait_for 30 test -s "$T/stop"
ok "whose instance ends" wait_for 30 gone "$two"

touch "$T/no-instances"
vrs_alloc --container=docker://a/b:1 --container-runtime=podman
is "$(in_image 'echo fine')" fine "without an instance each enters anew"
says_why() {
	grep -qF "container: no instance, each program enters anew: $T/fake/podman has failed: no instances today" \
		"$VRS_STATE"/*/agent.log
}
ok "which the agent's log says" wait_for 30 says_why
ok "and nothing is to be undone" not test -e "$(dirname "$(pidfile)")/undo"
rm "$T/no-instances"
stop

# ---- while it runs ---------------------------------------------------------------

# stays NAME: a program whose front is there
stays() {
	bg "$1" timeout 90 "$BUILD/vscode-remote-shell" --launcher=local \
		--state-dir="$VRS_STATE" shell -- 'sleep 1000'
}
# As a node whose TMPDIR is as good as full.
mkdir "$T/small"
cat >"$T/agent" <<END
#!/bin/sh
test "\$1" = mount || exec unshare -m "$T/agent" mount "\$@"
mount -t tmpfs -o size=64k tmpfs "$T/small" || exit 1
shift
export TMPDIR="$T/small"
exec "$BUILD/vscode-remote-agent" "\$@"
END
chmod +x "$T/agent"
cat >"$T/fake/takes" <<END
#!/bin/sh
rm -f "$T/gone.sqsh"
while test "\$1" != /bin/sh; do shift; done
exec "\$@"
END
chmod +x "$T/fake/takes"
printf '[runtime takes]\nprogram = %s\nimages = sqsh\nenter = %%image\n' \
	"$T/fake/takes" >"$conf"
cp "$T/i.sqsh" "$T/gone.sqsh"
vrs_alloc --container="$T/gone.sqsh" --container-runtime=takes
stays gone
told() { grep -c "$2" "$T/log/$1.err" 2>/dev/null; }
is_told() { test "$(told "$@")" = 1; }
ok "an image that is gone is told" wait_for 30 is_told gone \
	"container: the image, $T/gone.sqsh, cannot be found any more (No such file or directory)"
stop
wait "$PID"
if unshare -m true 2>/dev/null; then
	vrs_alloc --container="$T/i.sqsh" --container-runtime=takes --agent="$T/agent"
	stays full
	ok "and a directory for temporary files that is full" wait_for 30 is_told full \
		"container: $T/small is full: programs will fail there"
	stop
	wait "$PID"
else
	skip 1 "no mount namespace"
fi
rm "$conf"

# ---- the first that there is ---------------------------------------------------

vrs_alloc --container=docker://a/b:1
in_image true
is "$(cat "$T/called")" podman-hpc "auto: podman-hpc before podman"
stop

# ---- of the settings -----------------------------------------------------------

cat >"$conf" <<END
[runtime mine]
program = $T/fake/mine
images = name sqsh
enter = go %args "" %name on-%node %mounts
bind = -v %from=%to
[runtime podman]
program = $T/fake/nosuch
END
vrs_alloc --container=docker://a/b:1 --container-bind="$T/data" --container-arg=-x
is "$(in_image 'echo fine')" fine "one of the settings, which auto takes first" ||
	diag_file "$T/err"
like "$(tr -d '\n' <"$T/argv")" "^<go><-x><><a/b:1><on-$(uname -n)><-v><$T/data=$T/data>" \
	"its words"
stop
vrs_alloc --container=docker://a/b:1 --container-runtime=podman
in_image true
like "$? $(cat "$T/err")" "^69 .*there is no program $T/fake/nosuch on this node" \
	"another program of one that is built in"
stop
vrs alloc --container=/i --container-runtime=noruntime >"$T/out" 2>"$T/err"
like "$? $(cat "$T/err")" "^64 .*--container-runtime: there is no runtime 'noruntime'; there are: auto, mine, apptainer, " \
	"a name of none"
for row in bwrap=bubblewrap ch-run=charliecloud; do
	vrs alloc --container=/i --container-runtime="${row%=*}" >"$T/out" 2>"$T/err"
	like "$? $(cat "$T/err")" "^64 .*there is no runtime '${row%=*}': do you mean '${row#*=}', whose program that is\\?" \
		"${row%=*}, a program's name"
done
for image in http://x/y shub://x; do
	vrs alloc --container=$image >"$T/out" 2>"$T/err"
	like "$? $(cat "$T/err")" "^64 .*--container: '$image' is no name that any runtime takes: those begin with docker://, library://, oras://" \
		"$image: no such registry"
done
vrs alloc --container=docker://a/b --container-runtime=bubblewrap >"$T/out" 2>"$T/err"
like "$? $(cat "$T/err")" "^64 .*'docker://a/b' is no name that bubblewrap takes: it takes no name of a registry" \
	"a name for a runtime that takes none"
printf '[runtime mine]\nprogram = x\n' >"$conf"
vrs status >"$T/out" 2>"$T/err"
like "$? $(cat "$T/err")" "^78 .*\[runtime mine\]: nothing says its images" \
	"one that is not whole"

# A pid of a namespace of its own is another process here.
bg victim sleep 1000
victim=$PID
cat >"$T/fake/astray" <<END
#!/bin/sh
case \$1 in
start) echo $victim >"\$2"; exit 0 ;;
join) echo 'it is not there' >&2; exit 1 ;;
esac
shift
exec "\$@"
END
chmod +x "$T/fake/astray"
cat >"$conf" <<END
[runtime astray]
program = $T/fake/astray
images = sqsh
enter = %image
start = start %pidfile %image
join = join %pid
END
vrs_alloc --container="$T/i.sqsh" --container-runtime=astray
is "$(in_image 'echo fine')" fine "an instance that nothing can join is none" || diag_file "$T/err"
ok "for which no process of others is ended" alive "$victim"
stop
ok "nor is one at the end" alive "$victim"
end_pid "$victim"

# What one has seen in the image before it failed is not what the next has seen.
{
	printf '#!/bin/sh\nwhile test "$1" != /bin/sh; do shift; done\n"$@"\nexit 4\n' >"$T/fake/late"
	printf '#!/bin/sh\nexit 0\n' >"$T/fake/silent"
	chmod +x "$T/fake/late" "$T/fake/silent"
	for name in late silent; do
		printf '[runtime %s]\nprogram = %s\nimages = sqsh\nenter = %%image\n' \
			$name "$T/fake/$name"
	done
	for name in enroot charliecloud pyxis; do
		printf '[runtime %s]\nprogram = %s\n' $name "$T/fake/nosuch"
	done
} >"$conf"
vrs_alloc --container="$T/i.sqsh"
in_image true
like "$? $(cat "$T/err")" "^69 .*$T/fake/late ended with status 4: " "auto: two that both fail"
stop

# ---- what hangs, and what cannot be used ----------------------------------------

rm "$conf" "$T/fake/srun"
cat >"$T/fake/srun" <<'END'
#!/bin/sh
echo "srun: unrecognized option '--container-image=none'" >&2
exit 1
END
chmod +x "$T/fake/srun"
vrs_alloc --container="$T/i.sqsh" --container-runtime=pyxis
in_image true
like "$? $(cat "$T/err")" "^69 .*pyxis is not usable here: srun: unrecognized option" \
	"an srun without the plugin"
stop
for name in podman-hpc podman sarus shifter; do mv "$T/fake/$name" "$T/fake/no-$name"; done
there=
for name in apptainer singularity podman-hpc podman sarus shifter; do
	there=$there$(command -v "$name") || :
done
if test -n "$there"; then
	skip 1 "there is a runtime here that takes names"
else
	vrs_alloc --session=other --container=docker://nosuch/image
	vrs shell other -- true 2>"$T/err"
	like "$? $(cat "$T/err")" "^69 .*: no runtime that takes docker://nosuch/image, which is an image of a registry, can be used on this node; these do: apptainer, singularity, podman-hpc, podman, sarus, shifter, pyxis; session 'other' runs on: .*shell --no-container other.*cancel other" \
		"is not what auto tells, but which runtimes would do"
	vrs cancel other >"$T/log/cancel" 2>&1
fi

rm "$T/fake/enroot"
cat >"$T/fake/enroot" <<END
#!/bin/sh
echo \$\$ >"$T/hangs.new"
mv "$T/hangs.new" "$T/hangs"
exec sleep 1000
END
chmod +x "$T/fake/enroot"
vrs_alloc --container="$T/i.sqsh" --container-runtime=enroot
bg waits timeout 90 "$BUILD/vscode-remote-shell" --launcher=local \
	--state-dir="$VRS_STATE" shell -- true
ok "one that hangs is waited for" wait_for 30 test -s "$T/hangs"
is "$(vrs shell --no-container -- echo fine)" fine "the node can be used meanwhile"
stop
ok "the end of the session ends it" wait_for 20 gone "$(cat "$T/hangs")"
done_testing
