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

# A fake tells its words, and becomes what stands behind those of the runtime.
cat >"$T/fake/fake" <<END
#!/bin/sh
test "\$*" != '--container-image=none --version' || exit 0
printf '<%s>\n' "\$@" >"$T/argv.\$\$"
echo "\${0##*/}" >"$T/called"
mv "$T/argv.\$\$" "$T/argv"
while test "\$1" != /bin/sh; do shift; done
exec "\$@"
END
chmod +x "$T/fake/fake"
for name in enroot podman-hpc podman sarus shifter srun mine; do
	ln -s fake "$T/fake/$name"
done
PATH=$T/fake:$PATH

stop() { vrs cancel >"$T/log/cancel" 2>&1; }

# words: the last call up to the shell that begins there, but for variables and the
# session's own mounts; what is of this run has a name
words() {
	sed "/^<.bin.sh>/,\$d; s|$T/|T/|g; s|<[^>]*/container/script>|<SCRIPT>|
		s|=$(uname -n)>|=NODE>|" "$T/argv" | awk '
		/^<--(env|mount|volume)>$/ { option = $0; next }
		option == "<--env>" { option = ""; next }
		option != "" {
			if (/T\/data/) print option $0
			option = ""; next
		}
		/^<--(mount|container-mounts)=/ && !/T\/data/ { next }
		{ print }' | tr -d '\n'
}

mkdir "$T/data"
# by RUNTIME IMAGE WORDS
by() {
	vrs_alloc --container="$2" --container-runtime="$1" \
		--container-bind="$T/data:/data" --container-arg=--of-mine
	is "$(in_image 'echo $((40+2)); exit 3'; echo $?)" "42
3" "$1: a command, and its status" || diag_file "$T/err"
	is "$(words)" "$3" "$1: its words"
	stop
}
by enroot "$T/i.sqsh" \
	"<start><--rw><--rc><SCRIPT><--mount><T/data:/data:none:x-create=auto,rbind><--of-mine><T/i.sqsh>"
ok "enroot: the /tmp of the node" \
	grep -qxF "</tmp:/tmp:none:x-create=auto,rbind>" "$T/argv"
ok "enroot: variables by their names" grep -qx '<XDG_RUNTIME_DIR>' "$T/argv"
by podman-hpc docker://a/b:1 \
	"<run><--rm><--interactive><--userns=keep-id><--network=host><--uts=host><--pid=host><--ipc=host><--security-opt=label=disable><--volume><T/data:/data><--of-mine><--entrypoint=><docker://a/b:1>"
by sarus docker://a/b:1 \
	"<run><--mount=type=bind,source=T/data,destination=/data><--of-mine><--entrypoint><><a/b:1>"
by shifter docker://a/b:1 "<--image=docker:a/b:1><--volume=T/data:/data><--of-mine><-->"
by pyxis "$T/i.sqsh" \
	"<--overlap><--nodes=1><--ntasks=1><--nodelist=NODE><--mem=0><--mpi=none><--export=ALL><--unbuffered><--container-image=T/i.sqsh><--no-container-remap-root><--no-container-entrypoint><--container-mounts=T/data:/data><--of-mine>"
is "$(cat "$T/called")" srun "pyxis is srun"

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
