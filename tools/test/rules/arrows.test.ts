/**
 * rules/arrows: planted arrows and circles, on a house made up here.
 */
import { deepEqual } from 'node:assert/strict'
import { describe, it } from 'node:test'
import { CLUSTER_ROOMS, cycles, type FileImports, ROOMS, wrongArrows } from '#house/arrows'
import { importsOf, sourceOf } from '#house/source'

const SRC = 'packages/troupe/src'

const file = (path: string, ...lines: readonly string[]): FileImports => ({
  file: `${SRC}/${path}.ts`,
  imports: importsOf(sourceOf(path, lines.join('\n'))),
})

const problems = (...files: readonly FileImports[]): readonly string[] =>
  wrongArrows(files, ['croner']).map(({ line, problem }) => `${line}: ${problem}`)

describe('the arrows between rooms', () => {
  it('allow what the map allows', () =>
    deepEqual(
      problems(
        file(
          'runtime/mailbox',
          "import { Ring } from '#base/ring'",
          "import { Pid } from '#contract'",
        ),
        file('index', "import { a } from '#runtime'", "import { b } from '#ports/udp'"),
        file('testing/unit', "import { a } from '#runtime/node'"),
        file('runtime/cron', "import { Cron } from 'croner'", "import { x } from 'node:os'"),
      ),
      [],
    ))

  it('find a room that reaches up or across, erased imports included', () =>
    deepEqual(
      problems(
        file('base/ring', "import type { Pid } from '#contract'"),
        file('runtime/node', '', "import { x } from '#network/codec'"),
        file('actor/pool', "export { y } from '#runtime'"),
        file('ports/udp', "await import('#cluster')"),
        file('cluster/index', "type X = import('#runtime').X"),
      ),
      [
        '1: base may not import contract',
        '2: runtime may not import network',
        '1: actor may not import runtime',
        '1: ports may not import cluster',
        '1: cluster may not import runtime',
      ],
    ))

  it('find the same arrow when it is written as a path', () =>
    deepEqual(problems(file('runtime/log/level', "import '../../network/codec.js'")), [
      '1: runtime may not import network',
    ]))

  it('find the front door, a package that is not a dependency, and a room off the map', () =>
    deepEqual(
      problems(
        file('runtime/node', "import { x } from '../index.js'", "import pino from 'pino'"),
        file('kitchen/sink', "import { y } from '#base'"),
      ),
      [
        '1: runtime imports the front door src/index',
        '2: pino is not a dependency of the platform',
        '1: the room kitchen is not on the map',
      ],
    ))
})

describe('the arrows inside cluster', () => {
  it('lead from the right to the left', () =>
    deepEqual(
      problems(
        file('cluster/placement/a', "import '#cluster/registry/b'", "import '#cluster/leader/c'"),
        file('cluster/membership/a', "import '#cluster/discovery/b'"),
        file('cluster/index', "import '#cluster/placement/a'"),
      ),
      [],
    ))

  it('find each arrow from the left to the right, and each between neighbours', () => {
    const wrong = Object.keys(CLUSTER_ROOMS).flatMap((from) =>
      Object.keys(CLUSTER_ROOMS)
        .filter((to) => to !== from && !CLUSTER_ROOMS[from]?.includes(to))
        .map((to) => [from, to] as const),
    )
    for (const [from, to] of wrong) {
      deepEqual(problems(file(`cluster/${from}/a`, `import '#cluster/${to}/b'`)), [
        `1: cluster/${from} may not import cluster/${to}`,
      ])
    }
    deepEqual(
      [
        ['routing', 'leader'],
        ['registrar', 'discovery'],
        ['membership', 'routing'],
        ['registry', 'placement'],
      ].filter(([from, to]) => !wrong.some(([left, right]) => left === from && right === to)),
      [],
    )
  })

  it('find a room that imports the front of its own house', () =>
    deepEqual(problems(file('cluster/leader/a', "import '#cluster'")), [
      '1: cluster/leader imports the front of its own room',
    ]))
})

describe('the map', () => {
  it('itself has no circle', () => {
    const edges = (rooms: Readonly<Record<string, readonly string[]>>): readonly FileImports[] =>
      Object.entries(rooms).map(([room, targets]) =>
        file(`${room}/index`, ...targets.map((target) => `import '#${target}'`)),
      )
    deepEqual(cycles(edges(ROOMS)), [])
  })
})

describe('a circle', () => {
  it('is found once, with its way', () =>
    deepEqual(
      cycles([
        file('runtime/a', "import './b.js'"),
        file('runtime/b', "import '#runtime/c'"),
        file('runtime/c', "import './a.js'", "import './d.js'"),
        file('runtime/d'),
      ]).map(({ problem }) => problem),
      ['the files import each other: runtime/a -> runtime/b -> runtime/c -> runtime/a'],
    ))

  it('is not made by a type', () =>
    deepEqual(
      cycles([
        file('runtime/a', "import './b.js'"),
        file('runtime/b', "import type A from './a.js'"),
      ]),
      [],
    ))
})
