#!/usr/bin/env bash
# Installs what convopt needs on a Debian 12 machine, from Debian's packages and PyPI only.
#
#   scripts/setup.sh [--tests]     with what only tests need, 200 MB more
#
# What is built or downloaded goes to one cache folder that all checkouts share
# ($CONVOPT_CACHE, ~/.cache/convopt unless set); .deps in the checkout links to it. Each step leaves a stamp named after
# what it was made from, so a second run does nothing and a changed list is installed anew.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
cache=${CONVOPT_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/convopt}
onnx_version=1.20.1
mkdir -p "$cache"
# Two checkouts may be set up at the same time.
exec 9>"$cache/lock"
flock 9

say() { printf '\033[1m-- %s\033[0m\n' "$*"; }

install_packages() {
  local missing=()
  while read -r package; do
    case $package in '' | '#'*) continue ;; esac
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
  done <"$root/scripts/packages.txt"
  [ ${#missing[@]} -eq 0 ] && return
  say "installing ${#missing[@]} Debian packages"
  local sudo=
  [ "$(id -u)" -eq 0 ] || sudo=sudo
  # A test starts an sshd of its own; a server that answers others is not for us to start.
  if [[ " ${missing[*]} " == *" openssh-server "* ]]; then
    $sudo mkdir -p /etc/ssh
    $sudo touch /etc/ssh/sshd_not_to_be_run
  fi
  $sudo apt-get -qq update
  $sudo env DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends "${missing[@]}" >/dev/null
}

make_venv() {
  local stamp
  stamp="$cache/venv/stamp-$(sha256sum <"$root/scripts/requirements.txt" | cut -c1-16)"
  [ -e "$stamp" ] && return
  say "making the Python environment"
  rm -rf "$cache/venv"
  /usr/bin/python3 -m venv "$cache/venv"
  "$cache/venv/bin/pip" -q --disable-pip-version-check install -r "$root/scripts/requirements.txt"
  touch "$stamp"
}

# Unity build off: with it one compiler process needs more memory than small machines have. Its sources name themselves
# in messages, which end up in what is installed: without the folder that they were built in.
build_onnx() {
  local stamp="$cache/onnx-$onnx_version/stamp-without-paths"
  [ -e "$stamp" ] && return
  say "building ONNX $onnx_version"
  local work="$cache/onnx-build"
  rm -rf "$work"
  mkdir -p "$work"
  "$cache/venv/bin/pip" -q --disable-pip-version-check download --no-deps --no-binary onnx \
    -d "$work" "onnx==$onnx_version"
  tar -C "$work" -xf "$work/onnx-$onnx_version.tar.gz"
  PATH="$cache/venv/bin:$PATH" cmake -S "$work/onnx-$onnx_version" -B "$work/build" -G Ninja \
    -DCMAKE_BUILD_TYPE=Release -DCMAKE_CXX_COMPILER_LAUNCHER=ccache -DCMAKE_POSITION_INDEPENDENT_CODE=ON \
    -DONNX_USE_PROTOBUF_SHARED_LIBS=ON -DONNX_BUILD_PYTHON=OFF -DBUILD_ONNX_PYTHON=OFF -DONNX_ML=ON \
    -DCMAKE_CXX_FLAGS="-ffile-prefix-map=$work/=" -DONNX_USE_UNITY_BUILD=OFF -DONNX_DISABLE_EXCEPTIONS=OFF \
    -DPython3_EXECUTABLE="$cache/venv/bin/python" \
    -DCMAKE_INSTALL_PREFIX="$cache/onnx-$onnx_version" >"$work/configure.log"
  PATH="$cache/venv/bin:$PATH" cmake --build "$work/build" --target install >"$work/build.log"
  rm -rf "$work"
  touch "$stamp"
}

# Whose output the tests compile. In an environment of their own: nothing of theirs is for convopt itself.
make_frontends() {
  local stamp
  stamp="$cache/frontends/stamp-$(sha256sum <"$root/scripts/frontends.txt" | cut -c1-16)"
  [ -e "$stamp" ] && return
  # There are none for other machines; what needs them is left out there.
  [ "$(uname -m)" = x86_64 ] || return 0
  say "installing front ends"
  rm -rf "$cache/frontends"
  /usr/bin/python3 -m venv "$cache/frontends"
  "$cache/frontends/bin/pip" -q --disable-pip-version-check install --no-deps -r "$root/scripts/frontends.txt"
  touch "$stamp"
}

install_packages
make_venv
build_onnx
[ "${1:-}" != --tests ] || make_frontends
ln -sfn "onnx-$onnx_version" "$cache/onnx"
ln -sfn "$cache" "$root/.deps"
