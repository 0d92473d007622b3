/**
 * unit/figures-view: what is printed of figures, the last hour, connections and profiles; also of
 * a node that answers nonsense.
 */
import { deepEqual, equal, ok } from 'node:assert/strict'
import { describe, it } from 'node:test'
import { plain } from '#terminal/paint'
import { connectionLines, connectionTable } from '#view/connection-view'
import { figureLines, hourLines } from '#view/figures-view'
import { hostLines } from '#view/host-view'
import { profileLines } from '#view/profile-view'
import { zombieLines } from '#view/zombies-view'

const wide = { width: Number.POSITIVE_INFINITY, paint: plain }
const lineOf = (lines: readonly string[], begin: string): string =>
  lines.find((line) => line.trim().startsWith(begin)) ?? ''

describe('the figures of a node', () => {
  it('say what failed, how long messages waited and what the network carried', () => {
    const lines = figureLines(
      {
        ...{ node: 'shop@localhost', uptimeMs: 192_000, sent: 10, calls: 2 },
        sendFailed: { local: 3, remote: 1 },
        callFailed: { local: 0, remote: 4 },
        scheduler: {
          ...{ runQueue: 7, suspended: 1, turns: 1_000 },
          waitMs: { boundsMs: [1, 10], counts: [98, 2, 0], count: 100, sumMs: 1, maxMs: 8 },
          turnMs: { boundsMs: [1], counts: [0, 0], count: 0, sumMs: 0, maxMs: 0 },
        },
        network: { connected: 2, messagesIn: 5, bytesIn: 2_048 },
      },
      wide,
    )
    equal(lines[0], 'shop@localhost')
    ok(lineOf(lines, 'sends failed').endsWith('3 here, 1 elsewhere'))
    ok(lineOf(lines, 'calls failed').endsWith('0 here, 4 elsewhere; 2 wait'))
    ok(lineOf(lines, 'waits').endsWith('99 % up to 10 ms, at most 8.00 ms of late'))
    ok(lineOf(lines, 'turns').endsWith('1,000; none sampled'))
    ok(lineOf(lines, 'carried').includes('5 in (2.0 KB)'))
  })

  it('of the last hour have a line for each, and count the gaps', () => {
    const series = { processes: [4, null, 8], heapUsedBytes: [1_024, 3_072], waitP99Ms: [null] }
    deepEqual(hourLines({ node: 'b@c', series }, wide), [
      'b@c',
      'FIGURE         LOWEST    MEAN  HIGHEST    LAST  GAPS',
      'processes         4.0     6.0      8.0     8.0     1',
      'heapUsedBytes  1.0 KB  2.0 KB   3.0 KB  3.0 KB',
      'waitP99Ms           -       -        -       -     1',
    ])
  })
})

describe('zombies', () => {
  it('are named with what they handle; of nonsense too, and at most twenty', () => {
    const pid = { kind: 'pid', node: 'b@c', id: 12, creation: 1 }
    const zombie = { pid, name: 'till', behaviour: 'till', message: 'pay' }
    deepEqual(zombieLines([{ ...zombie, handlingMs: 5_000, endedForMs: 3_000 }], wide), [
      '',
      'ZOMBIE  NAME  BEHAVIOUR  HANDLES    FOR  KILLED AGO',
      '    12  till  till       pay      5.0 s       3.0 s',
    ])
    deepEqual(zombieLines([], wide), [])
    deepEqual(zombieLines('no list', wide), [])
    equal(
      zombieLines(
        Array.from({ length: 1_000 }, () => null),
        wide,
      ).length,
      22,
    )
  })
})

describe('a connection', () => {
  const sheet = {
    info: { node: 'bank@far', state: 'up', transport: 'tls', remote: '10.0.0.7:1', uptimeMs: 9 },
    ...{ bytesOut: 10, clockAheadMs: -1.26, sendBuffer: { used: 512, limit: 1_024 } },
    compression: { received: 2, receivedBytes: 10, receivedOriginalBytes: 100 },
    heldMailboxes: [{ to: 'stuck@shop', direction: 'ours', heldMs: 2_000 }],
  }

  it('shows its line, its clock, what is kept and what is held', () => {
    const lines = connectionLines(sheet, wide)
    ok(lineOf(lines, 'its clock').endsWith('-1.3 ms ahead of ours'))
    ok(lineOf(lines, 'kept').endsWith('512 B of 1.0 KB'))
    ok(lineOf(lines, 'compressed').includes('2 to 10 % came, 0 left'))
    ok(lineOf(lines, 'held').endsWith('stuck@shop (ours) for 2.0 s'))
  })

  it('is one line of a list', () => {
    const [, line = ''] = connectionTable([sheet], wide)
    ok(line.startsWith('bank@far  up'))
  })
})

