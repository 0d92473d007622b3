/**
 * runtime/creation: the birth of a node, which tells its lives apart.
 */

const creations = new Map<string, number>()

/** The birth of a node; later than that of every earlier life of its name in this program. */
export function newCreation(name: string, wallMs: number): number {
  const creation = Math.max(wallMs, (creations.get(name) ?? 0) + 1)
  creations.set(name, creation)
  return creation
}
