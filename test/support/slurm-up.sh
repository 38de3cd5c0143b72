#!/bin/bash
# A real Slurm in a folder of its own, without systemd, as root or not: slurm-up.sh FOLDER [CPUS [NODES]]. Start it again,
# and it goes on. What it listens on is this machine's alone. `slurm-down.sh FOLDER` ends it. Each node is a slurmd here;
# jobs of the partition `urgent` put those of the others back into the queue. Where there are several nodes, jobs get no
# more memory than they asked for, if this machine has control groups of version 1 that may be written.
set -euo pipefail
mkdir -p "$1"
folder=$(cd "$1" && pwd -P)
cpus=${2:-4}
# Control groups are called by the names of nodes, and others may have some here.
nodes=$(seq -f "n%g$(basename "$folder" | tr -cd '[:alnum:]' | tail -c 6)" "${3:-1}")
host=$(hostname -s)
export SLURM_CONF=$folder/slurm.conf PATH=$PATH:/usr/sbin
exec 9>"$folder/.lock"
flock -w 60 9

# Whether a daemon of this folder lives: its program, and the name of its pid file where that is another.
alive() {
  local id
  id=$(cat "$folder/${2:-$1}.pid" 2>/dev/null) && [ "$(cat "/proc/${id:-none}/comm" 2>/dev/null)" = "$1" ] &&
    tr '\0' ' ' <"/proc/$id/cmdline" | grep -qF -- "$folder/"
}

mkdir -p "$folder"/{state,log,munge}
for node in $nodes; do mkdir -p "$folder/spool/$node"; done
chmod -R 755 "$folder"/{state,spool,log}
chmod 755 "$folder"
chmod 700 "$folder/munge"
[ -s "$folder/munge/key" ] || (umask 077 && head -c 128 /dev/urandom >"$folder/munge/key")
if [ ! -s "$folder/slurm.conf" ]; then
  port=$((20000 + RANDOM % 20000))
  count=$(wc -w <<<"$nodes")
  for ((free = 0; free <= count; free++)); do
    (: <"/dev/tcp/127.0.0.1/$((port + free))") 2>/dev/null && port=$((port + free + 1)) free=-1
  done
  # Two GPUs that are none.
  printf 'Name=gpu File=/dev/null\nName=gpu File=/dev/zero\n' >"$folder/gres.conf"
  # Without it slurmd ends where there are no control groups.
  echo 'CgroupPlugin=cgroup/v1' >"$folder/cgroup.conf"
  tasks=none select=CR_CPU
  groups=/sys/fs/cgroup/memory
  if [ "$count" -gt 1 ] && [ -e $groups/memory.memsw.limit_in_bytes ] &&
    mkdir $groups/slurm-up.$$ 2>/dev/null && rmdir $groups/slurm-up.$$; then
    printf 'ConstrainRAMSpace=yes\nConstrainSwapSpace=yes\nMinRAMSpace=8\n' >>"$folder/cgroup.conf"
    tasks=cgroup select=CR_CPU_Memory
  fi
  cat >"$folder/slurm.conf" <<CONF
ClusterName=test
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=$port
SlurmUser=$(id -un)
SlurmdUser=$(id -un)
AuthInfo=socket=$folder/munge.sock
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool/%n
SlurmctldPidFile=$folder/slurmctld.pid
SlurmdPidFile=$folder/%n.pid
SlurmctldLogFile=$folder/log/slurmctld.log
SlurmdLogFile=$folder/log/%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/$tasks
SelectType=select/cons_tres
SelectTypeParameters=$select
DefMemPerCPU=512
SchedulerParameters=batch_sched_delay=0,sched_interval=1,sched_min_interval=0,bf_interval=1
MailProg=/bin/true
SlurmdParameters=config_overrides
SlurmdTimeout=20
ReturnToService=2
KillWait=2
MinJobAge=300
EnforcePartLimits=ALL
PreemptType=preempt/partition_prio
PreemptMode=REQUEUE
GresTypes=gpu
$(for node in $nodes; do
    echo "NodeName=$node NodeHostname=$host NodeAddr=127.0.0.1 Port=$((++port))" \
      "CPUs=$cpus RealMemory=16384 Gres=gpu:2 State=UNKNOWN"
  done)
PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE State=UP
PartitionName=short Nodes=ALL MaxTime=10 State=UP
PartitionName=urgent Nodes=ALL PriorityTier=10 PreemptMode=OFF State=UP
CONF
fi
alive munged || munged --num-threads=1 --socket="$folder/munge.sock" --key-file="$folder/munge/key" \
  --pid-file="$folder/munged.pid" --log-file="$folder/log/munged.log" --seed-file="$folder/munge/seed" 9>&-
alive slurmctld || slurmctld -f "$folder/slurm.conf" 9>&-
for node in $nodes; do alive slurmd "$node" || slurmd -N "$node" -f "$folder/slurm.conf" 9>&-; done
for _ in $(seq 150); do
  working=$(sinfo -h -N -p main -o %T 2>/dev/null | grep -cxE 'idle|mixed|allocated|completing') || true
  [ "$working" = "$(wc -w <<<"$nodes")" ] && exit 0
  sleep 0.2
done
echo 'no working nodes after 30 s:' >&2
sinfo -R >&2
tail -n 20 "$folder"/log/*.log >&2
exit 1
