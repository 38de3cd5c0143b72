#!/bin/bash
# Ends what slurm-up.sh has started in a folder, jobs first: slurm-down.sh FOLDER.
set -uo pipefail
folder=$(cd "$1" 2>/dev/null && pwd -P) || exit 0
export SLURM_CONF=$folder/slurm.conf
exec 9>"$folder/.lock"
flock -w 60 9

id_of() { cat "$folder/$1.pid" 2>/dev/null; }
# Whether a process is the daemon of this folder.
ours() {
  [ "$(cat "/proc/${1:-none}/comm" 2>/dev/null)" = "$2" ] && tr '\0' ' ' <"/proc/$1/cmdline" | grep -qF -- "$folder/"
}
# Ends a program, by its pid file.
stop() {
  local id
  id=$(id_of "$2")
  if ours "$id" "$1"; then
    kill -TERM "$id"
    for _ in $(seq 100); do
      ours "$id" "$1" || break
      sleep 0.1
    done
    ours "$id" "$1" && kill -KILL "$id"
  fi
  rm -f "$folder/$2.pid"
}
if ours "$(id_of slurmctld)" slurmctld; then
  # The processes of jobs outlive slurmd.
  ids=$(timeout 5 squeue -h -o %A | sort -u)
  # shellcheck disable=SC2086
  [ -z "$ids" ] || timeout 10 scancel $ids
  for _ in $(seq 100); do
    [ -z "$(timeout 5 squeue -h -o %A)" ] && break
    sleep 0.1
  done
fi
for node in "$folder"/spool/*; do
  stop slurmd "$(basename "$node")"
  # The control groups of its jobs.
  find "/sys/fs/cgroup/memory/slurm_$(basename "$node")" -depth -type d -exec rmdir {} + 2>/dev/null
done
stop slurmctld slurmctld
stop munged munged
rm -f "$folder/munge.sock" "$folder/munge.sock.lock"