describe('a profile', () => {
  it('has its costliest functions first, with shares of the time', () => {
    const row = { name: 'sum', place: 'file:///a.js:3', selfMs: 25, totalMs: 50 }
    const lines = profileLines({ kind: 'cpu', tookMs: 100, samples: 90, rows: [row] }, wide)
    equal(lines[0], '100 ms, 90 looks at the stack')
    ok(/25\.0 % +50\.0 % +25 ms +sum +file:\/\/\/a\.js:3/.test(lines[2] ?? ''))
  })

  it('of a heap has its spaces and its collections', () => {
    const spaces = [{ name: 'new_space', usedBytes: 1_024, sizeBytes: 2_048, limitBytes: 4_096 }]
    const collections = [{ kind: 'minor', count: 3, totalMs: 4, maxMs: 2 }]
    const lines = profileLines({ kind: 'heap', spaces, collections }, wide)
    ok(/new_space +1\.0 KB +2\.0 KB +4\.0 KB/.test(lines[1] ?? ''))
    ok(/minor +3 +4\.00 ms +2\.00 ms/.test(lines.at(-1) ?? ''))
  })
})

describe('the machine of a node', () => {
  it('is told by load, memory, disks, files, threads and what a container leaves', () => {
    const lines = hostLines(
      {
        ...{ cores: 4, load: { one: 2, five: 1, fifteen: 0.5 } },
        memory: { totalBytes: 4_096, usedBytes: 1_024, availableBytes: 3_072, swapTotalBytes: 0 },
        disks: [{ mount: '/my data', sizeBytes: 4_096, usedBytes: 1_024, availableBytes: 1_024 }],
        ...{ files: { open: 100, max: 1_000 }, resources: { Timeout: 2, TCPSocketWrap: 30 } },
        ...{ threadsTotal: 11, threads: [{ id: 1, name: 'node', utilisation: 0.25 }] },
        workers: [{ id: 1, utilisation: 0.5 }],
        container: { memoryLimitBytes: 2_048, cores: 1.5, throttled: 3, throttledMs: 40 },
      },
      wide,
    )
    ok(lineOf(lines, 'load').endsWith('2.00, 1.00, 0.50; 0.50 a core of 4'))
    ok(lineOf(lines, 'memory').endsWith('1.0 KB of 4.0 KB used (25 %), 3.0 KB available'))
    ok(lineOf(lines, 'swap').endsWith('none'))
    ok(lineOf(lines, 'disk').endsWith('/my data 50 % used, 1.0 KB of 4.0 KB left'))
    ok(lineOf(lines, 'files').endsWith('100 of 1,000 (10 %)'))
    ok(lineOf(lines, 'resources').endsWith('30 TCPSocketWrap, 2 Timeout'))
    ok(lineOf(lines, 'threads').endsWith('11; node 25 %'))
    ok(lineOf(lines, 'workers').endsWith('50 %'))
    const container = lineOf(lines, 'container')
    ok(container.endsWith('memory up to 2.0 KB, 1.50 cores, stood still 3 times for 40 ms'))
    deepEqual(hostLines({}, wide), [])
  })
})

describe('what a hostile node answers', () => {
  it('is printed as text, or not at all', () => {
    const evil = '\u001b[2Jgone'
    const hostile = { node: evil, name: evil, series: { [evil]: [1, 'x'] }, rows: [{ name: evil }] }
    const all = [
      ...figureLines(hostile, wide),
      ...hourLines(hostile, wide),
      ...connectionLines({ info: { node: evil, remote: evil }, flags: [evil] }, wide),
      ...connectionTable([{ info: { node: evil } }], wide),
      ...profileLines(hostile, wide),
      ...figureLines({}, wide),
      ...hostLines({ cores: 1, disks: [{ mount: evil }, evil], resources: { [evil]: 1 } }, wide),
      ...hostLines({ cores: Number.NaN, load: evil, threads: evil, container: [evil] }, wide),
    ]
    ok(all.every((line) => !line.includes('\u001b')))
  })
})
