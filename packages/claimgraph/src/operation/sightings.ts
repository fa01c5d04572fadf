/** How often keys were noted of late, in a memory that does not grow: a count-min sketch (Cormode, Muthukrishnan 2005). */
export interface Sightings {
  /** How often the key was noted before, at most: one key in a thousand may be taken for another. */
  note(key: string): number;
}

const rows = 4;
const width = 65_536;
/** After so many notes all counts are halved, so that what was noted once is forgotten. */
const notesPerAge = width / 4;

export function createSightings(): Sightings {
  const counts = new Uint8Array(rows * width);
  let notes = 0;

  return {
    note(key) {
      if (notes === notesPerAge) {
        notes = 0;
        for (let index = 0; index < counts.length; index += 1) counts[index] = (counts[index] ?? 0) >> 1;
      }
      notes += 1;
      let least = Number.POSITIVE_INFINITY;
      let hash = hashOf(key);
      for (let row = 0; row < rows; row += 1) {
        const index = row * width + (hash & (width - 1));
        const count = counts[index] ?? 0;
        least = Math.min(least, count);
        if (count < 255) counts[index] = count + 1;
        hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d) + row + 1;
      }
      return least;
    },
  };
}

/** FNV-1a. */
function hashOf(key: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < key.length; index += 1) hash = Math.imul(hash ^ key.charCodeAt(index), 0x01000193);
  return hash ^ (hash >>> 16);
}
