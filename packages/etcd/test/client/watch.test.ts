/**
 * etcd/test/client/watch.test: what a watch makes of what an etcd says, and of what it does not.
 */
import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { connectEtcd as connect, type EtcdClient, type Running } from '@troupe/etcd'
import type { Clock } from 'troupe/registrar'
import { type VirtualClock, virtualClock } from 'troupe/testing'
import { connectEtcd } from '#etcd/client/connect-etcd'
import { MACHINE } from '#etcd/client/world'
import { FakeEtcd, type Line, put } from '#test/client/fake-etcd'
import { Watched } from '#test/client/semantics-stage'

/** Silent for so long a line is asked; three times so on end, it is lost. */
const QUIET_MS = 40

describe('a watch', () => {
  let fake: FakeEtcd
  let client: EtcdClient
  let watched: Watched
  let running: Running | undefined
  const lines: string[] = []
  beforeEach(async () => {
    fake = await FakeEtcd.start()
    // No busy machine takes a line for lost that is none.
    client = connectEtcd({ endpoints: [fake.endpoint] }, { ...MACHINE, quietMs: 20_000 })
    watched = new Watched()
    lines.length = 0
  })
  afterEach(() => {
    client.close()
    fake.stop()
  })
  /** From here on a line is silent for as long as is said, and no longer. */
  const onVirtualClock = () => {
    const clock = virtualClock()
    let heldUpMs = 0
    const late: Clock = { ...clock, nowMs: () => clock.nowMs() + heldUpMs }
    client.close()
    const world = { ...MACHINE, clock: late, quietMs: QUIET_MS }
    client = connectEtcd({ endpoints: [fake.endpoint] }, world)
    const holdUp = (forMs: number): void => {
      heldUpMs += forMs
    }
    return { clock, holdUp }
  }
  const pass = async (clock: VirtualClock, holds: () => boolean): Promise<void> => {
    while (!holds()) {
      await clock.advance(QUIET_MS)
      await turn()
    }
  }
  const watch = (fromRevision = 11): void => {
    const state = (line: string): number => lines.push(line)
    running = client.watch({ range: { prefix: 'k' }, fromRevision, ...watched, state })
  }
  const serve = (...given: readonly Line[]): void => {
    fake.lines = [...given]
  }
  const quiet: Line = (stream) => fake.created(stream)

  it('gives a revision that comes in fragments as one', async () => {
    serve((stream) => {
      fake.created(stream)
      fake.tell(stream, [put('k1', 'a', 11), put('k2', 'a', 12)], true)
      fake.tell(stream, [put('k3', 'a', 12)], true)
      fake.tell(stream, [put('k4', 'a', 12), put('k5', 'a', 13)])
    })
    watch()
    await watched.until(({ events }) => events.length === 5)
    assert.deepEqual(
      watched.batches.map(({ revision, events }) => [revision, events.length]),
      [
        [11, 1],
        [13, 4],
      ],
    )
  })

  it('begins again behind the last whole revision when a fragment is all that came', async () => {
    fake.stands = [{ mod_revision: 11, value: Buffer.from('a') }]
    serve(
      (stream) => {
        fake.created(stream)
        fake.tell(stream, [put('k1', 'a', 11), put('k2', 'a', 12)], true)
        setTimeout(() => fake.lose(stream), 20)
      },
      (stream) => {
        fake.created(stream)
        fake.tell(stream, [put('k2', 'a', 12), put('k3', 'a', 12)])
      },
    )
    fake.revision = 12
    watch()
    await watched.until(({ events }) => events.length === 3)
    assert.deepEqual(fake.begun, [11, 12])
    assert.deepEqual(watched.texts, ['k1=a', 'k2=a', 'k3=a'])
    assert.deepEqual(lines, ['up', 'down', 'up'])
  })

  it('goes no further for the progress it has asked for', async () => {
    const { clock } = onVirtualClock()
    fake.revision = 50
    serve(quiet)
    watch()
    await until(() => lines.length === 1)
    await pass(clock, () => fake.progressAsked >= 2)
    fake.drop()
    await pass(clock, () => fake.begun.length >= 2)
    assert.deepEqual([...new Set(fake.begun)], [11])
    assert.deepEqual(watched.batches, [])
  })

  it('goes on behind the progress that etcd tells of itself', async () => {
    fake.revision = 50
    serve((stream) => {
      fake.created(stream)
      stream.write({ header: fake.header(40), watch_id: 0 })
    }, quiet)
    watch()
    await watched.until(({ batches }) => batches.length === 1)
    fake.drop()
    await until(() => fake.begun.length === 2)
    assert.deepEqual(fake.begun, [11, 41])
    assert.deepEqual(watched.batches, [{ revision: 40, events: [] }])
  })

  it('tells nothing twice that is told twice', async () => {
    serve((stream) => {
      fake.created(stream)
      fake.tell(stream, [put('k1', 'a', 11)])
      fake.tell(stream, [put('k1', 'a', 11), put('k2', 'a', 12)])
    })
    watch()
    await watched.until(({ events }) => events.length === 2)
    assert.deepEqual(watched.texts, ['k1=a', 'k2=a'])
  })

  it('takes silence for a lost line, and a quiet etcd for none', async () => {
    const { clock } = onVirtualClock()
    serve(quiet)
    watch()
    await until(() => lines.length === 1)
    for (let asked = 1; asked <= 10; asked += 1) {
      await clock.advance(QUIET_MS)
      await until(() => fake.progressAsked === asked || lines.length > 1)
    }
    assert.deepEqual([fake.begun, lines], [[11], ['up']])
    fake.answersProgress = false
    await pass(clock, () => lines.length === 3)
    assert.deepEqual(lines, ['up', 'down', 'up'])
    assert.deepEqual([...new Set(fake.begun)], [11])
  })

  it('is not lost to a program that was held up', async () => {
    const { clock, holdUp } = onVirtualClock()
    serve(quiet)
    watch()
    await until(() => lines.length === 1)
    holdUp(100 * QUIET_MS)
    await clock.advance(QUIET_MS)
    await until(() => fake.progressAsked === 1 || lines.length > 1)
    assert.deepEqual([fake.begun, lines], [[11], ['up']])
  })

  it('takes a line that is never confirmed for a lost one', async () => {
    const { clock } = onVirtualClock()
    serve(() => {}, quiet)
    watch()
    await until(() => fake.begun.length === 1)
    await pass(clock, () => lines.length === 2)
    assert.deepEqual(lines, ['down', 'up'])
    assert.deepEqual([...new Set(fake.begun)], [11])
  })

  it('ends when what it needs is compacted', async () => {
    serve((stream) => {
      fake.created(stream)
      stream.write({ header: fake.header(), watch_id: 0, canceled: true, compact_revision: 9 })
    })
    watch(5)
    await watched.until(({ ends }) => ends.length === 1)
    assert.deepEqual(watched.ends, [{ kind: 'compacted', oldest: 9 }])
  })

  it('ends when it is refused for good, not when it is once', async () => {
    const cancel_reason = 'etcdserver: permission denied'
    const refuse: Line = (stream) =>
      stream.write({
        header: fake.header(),
        watch_id: 0,
        created: true,
        canceled: true,
        cancel_reason,
      })
    serve(
      refuse,
      (stream) => {
        fake.created(stream)
        fake.tell(stream, [put('k1', 'a', 11)])
      },
      refuse,
    )
    fake.stands = [{ mod_revision: 11, value: Buffer.from('a') }]
    fake.revision = 11
    watch()
    await watched.until(({ events }) => events.length === 1)
    fake.drop()
    await watched.until(({ ends }) => ends.length === 1)
    assert.deepEqual(watched.texts, ['k1=a'])
    assert.deepEqual(watched.ends, [{ kind: 'refused', problem: cancel_reason }])
    assert.equal(fake.begun.length, 5)
  })

  it('ends when an event is larger than this client takes', async () => {
    serve((stream) => {
      fake.created(stream)
      fake.tell(stream, [put('k1', 'x'.repeat(17_000_000), 11)])
    })
    watch()
    await watched.until(({ ends }) => ends.length === 1)
    const [end] = watched.ends
    assert.equal(end?.kind, 'refused')
    assert.match(end.kind === 'refused' ? end.problem : '', /larger than max/)
  })

  it('ends when the store is of another cluster, of an older term or another history', async () => {
    const changes: readonly (() => void)[] = [
      () => {
        fake.clusterId = '78'
      },
      () => {
        fake.term = 2
      },
      () => {
        fake.stands = [{ mod_revision: 11, value: Buffer.from('b') }]
      },
      () => {
        fake.revision = 10
      },
    ]
    for (const change of changes) {
      Object.assign(fake, { clusterId: '77', term: 3, revision: 11 })
      fake.stands = [{ mod_revision: 11, value: Buffer.from('a') }]
      serve((stream) => {
        fake.created(stream)
        fake.tell(stream, [put('k1', 'a', 11)])
      })
      watched = new Watched()
      // What is read before a watch says which store it is of.
      await client.range({ range: { key: 'k1' } })
      watch()
      await watched.until(({ events }) => events.length === 1)
      change()
      fake.drop()
      await watched.until(({ ends }) => ends.length === 1)
      assert.equal(watched.ends[0]?.kind, 'rewound', change.toString())
    }
  })

  it('is over when what it tells is not taken', async () => {
    serve((stream) => {
      fake.created(stream)
      fake.tell(stream, [put('k1', 'a', 11)])
      fake.tell(stream, [put('k2', 'a', 12)])
    })
    const taken: number[] = []
    const end = await new Promise((ended) => {
      const take = ({ revision }: { readonly revision: number }): void => {
        taken.push(revision)
        throw new RangeError('not mine')
      }
      client.watch({ range: { prefix: 'k' }, fromRevision: 11, take, ended })
    })
    assert.deepEqual(end, { kind: 'refused', problem: 'not mine' })
    assert.deepEqual(taken, [11])
  })

  it('that is closed while it takes hears nothing more', async () => {
    serve((stream) => {
      fake.created(stream)
      fake.tell(stream, [put('k1', 'a', 11)])
      fake.tell(stream, [put('k2', 'a', 12)])
    })
    const told: number[] = []
    await new Promise<void>((resolve) => {
      const take = ({ revision }: { readonly revision: number }): void => {
        told.push(revision)
        running?.close()
        setTimeout(resolve, 50)
      }
      const range = { prefix: 'k' }
      running = client.watch({ range, fromRevision: 11, take, ended: () => told.push(0) })
    })
    assert.deepEqual(told, [11])
  })
})

describe('a client of nobody', () => {
  it('takes its watches along when it is closed', async () => {
    const client = connect({ endpoints: ['127.0.0.1:1'], dialTimeoutMs: 50 })
    const states: string[] = []
    const told = new Promise<void>((resolve) => {
      const state = (line: string): void => {
        states.push(line)
        resolve()
      }
      const ended = (): number => states.push('ended')
      client.watch({ range: { key: 'k' }, fromRevision: 1, take: () => {}, ended, state })
    })
    await told
    client.close()
    assert.deepEqual(states, ['down'])
  })
})

const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5))
const until = async (holds: () => boolean): Promise<void> => {
  while (!holds()) await turn()
}
