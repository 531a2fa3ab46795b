#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# mpirun in a session of two nodes, in a batch job and in an allocation: its
# processes find each other over both nodes, and the session goes on.
# shellcheck disable=SC2154 # from rig/lib.sh
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../rig/lib.sh"
slurm_up
# The programs are the cluster's, which may be another Debian.
root c1 test -x /usr/bin/mpirun || skip_all "no mpirun in the cluster"
# What mpicc would make of it needs a compiler, and more packages.
cat >"$RIG_PREFIX/clients/hello.py" <<'END'
import ctypes, platform
from ctypes import byref, c_int
mpi = ctypes.CDLL("libmpi.so.40", ctypes.RTLD_GLOBAL)
def handle(name):
    return ctypes.c_void_p(ctypes.addressof(ctypes.c_char.in_dll(mpi, name)))
world = handle("ompi_mpi_comm_world")
rank, size, one, total = c_int(), c_int(), c_int(1), c_int()
assert mpi.MPI_Init(None, None) == 0
mpi.MPI_Comm_rank(world, byref(rank))
mpi.MPI_Comm_size(world, byref(size))
mpi.MPI_Allreduce(byref(one), byref(total), 1, handle("ompi_mpi_int"),
                  handle("ompi_mpi_op_sum"), world)
print("rank", rank.value, "of", size.value, "on", platform.node(),
      "with", total.value, flush=True)
mpi.MPI_Finalize()
END
alice c1 mpirun -n 1 /usr/bin/python3 "$PREFIX/clients/hello.py" >"$T/out" \
	2>"$T/err" || skip_all "mpirun does not run here: $(tail -n 1 "$T/err")"

for start in batch allocation; do
	alice login1 $VRS alloc $start --start=$start --nodes=2 --ntasks=2 --time=10 \
		>"$T/out" 2>"$T/err"
	is $? 0 "$start: a session of two nodes" || diag_file "$T/err"
	alice login1 $VRS shell $start -- \
		"mpirun -n 2 --map-by node /usr/bin/python3 $PREFIX/clients/hello.py" \
		>"$T/out" 2>"$T/err"
	is $? 0 "$start: mpirun" || diag_file "$T/err"
	is "$(sort "$T/out")" "rank 0 of 2 on c1 with 2
rank 1 of 2 on c2 with 2" "$start: on both nodes" || diag_file "$T/err"
	alice login1 $VRS shell $start -- 'echo "$SLURM_NNODES"' >"$T/out" \
		2>"$T/err"
	is "$(cat "$T/out")" 2 "$start: the session goes on"
	alice login1 $VRS cancel $start >"$T/log/cancel" 2>&1
	all_gone "$start: it ends"
done
done_testing
