/**
 * test/planted/copy: a copy of the built examples in a temporary folder, with faults planted in it.
 */
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Place, PlantedFault } from './faults.js'

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url))
const SYSTEMS = ['jobs', 'jobs-chaos'] as const
const PARTS = ['package.json', 'dist', 'page'] as const

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

/** The source with the fault in it; throws when the place is gone or is no longer one place. */
export function planted({ file, find, replace }: Place, source: string): string {
  const pattern = new RegExp(find.trim().split(/\s+/).map(escaped).join('\\s+'), 'g')
  const count = [...source.matchAll(pattern)].length
  if (count !== 1) throw new Error(`${count} places in ${file}.js have: ${find}`)
  return source.replace(pattern, () => replace)
}

/** The built file of a place. */
export const sourceOf = ({ file }: Place): Promise<string> =>
  readFile(join(ROOT, 'examples', `${file}.js`), 'utf8')

/** Makes a copy with these faults; remove it with what it returns. */
export async function plantedCopy(fault: Pick<PlantedFault, 'places'>) {
  const root = await mkdtemp(join(tmpdir(), 'jobs-planted-'))
  const examples = join(root, 'examples')
  for (const system of SYSTEMS) {
    await mkdir(join(examples, system), { recursive: true })
    for (const part of PARTS) {
      const from = join(ROOT, 'examples', system, part)
      const filter = (path: string): boolean => !/\.(map|d\.ts|tsbuildinfo)$/.test(path)
      await cp(from, join(examples, system, part), { recursive: true, filter }).catch(missing)
    }
  }
  for (const folder of ['node_modules', 'docs']) {
    await symlink(join(ROOT, folder), join(root, folder), 'junction')
  }
  for (const place of fault.places) {
    const path = join(examples, `${place.file}.js`)
    await writeFile(path, planted(place, await readFile(path, 'utf8')))
  }
  return {
    main: join(examples, 'jobs', 'dist', 'main.js'),
    chaos: join(examples, 'jobs-chaos', 'dist', 'main.js'),
    remove: () => rm(root, { recursive: true, force: true }),
  }
}

/** Not every system has a page. */
function missing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error
}
