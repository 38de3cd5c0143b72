#!/bin/sh
# Milliseconds per meta-iteration on this machine's GPU: kshot's engines and PyTorch on the same episodes.
# Needs Linux on x86-64 with glibc 2.34 and libstdc++ of GCC 12 or later (Debian 12, Ubuntu 22.04) and, for a GPU, its
# driver. No network, no installation, no root. `./run.sh --help` lists the options.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
system="$(uname -s) $(uname -m)"
if [ "$system" != "Linux x86_64" ]; then
  echo "this bundle is for Linux x86_64, and this machine is $system" >&2
  exit 36
fi
if ! "$here/node" --version >/dev/null; then
  echo "the bundled Node does not start here: it wants glibc 2.28 or later and libstdc++ (package libstdc++6)" >&2
  exit 36
fi
exec "$here/node" "$here/program/measure.mjs" "$@"
