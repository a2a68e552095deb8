# Sourced by the other scripts: install Debian packages where this user may, else say which to install.
# apt_install "what needs them" package...
apt_install() {
    why=$1
    shift
    if ! command -v apt-get >/dev/null 2>&1; then
        echo "$why. Please install the like of: $*; then run make again." >&2
        return 1
    fi
    sudo=""
    if [ "$(id -u)" != 0 ]; then
        if command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
            sudo="sudo -n"
        else
            echo "$why. Please run: sudo apt install $*; then run make again." >&2
            return 1
        fi
    fi
    echo "$why: installing $* through apt ..." >&2
    # No terminal to ask: a proxy or a mirror that stalls must not hang for ever.
    export DEBIAN_FRONTEND=noninteractive
    $sudo apt-get -o Acquire::Retries=3 update -qq >&2 || echo "apt-get update failed; trying with what apt knows" >&2
    # shellcheck disable=SC2086
    $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" </dev/null >&2 || {
        echo "apt could not install them. Please run: apt install $*; then run make again." >&2
        return 1
    }
}
