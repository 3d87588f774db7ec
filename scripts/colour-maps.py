"""Writes the table of colour maps, wasm/core/map-tables.ts, from matplotlib's.

    python scripts/colour-maps.py > wasm/core/map-tables.ts

To add a map that matplotlib has, write its name into MAPS here and into MAPS of wasm/core/recipe.ts. Wants matplotlib; the
pinned table is of 3.11. Colours are rounded to nearest, so viridis and its kin are the published ones to the last digit.
"""

from matplotlib import colormaps

MAPS = ["viridis", "magma", "inferno", "plasma", "turbo", "cividis", "jet"]
PER_LINE = 16


def colours(name: str) -> list[str]:
    shades = (colormaps[name](level)[:3] for level in range(256))
    return ["".join(f"{round(part * 255):02x}" for part in shade) for shade in shades]


print("""/**
 * Colour maps, written by scripts/colour-maps.py: the colour of each of 256 levels as RRGGBB, black's first.
 * viridis, magma, inferno, plasma: S. van der Walt, N. Smith, E. Firing (CC0); cividis: J. R. Nuñez, C. R. Anderton,
 * R. S. Renslow; turbo: A. Mikhailov, Google; jet: as matplotlib has it.
 */
export const MAP_TABLES = {""")
for name in MAPS:
    shades = colours(name)
    print(f"  {name}: `")
    for first in range(0, 256, PER_LINE):
        print(f"    {' '.join(shades[first:first + PER_LINE])}")
    print("  `,")
print("} as const;")
