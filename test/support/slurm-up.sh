#!/bin/bash
# A real Slurm of one node in a folder of its own, without systemd, as root or not: slurm-up.sh FOLDER [CPUS]. Start it
# again, and it goes on. What it listens on is this machine's alone. `slurm-down.sh FOLDER` ends it.
set -euo pipefail
mkdir -p "$1"
folder=$(cd "$1" && pwd -P)
cpus=${2:-4}
host=$(hostname -s)
export SLURM_CONF=$folder/slurm.conf PATH=$PATH:/usr/sbin
exec 9>"$folder/.lock"
flock -w 60 9

# Whether a daemon of this folder lives.
alive() {
  local id
  id=$(cat "$folder/$1.pid" 2>/dev/null) && [ "$(cat "/proc/${id:-none}/comm" 2>/dev/null)" = "$1" ] &&
    tr '\0' ' ' <"/proc/$id/cmdline" | grep -qF -- "$folder/"
}

mkdir -p "$folder"/{state,spool,log,munge}
chmod 755 "$folder" "$folder"/{state,spool,log}
chmod 700 "$folder/munge"
[ -s "$folder/munge/key" ] || (umask 077 && head -c 128 /dev/urandom >"$folder/munge/key")
if [ ! -s "$folder/slurm.conf" ]; then
  port=$((20000 + RANDOM % 20000))
  while (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null || (: <"/dev/tcp/127.0.0.1/$((port + 1))") 2>/dev/null; do
    port=$((port + 2))
  done
  # Two GPUs that are none.
  printf 'Name=gpu File=/dev/null\nName=gpu File=/dev/zero\n' >"$folder/gres.conf"
  # Without it slurmd ends where there are no control groups.
  echo 'CgroupPlugin=cgroup/v1' >"$folder/cgroup.conf"
  cat >"$folder/slurm.conf" <<CONF
ClusterName=test
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=$port
SlurmdPort=$((port + 1))
SlurmUser=$(id -un)
SlurmdUser=$(id -un)
AuthInfo=socket=$folder/munge.sock
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool
SlurmctldPidFile=$folder/slurmctld.pid
SlurmdPidFile=$folder/slurmd.pid
SlurmctldLogFile=$folder/log/slurmctld.log
SlurmdLogFile=$folder/log/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerParameters=batch_sched_delay=0,sched_interval=1,sched_min_interval=0,bf_interval=1
MailProg=/bin/true
SlurmdParameters=config_overrides
SlurmdTimeout=20
ReturnToService=2
KillWait=2
MinJobAge=${SLURM_UP_MIN_JOB_AGE:-300}
EnforcePartLimits=ALL
GresTypes=gpu
NodeName=$host NodeAddr=127.0.0.1 CPUs=$cpus RealMemory=16384 Gres=gpu:2 State=UNKNOWN
PartitionName=main Nodes=$host Default=YES MaxTime=INFINITE State=UP
PartitionName=short Nodes=$host MaxTime=10 State=UP
CONF
fi
alive munged || munged --num-threads=1 --socket="$folder/munge.sock" --key-file="$folder/munge/key" \
  --pid-file="$folder/munged.pid" --log-file="$folder/log/munged.log" --seed-file="$folder/munge/seed" 9>&-
alive slurmctld || slurmctld -f "$folder/slurm.conf" 9>&-
alive slurmd || slurmd -f "$folder/slurm.conf" 9>&-
for _ in $(seq 150); do
  [[ $(sinfo -h -p main -o %T 2>/dev/null) =~ ^(idle|mixed|allocated|completing)$ ]] && exit 0
  sleep 0.2
done
echo 'no working node after 30 s:' >&2
sinfo -R >&2
tail -n 20 "$folder"/log/*d.log >&2
exit 1
