"""`python -m bench`: every measurement by name, each with its own figures; exit 1 when one misses its mark."""

import importlib
import pkgutil
import sys

import bench

ASIDE = {"__main__", "counting", "database"}


def main() -> int:
    names = [found.name for found in pkgutil.iter_modules(bench.__path__) if found.name not in ASIDE]
    wanted = sys.argv[1:] or names
    unknown = sorted(set(wanted) - set(names))
    if unknown:
        print(f"No such measurement: {', '.join(unknown)}. There are: {', '.join(names)}.", file=sys.stderr)
        return 2
    sys.argv[1:] = []
    missed = []
    for name in wanted:
        print(f"== {name}", flush=True)
        if importlib.import_module(f"bench.{name}").main():
            missed.append(name)
    if missed:
        print(f"missed: {', '.join(missed)}", file=sys.stderr)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
