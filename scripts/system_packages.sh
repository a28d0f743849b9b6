#!/usr/bin/env bash
# Installs what posecheck needs of the system and cannot bring along, where that can be done: as root on Debian or Ubuntu.
# Elsewhere it does nothing, and make and pytest name what is missing.
#
#   scripts/system_packages.sh [--tools] [PACKAGE ...]
#
# --tools: also the browser, the database server, the display and FFmpeg, which tests drive (tests/support/machine/needs.py).
# PACKAGE: further packages to install.
set -euo pipefail

# The Linux wheels of OpenCV and MediaPipe link to these but do not hold them (posecheck/pose/system_libraries.py).
libraries=(libGL.so.1 libglib-2.0.so.0 libgthread-2.0.so.0 libxcb.so.1 libEGL.so.1 libGLESv2.so.2)
library_packages=(libgl1 libglib2.0-0 libxcb1 libegl1 libgles2)
tool_packages=(chromium chromium-headless-shell firefox-esr postgresql xvfb xdotool ffmpeg)

can_install() {
  [[ $(uname -s) == Linux && $(id -u) -eq 0 ]] && command -v apt-get >/dev/null
}

has_all_libraries() {
  local known name
  known=$(ldconfig -p 2>/dev/null || true)
  for name in "${libraries[@]}"; do
    [[ $known == *"$name"* ]] || return 1
  done
}

has_all_tools() {
  local name
  for name in chromium chromium-headless-shell firefox-esr Xvfb xdotool ffmpeg; do
    command -v "$name" >/dev/null || return 1
  done
  compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null
}

install() {
  echo "Installing what the system lacks: $*"
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" </dev/null >/dev/null
}

can_install || exit 0
wanted=()
if [[ ${1:-} == --tools ]]; then
  shift
  has_all_tools || wanted+=("${tool_packages[@]}")
fi
has_all_libraries || wanted+=("${library_packages[@]}")
wanted+=("$@")
[[ ${#wanted[@]} -eq 0 ]] || install "${wanted[@]}"
