#!/bin/sh
# Install through apt what the tests drive from outside (browser, Chinese font), or say what to install.
set -eu
need=""
command -v chromium >/dev/null 2>&1 || command -v chromium-browser >/dev/null 2>&1 || command -v google-chrome >/dev/null 2>&1 || need="$need chromium"
fc-list 2>/dev/null | grep -qi "cjk" || need="$need fontconfig fonts-noto-cjk"
[ -z "$need" ] && exit 0
if command -v apt-get >/dev/null 2>&1; then
    sudo=""
    [ "$(id -u)" = 0 ] || { command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null && sudo="sudo -n"; }
    if [ "$(id -u)" = 0 ] || [ -n "$sudo" ]; then
        $sudo apt-get update -qq
        # shellcheck disable=SC2086
        DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq --no-install-recommends $need >/dev/null
        exit 0
    fi
fi
echo "The tests need programs that are not here and may not be installed by this user: install$need, then run make test again." >&2
exit 1
