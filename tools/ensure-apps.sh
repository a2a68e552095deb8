#!/bin/sh
# Install through apt what the tests drive from outside: a browser, a Chinese font, the clients of the exports
# (GDAL, QGIS with its Python, PostgreSQL with PostGIS, LibreOffice, poppler), nginx,
# and systemd, which rates the unit; or say what to install.
set -eu
cd "$(dirname "$0")/.."
. tools/apt.sh

have() { command -v "$1" >/dev/null 2>&1; }
need=""
have chromium-headless-shell || have chromium || have chromium-browser || have google-chrome || need="$need chromium"
[ "$(uname)" != Linux ] || fc-list 2>/dev/null | grep -qi "cjk" || need="$need fontconfig fonts-noto-cjk"
have ogrinfo || need="$need gdal-bin"
[ -d /usr/lib/python3/dist-packages/qgis ] || need="$need python3-qgis qgis-providers"
have soffice || need="$need libreoffice-writer-nogui libreoffice-calc-nogui"
have pdftotext || need="$need poppler-utils"
have psql || need="$need postgresql-client"
set -- /usr/share/postgresql/*/extension/postgis.control
[ -e "$1" ] || need="$need postgresql postgresql-postgis"
# A user's PATH may leave out where servers lie.
PATH="$PATH:/usr/sbin:/usr/local/sbin"
have nginx || need="$need nginx"
[ "$(uname)" != Linux ] || have systemd-analyze || need="$need systemd"

# shellcheck disable=SC2086
[ -z "$need" ] || apt_install "The tests drive programs that are not here" $need

# Chromium without its windows draws the same pages for less; not every release has it.
have chromium-headless-shell || ! apt-cache show chromium-headless-shell >/dev/null 2>&1 ||
    apt_install "Tests in a browser are quicker with it" chromium-headless-shell || true

# The package starts a web server on port 80 and again with every boot; the tests start their own.
case "$need" in
*nginx*) [ ! -d /run/systemd/system ] || $sudo systemctl disable --now nginx >&2 ;;
esac
