#!/usr/bin/env bash
# The Debian package and the wheel where nothing else is: each is installed in a fresh minimal Debian of this machine's
# release, made by debootstrap in a temporary folder, and has to compile a network to the bytes that this build makes of
# it, run it to the same numbers, and give an object that links into a program of C.
#
#   test/install/bare.sh [deb] [wheel]      both unless one is named; needs root, debootstrap, ./dev package, ./dev wheel
#
# Packages come from where apt and pip of this machine have theirs. CONVOPT_BARE=FOLDER keeps the bare system there for
# the next time.
set -euo pipefail
cd "$(dirname "$0")/../.."
kinds=("$@")
[ $# -gt 0 ] || kinds=(deb wheel)
fail() { echo "bare.sh: $*" >&2; exit 1; }
[ "$(id -u)" -eq 0 ] || fail "needs root, for chroot"
command -v debootstrap >/dev/null || fail "needs debootstrap"
for kind in "${kinds[@]}"; do
  case $kind in
  deb) packages=(build/packages/convopt_*.deb) ;;
  wheel) packages=(build/wheels/convopt-*.whl) ;;
  *) fail "'$kind' is neither deb nor wheel" ;;
  esac
  [ -e "${packages[0]}" ] || fail "there is no ${packages[0]}: ./dev package and ./dev wheel make them"
done

work=$(mktemp -d "${TMPDIR:-/tmp}/convopt-bare.XXXXXX")
trap 'rm -rf --one-file-system "$work"' EXIT
step() {
  local start=$EPOCHREALTIME
  "${@:2}" >"$work/log" 2>&1 || { tail -40 "$work/log" >&2; fail "$1 has failed"; }
  printf '%-58s %6.1f s\n' "$1" "$(awk "BEGIN { print $EPOCHREALTIME - $start }")"
}
size() { printf '%-58s %6d MB\n' "$1" "$(du -smx "$2" | cut -f1)"; }
# Everything that it mounts and starts ends with it.
inside() {
  unshare --mount --pid --fork --kill-child bash -c 'mount -t proc proc "$0/proc" && exec chroot "$0" "$@"' \
    "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive "$@"
}
install_debian() { inside apt-get -q install -y --no-install-recommends "$@"; }

# What this machine's apt has of Debian, in lines of origin, address, suite and component.
release=$(. /etc/os-release && echo "$VERSION_CODENAME")
apt-get indextargets --format '$(ORIGIN) $(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' |
  awk -v release="$release" '$1 == "Debian" && index($3, release) == 1' | sort -u >"$work/sources"
mirror=$(awk -v release="$release" '$3 == release { print $2; exit }' "$work/sources")
[ -n "$mirror" ] || fail "apt has no sources of Debian $release"
base=${CONVOPT_BARE:-$work/base}
root=$base
if [ ! -e "$base/etc/apt/apt.conf.d/90machine" ]; then
  step "debootstrap of $release" debootstrap --variant=minbase "$release" "$base" "$mirror"
  awk '{ print "deb", $2, $3, $4 }' "$work/sources" >"$base/etc/apt/sources.list"
  apt-config dump | grep -E '^Acquire::(http|https|Check-[A-Za-z-]+)(::| )' >"$base/etc/apt/apt.conf.d/90machine" || true
fi
step "apt-get update" inside apt-get -q update
size "bare system" "$base"

# What this build makes of the network.
task=$work/task
mkdir "$task"
cp examples/models/classify.onnx examples/run.c "$task"
bin=build/release/bin
$bin/convopt-compile "$task/classify.onnx" --target=x86-64 -o "$work/classify.o"
$bin/convopt-compile "$task/classify.onnx" --target=x86-64 --emit=shared -o "$work/classify.so"
$bin/convopt-run "$work/classify.so" --output="$work/scores.npy" >/dev/null

# works NAME: the tools on the path inside, as a user would call them.
works() {
  local -a run=(inside env "PATH=$1/bin:/usr/bin:/bin" sh -ec 'cd /task; exec "$@"' sh)
  step "$kind: compile to an object" "${run[@]}" convopt-compile classify.onnx --target=x86-64 -o classify.o
  step "$kind: compile to a library" \
    "${run[@]}" convopt-compile classify.onnx --target=x86-64 --emit=shared -o classify.so
  step "$kind: run" "${run[@]}" convopt-run classify.so --output=scores.npy
  for file in classify.o classify.so scores.npy; do
    cmp "$work/$file" "$root/task/$file" || fail "$kind: $file differs from what this build makes"
  done
  step "$kind: list the choices" "${run[@]}" convopt-profile classify.onnx --target=x86-64 --catalogue
  step "$kind: run passes" "${run[@]}" sh -ec \
    'convopt-compile classify.onnx --target=x86-64 --emit=linalg -o - | convopt-opt --convopt-normalise >normal.mlir'
  step "$kind: install a C compiler" install_debian gcc libc6-dev
  step "$kind: link into a program of C" "${run[@]}" gcc -O2 -DMODEL=classify_model '-DHEADER="classify.h"' run.c \
    classify.o -lm -lpthread -o classify
  head -c $((4 * 3 * 48 * 48)) /dev/zero >"$root/task/image"
  step "$kind: run it" "${run[@]}" ./classify image scores
  # Of Debian there must be none then.
  [ "$kind" = deb ] || [ -z "$(find "$root/usr/lib" "$root/lib" -name 'libLLVM*' -o -name 'libMLIR*')" ] ||
    fail "$kind: Debian's LLVM is here"
}

for kind in "${kinds[@]}"; do
  root=$work/root
  rm -rf --one-file-system "$root"
  cp -a "$base" "$root"
  cp -a "$task" "$root/task"
  echo "== $kind"
  if [ "$kind" = deb ]; then
    ls -l build/packages/convopt_*.deb | awk '{ printf "%-58s %6.1f MB\n", $9, $5 / 1e6 }'
    cp build/packages/convopt_*.deb "$root/task/convopt.deb"
    step "deb: apt-get install" install_debian /task/convopt.deb
    size "with convopt" "$root"
    works /usr
  else
    ls -l build/wheels/convopt-*.whl | awk '{ printf "%-58s %6.1f MB\n", $9, $5 / 1e6 }'
    step "wheel: download what it depends on" .deps/venv/bin/pip download --only-binary :all: \
      -d "$root/task/wheels" build/wheels/convopt-*.whl
    step "wheel: install Python" install_debian python3-venv
    size "with Python" "$root"
    step "wheel: make an environment" inside python3 -m venv /task/venv
    step "wheel: pip install" inside /task/venv/bin/pip install --no-index --find-links /task/wheels convopt
    size "with convopt and the wheels" "$root"
    works /task/venv
    cp test/install/bare.py "$root/task"
    step "wheel: compile and run from Python" inside /task/venv/bin/python /task/bare.py
  fi
done
echo "all is well"
