/**
 * cluster/config/link-places: which names in which directories decide what a path leads to.
 *
 * A file can change without being touched: an editor puts another one in its place, a deployment
 * turns a link of a directory on the way. Each of these is a change of one name in one directory;
 * these are to be watched.
 * Limit: `LINKS_MAX` links, as systems have it.
 *
 * @source path_resolution(7); Kubernetes "Mounted ConfigMaps are updated automatically"
 */
import { dirname, isAbsolute, join, parse, sep } from 'node:path'

/** What stands under a path: a link, something else, or nothing. */
export type PathEntry =
  | { readonly kind: 'link'; readonly target: string }
  | { readonly kind: 'other' }
  | { readonly kind: 'absent' }

/** Directory to the names in it that matter. */
export type LinkPlaces = ReadonlyMap<string, ReadonlySet<string>>

const LINKS_MAX = 40

/** Follows an absolute path, link by link, as far as it leads. */
export async function linkPlaces(
  path: string,
  entryOf: (path: string) => Promise<PathEntry>,
): Promise<LinkPlaces> {
  const places = new Map<string, Set<string>>()
  const { root } = parse(path)
  let at = root
  let rest = split(path.slice(root.length))
  let links = 0
  for (let name = rest.shift(); name !== undefined; name = rest.shift()) {
    if (name === '..') {
      at = dirname(at)
      continue
    }
    const here = join(at, name)
    const entry = await entryOf(here)
    const isLink = entry.kind === 'link' && links < LINKS_MAX
    if (rest.length === 0 || entry.kind !== 'other')
      places.set(at, (places.get(at) ?? new Set()).add(name))
    if (entry.kind === 'absent') break
    if (isLink) {
      links += 1
      const target = parse(entry.target)
      rest = [...split(entry.target.slice(target.root.length)), ...rest]
      if (isAbsolute(entry.target)) at = target.root
    } else at = here
  }
  return places
}

const split = (path: string): string[] =>
  path.split(sep).filter((part) => part !== '' && part !== '.')
