/**
 * house/arrows: which room may import which, and that no file imports itself in a circle.
 *
 * The tables are the map of the house; whoever needs another arrow changes the map first. Reads the
 * real import statements, type imports included: an arrow that is erased is still an arrow.
 */
import type { Fault } from './fault.js'
import type { ImportEdge } from './source.js'

/** The imports of one file. */
export interface FileImports {
  /** Relative to the root. */
  readonly file: string
  readonly imports: readonly ImportEdge[]
}

const ALL_BUT_TESTING = [
  'base',
  'contract',
  'actor',
  'runtime',
  'network',
  'ports',
  'cluster',
  'threads',
  'tracing',
  'apps',
] as const

/** What each room of packages/troupe/src may import. */
export const ROOMS: Readonly<Record<string, readonly string[]>> = Object.freeze({
  base: [],
  contract: ['base'],
  actor: ['contract', 'base'],
  runtime: ['contract', 'base'],
  network: ['contract', 'base'],
  ports: ['contract', 'base'],
  cluster: ['actor', 'contract', 'base'],
  threads: ['network', 'contract', 'base'],
  tracing: ['contract', 'base'],
  apps: ['cluster', 'actor', 'contract', 'base'],
  testing: ALL_BUT_TESTING,
})

/** What each room inside cluster may import of the others; config lives with the registrar. */
export const CLUSTER_ROOMS: Readonly<Record<string, readonly string[]>> = Object.freeze({
  registrar: ['config'],
  config: ['registrar'],
  discovery: [],
  membership: ['registrar', 'config', 'discovery', 'remote'],
  remote: ['registrar', 'config', 'discovery'],
  routing: ['registrar', 'config', 'discovery', 'membership'],
  leader: ['registrar', 'config', 'discovery', 'membership'],
  registry: ['registrar', 'config', 'discovery', 'membership', 'routing', 'leader'],
  placement: ['registrar', 'config', 'discovery', 'membership', 'routing', 'leader', 'registry'],
})

const SOURCES = 'packages/troupe/src/'

/** The file a specifier means, without its ending and relative to `src`; undefined: not of ours. */
function targetOf(file: string, specifier: string): string | undefined {
  if (specifier.startsWith('#')) {
    const path = specifier.slice(1)
    return path.includes('/') ? path : `${path}/index`
  }
  if (!specifier.startsWith('.')) return undefined
  const parts = file.slice(SOURCES.length).split('/').slice(0, -1)
  for (const part of specifier.replace(/\.js$/, '').split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '.') parts.push(part)
  }
  return parts.join('/')
}

/** The first folder of a path below `src`; undefined for a file that stands in `src` itself. */
const roomOf = (path: string): string | undefined =>
  path.includes('/') ? path.slice(0, path.indexOf('/')) : undefined

/** The room within cluster; undefined for what stands in cluster itself, where all of it meets. */
function clusterRoomOf(path: string): string | undefined {
  const [room, inner, file] = path.split('/')
  return room !== 'cluster' || file === undefined ? undefined : inner
}

/** Why one arrow is not on the map; undefined when it is. */
function wrongArrow(from: string, to: string): string | undefined {
  const [room, target] = [roomOf(from), roomOf(to)]
  if (room === undefined) return undefined
  if (target === undefined) return `${room} imports the front door src/${to}`
  if (room !== target) {
    if (ROOMS[room] === undefined) return `the room ${room} is not on the map`
    if (!ROOMS[room].includes(target)) return `${room} may not import ${target}`
    return undefined
  }
  const [inner, innerTarget] = [clusterRoomOf(from), clusterRoomOf(to)]
  if (inner === undefined || inner === innerTarget) return undefined
  if (innerTarget === undefined) return `cluster/${inner} imports the front of its own room`
  if (CLUSTER_ROOMS[inner] === undefined) return `cluster/${inner} is not on the map`
  return CLUSTER_ROOMS[inner].includes(innerTarget)
    ? undefined
    : `cluster/${inner} may not import cluster/${innerTarget}`
}

/** Packages that a file imports and that its package does not depend on. */
function wrongPackage(specifier: string, allowed: readonly string[]): string | undefined {
  if (/^(#|\.|node:)/.test(specifier)) return undefined
  const name = specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/')
  return allowed.includes(name) ? undefined : `${name} is not a dependency of the platform`
}

/**
 * Every import of the platform that is not on the map.
 *
 * @param dependencies names of the npm packages that the platform may import
 */
export const wrongArrows = (
  files: readonly FileImports[],
  dependencies: readonly string[],
): readonly Fault[] =>
  files
    .filter(({ file }) => file.startsWith(SOURCES))
    .flatMap(({ file, imports }) =>
      imports.flatMap(({ line, specifier }): readonly Fault[] => {
        const from = file.slice(SOURCES.length).replace(/\.ts$/, '')
        const to = targetOf(file, specifier)
        const problem =
          to === undefined ? wrongPackage(specifier, dependencies) : wrongArrow(from, to)
        if (problem === undefined) return []
        const remedy =
          'ask for what you need as an argument, or change the map in tools/src/house/arrows.ts'
        return [{ file, line, problem, remedy }]
      }),
    )

/**
 * Circles among the files of the platform, each told once. Imports that are erased make none: a
 * type may name its counterpart, a program that runs may not need itself.
 */
export function cycles(files: readonly FileImports[]): readonly Fault[] {
  const graph = new Map(
    files
      .filter(({ file }) => file.startsWith(SOURCES))
      .map(({ file, imports }) => [
        file.slice(SOURCES.length).replace(/\.ts$/, ''),
        imports
          .filter(({ typeOnly }) => !typeOnly)
          .map(({ specifier }) => targetOf(file, specifier))
          .filter((target) => target !== undefined),
      ]),
  )
  const finished = new Set<string>()
  const faults: Fault[] = []
  const walk = (name: string, path: readonly string[]): void => {
    const at = path.indexOf(name)
    if (at >= 0) {
      faults.push({
        file: `${SOURCES}${name}.ts`,
        line: 1,
        problem: `the files import each other: ${[...path.slice(at), name].join(' -> ')}`,
        remedy: 'move what both need into a third file',
      })
      return
    }
    if (finished.has(name)) return
    for (const target of graph.get(name) ?? []) walk(target, [...path, name])
    finished.add(name)
  }
  for (const name of graph.keys()) walk(name, [])
  return faults
}
