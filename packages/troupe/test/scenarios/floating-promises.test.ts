/**
 * scenarios/floating-promises: promises that reject with nobody listening, told and counted.
 *
 * On the real clock: Node tells of such promises only when its loop turns.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { actor, type LogRecord, message, protocol, type SharingCheck } from 'troupe'
import { createNode } from '#runtime'

const Careless = protocol('careless', { now: message(), later: message() })

const carelessActor = actor(Careless, {
  on: {
    now() {
      void Promise.reject(new Error('dropped at once'))
    },
    async later() {
      await turn()
      void Promise.reject(new Error('dropped later'))
    },
  },
})

async function told(sharing: SharingCheck, name: 'now' | 'later'): Promise<readonly LogRecord[]> {
  const records: LogRecord[] = []
  const sink = { name: 'kept', write: (record: LogRecord) => void records.push(record) }
  // The test runner would take a floating rejection for a failed test.
  const others = process.listeners('unhandledRejection')
  process.removeAllListeners('unhandledRejection')
  const node = await createNode('floating@localhost', { sharing, logSinks: [sink] })
  const before = node.info().floatingRejections
  const pid = await node.spawn(carelessActor)
  node.send(pid, name)
  for (let round = 0; round < 5; round += 1) await turn()
  assert.equal(node.info().floatingRejections, before + 1)
  assert.equal(node.isAlive(pid), true)
  await node.stop()
  for (const other of others) process.on('unhandledRejection', other)
  return records.filter((record) => record.message.startsWith('a promise'))
}

describe('A floating promise', () => {
  it('is counted and logged for the node, and nothing ends', async () => {
    const records = await told('off', 'now')
    assert.deepEqual(
      records.map((record) => record.source.kind),
      ['node'],
    )
  })

  it('is attributed to its process in development mode', async () => {
    for (const name of ['now', 'later'] as const) {
      const records = await told('freeze', name)
      assert.deepEqual(
        records.map((record) => record.source.kind),
        ['process'],
        name,
      )
    }
  })
})
