#!/usr/bin/env bash
# Plans over the whole of a large history, beside `git log` and git-cliff: time and memory, in one run. Nothing is asserted: machines differ.
#
#   cargo build --release && benches/histories.sh [BUNDLE]
#
# BUNDLE is a git bundle with tags that are versions [default: $LOCKKEEPER_SHARED/histories/uv.bundle]. LOCKKEEPER_BINARY names another
# program, ROUNDS another number of rounds. Needs git, GNU time, and python3, into whose fresh environment git-cliff is installed.
set -euo pipefail

root=$(cd "$(dirname "$0")/.." && pwd)
binary=${LOCKKEEPER_BINARY:-$root/target/release/lockkeeper}
bundle=${1:-${LOCKKEEPER_SHARED:?say which bundle}/histories/uv.bundle}
rounds=${ROUNDS:-5}
[ -x "$binary" ] || { echo "build it first: cargo build --release" >&2; exit 1; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
git clone --quiet --no-checkout "$bundle" "$work/clone"
cd "$work/clone"
python3 -m venv "$work/python"
"$work/python/bin/pip" install --quiet 'git-cliff==2.14.*'
cliff=$work/python/bin/git-cliff
# What another tool keeps between two runs would make the second one faster.
export XDG_CACHE_HOME="$work/cache"

commits=$(git rev-list --count HEAD)
newest=$(git describe --tags --abbrev=0)
previous=$(git describe --tags --abbrev=0 "$newest^")

git_log() { git log -z --format='%H%x00%P%x00%an%x00%ct%x00%B'; }
ours_all() { "$binary" plan --git . --all --notes; }
ours_one() { "$binary" plan --git . --from "$previous" --to "$newest" --notes; }
cliff_all() { "$cliff" --config "$work/none" --no-exec; }
cliff_one() { "$cliff" --config "$work/none" --no-exec "$previous..$newest"; }

# Milliseconds and KiB of one run of a function; its memory is that of its largest process.
export -f git_log ours_all ours_one cliff_all cliff_one
export binary cliff work newest previous
measure() {
  local begun=$EPOCHREALTIME ended
  "$1" > /dev/null 2> "$work/said" || { cat "$work/said" >&2; exit 1; }
  ended=$EPOCHREALTIME
  echo "$1 $(((${ended/./} - ${begun/./}))) $(/usr/bin/time -f %M bash -c "exec 2>/dev/null; $1 >/dev/null" 2>&1 | tail -1)" >> "$work/figures"
}

# One after the other, and so again: whatever else the machine does meets all of them.
for _ in $(seq "$rounds"); do for what in git_log ours_all; do measure "$what"; done; done
for _ in 1 2; do for what in ours_all cliff_all; do measure "$what"; done; done
for _ in $(seq "$rounds"); do for what in ours_one cliff_one; do measure "$what"; done; done

python3 - "$work/figures" <<'PYTHON'
import statistics, sys
figures = {}
for line in open(sys.argv[1]):
    what, time, memory = line.split()
    figures.setdefault(what, []).append((int(time) / 1e6, int(memory) / 1024))
time = {what: statistics.median(one for one, _ in runs) for what, runs in figures.items()}
memory = {what: max(one for _, one in runs) for what, runs in figures.items()}
print("| What | Runs | Median | Fastest to slowest | Most memory |\n|---|---|---|---|---|")
names = {
    "git_log": "`git log` of all commits",
    "ours_all": "`lockkeeper plan --all --notes`",
    "cliff_all": "`git-cliff`, all releases",
    "ours_one": "`lockkeeper plan`, the newest range",
    "cliff_one": "`git-cliff`, the newest range",
}
for what, name in names.items():
    runs = [one for one, _ in figures[what]]
    spread = f"{min(runs):.3f}–{max(runs):.3f} s"
    print(f"| {name} | {len(runs)} | {time[what]:.3f} s | {spread} | {memory[what]:.0f} MiB |")
ratio = lambda what, other, of: of[what] / of[other]
print(f"\nall ranges: {ratio('ours_all', 'git_log', time):.1f} times `git log` (goal: at most 4)")
print(f"memory: {ratio('ours_all', 'cliff_all', memory):.2f} of git-cliff's (goal: at most 0.5)")
print(f"one range: {ratio('ours_one', 'cliff_one', time):.2f} of git-cliff's time (goal: at most 1)")
PYTHON
echo "$(basename "$bundle"): $commits commits, $(git tag | wc -l) tags; the newest range is $previous..$newest; $("$cliff" --version), $("$binary" --version)"
