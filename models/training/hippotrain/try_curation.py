"""python -m hippotrain.try_curation CURATED --seed 1 --seed 2: plants faults, curates, and says what was found.

CURATED holds crops that are taken for sound. Prints a Markdown table of every kind with how many were found, and the sound cases left out. Nothing is
kept unless --output says where: then OUTPUT/seedN holds the planted folder and OUTPUT/tried.json the figures.
"""

import argparse
import json
import tempfile
from pathlib import Path

from .curate import curate
from .faults import FAULTS
from .hard_cases import HARD
from .plant_faults import plant


def tally(planted, kept, excluded):
    """{"kinds": {kind: [as it should be, planted]}, "soundLeftOut": {case: reason}, "missed": {case: kind}, "hardLeftOut": {case: kind and reason}}."""
    kinds, missed, hard = {}, {}, {}
    for name, entry in planted.items():
        right = (name in excluded) == entry["fault"]
        found, count = kinds.get(entry["kind"], (0, 0))
        kinds[entry["kind"]] = [found + right, count + 1]
        if not right and entry["fault"]:
            missed[name] = f"{entry['kind']}: {'; '.join(kept[name][3]) or 'no note'}"
        elif not right:
            hard[name] = f"{entry['kind']}: {excluded[name]}"
    sound = {name: reason for name, reason in excluded.items() if name not in planted}
    return {"kinds": kinds, "soundLeftOut": sound, "missed": missed, "hardLeftOut": hard}


def try_seed(curated, folder, seed, each):
    planted = plant(curated, folder, seed, each)
    kept, excluded, _ = curate(folder)
    return tally(planted, kept, excluded)


def table(results):
    """Markdown: a row per kind, a column per seed, found of planted."""
    lines = ["| planted | " + " | ".join(f"seed {seed}" for seed in results) + " |", "|---|" + "---|" * len(results)]
    for group in (FAULTS, HARD):
        for kind in group:
            cells = [f"{found} of {count}" for found, count in (result["kinds"][kind] for result in results.values())]
            lines.append(f"| {'' if group is FAULTS else 'sound but hard, to be kept: '}{kind} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("curated", type=Path)
    parser.add_argument("--seed", type=int, action="append", required=True)
    parser.add_argument("--each", type=int, default=1)
    parser.add_argument("--output", type=Path)
    options = parser.parse_args()
    results = {}
    with tempfile.TemporaryDirectory() as place:
        for seed in options.seed:
            results[seed] = try_seed(options.curated, (options.output or Path(place)) / f"seed{seed}", seed, options.each)
    if options.output:
        (options.output / "tried.json").write_text(json.dumps(results, indent=1))
    print(table(results))
    for seed, result in results.items():
        faults = [result["kinds"][kind] for kind in FAULTS]
        print(f"\nseed {seed}: {sum(f for f, _ in faults)} of {sum(n for _, n in faults)} faults found, {len(result['soundLeftOut'])} sound cases left out")
        for words in ("missed", "hardLeftOut", "soundLeftOut"):
            for name, text in result[words].items():
                print(f"  {words} {name}: {text}")


if __name__ == "__main__":
    main()
