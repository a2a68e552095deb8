#!/bin/sh
# Install through apt what the tests drive from outside (browser, Chinese font), or say what to install.
set -eu
cd "$(dirname "$0")/.."
. tools/apt.sh

have() { command -v "$1" >/dev/null 2>&1; }
need=""
have chromium || have chromium-browser || have google-chrome || need="$need chromium"
[ "$(uname)" != Linux ] || fc-list 2>/dev/null | grep -qi "cjk" || need="$need fontconfig fonts-noto-cjk"

# shellcheck disable=SC2086
[ -z "$need" ] || apt_install "The tests drive programs that are not here" $need
