#!/bin/sh
# Puts a Python with PyTorch 2 where the tests look for one, without installing anything: Debian 13's packages, for the
# CPU, unpacked into a folder of their own. PyPI's wheel brings CUDA: 3 GB. Says why where it cannot be, and exits with 1.
set -eu

folder=${XDG_CACHE_HOME:-$HOME/.cache}/kshot-tests/torch
keyring=/usr/share/keyrings/debian-archive-keyring.gpg

if "$folder/bin/python3" -c 'import importlib.util as i; assert i.find_spec("torch")' 2>/dev/null; then
  exit
fi
refuse() { echo "no PyTorch 2 for the tests: $1" >&2; exit 1; }
[ ! -e "$folder" ] || refuse "$folder is there, and has none"
command -v apt-get >/dev/null && command -v dpkg >/dev/null || refuse "there is no apt-get"
[ -e "$keyring" ] || refuse "there is no $keyring to check Debian's signatures with"

# Made beside and renamed, so that nobody finds half of it; what was killed is removed an hour later.
mkdir -p "${folder%/*}"
find "${folder%/*}" -maxdepth 1 -name 'torch.part-*' -mmin +60 -exec rm -rf {} +
part=$(mktemp -d "$folder.part-XXXXXX")
trap 'rm -rf "$part"' EXIT
trap 'exit 1' HUP INT TERM
chmod 755 "$part"

# An apt that knows Debian 13 alone, and of no package that is installed.
mkdir -p "$part/apt/lists/partial" "$part/apt/archives/partial" "$part/debs"
: >"$part/apt/status"
echo "deb [signed-by=$keyring] http://deb.debian.org/debian trixie main" >"$part/apt/sources.list"
cat >"$part/apt/apt.conf" <<END
Dir::State "$part/apt";
Dir::State::status "$part/apt/status";
Dir::Cache "$part/apt";
Dir::Etc::main "/dev/null";
Dir::Etc::parts "/dev/null";
Dir::Etc::sourcelist "$part/apt/sources.list";
Dir::Etc::sourceparts "/dev/null";
APT::Install-Recommends "false";
APT::Sandbox::User "root";
Acquire::Languages "none";
APT::Update::Error-Mode "any";
Acquire::Retries "3";
Acquire::IndexTargets::deb::DEP-11::DefaultEnabled "false";
END
export APT_CONFIG="$part/apt/apt.conf"
apt-get update -qq || refuse "Debian 13 is out of reach"
wanted=$(apt-get install --simulate python3-torch | sed -n 's/^Inst \([^ ]*\) .*/\1/p')
[ -n "$wanted" ] || refuse "Debian 13 does not have it"
# Drivers of cards, PyTorch's own tests, and what installs packages: nothing of it is loaded.
unwanted='libllvm.*|libamd.*|libhs.*|libdrm.*|libelf.*|libx.*-.*|libxext.*|libtorch-test|libpam.*|libsystemd.*|dpkg|tar|passwd|adduser'
unwanted="$unwanted|openssl|ca-certificates|debconf|tzdata|python3-hypothesis"
(cd "$part/debs" && echo "$wanted" | grep -Evx "$unwanted" | xargs apt-get download -qq) || refuse "its packages did not come"
for package in "$part/debs"/*.deb; do dpkg-deb --extract "$package" "$part/all"; done
rm -rf "$part/apt" "$part/debs" "$part/all/usr/share"
mv "$part/all/usr" "$part/torch"

# Python finds all that is its own by the name that it is started with; the libraries are told to the loader, and so to
# no program that is started from it.
libraries=$(echo "$part"/torch/lib/*-linux-gnu)
libraries=${libraries##*/}
loader=$(basename "$part/torch/lib/$libraries"/ld-linux*)
write_launcher() {
  rm -f "$part/torch/bin/python3"
  cat >"$part/torch/bin/python3" <<END
#!/bin/sh
at='$1/lib/$libraries'
exec "\$at/$loader" --inhibit-cache --library-path "\$at:\$at/..:\$at/blas:\$at/lapack" --argv0 "\$0" '$1/bin/python3.13' "\$@"
END
  chmod 755 "$part/torch/bin/python3"
}
write_launcher "$part/torch"
# Proves that nothing is lacking, and keeps the bytecode of what is imported: compiling it takes longer than anything else.
PYTHONDONTWRITEBYTECODE= "$part/torch/bin/python3" - <<'END' || refuse "what was fetched does not compute"
import torch
from torch.func import functional_call, grad, vmap

layer = torch.nn.Linear(3, 4)
loss = lambda weights, row: functional_call(layer, weights, (row,)).sum()
assert vmap(grad(loss), (None, 0))(dict(layer.named_parameters()), torch.ones(5, 3))["weight"].shape == (5, 4, 3)
END
write_launcher "$folder"
mv -T "$part/torch" "$folder" || refuse "$folder came to be meanwhile"
