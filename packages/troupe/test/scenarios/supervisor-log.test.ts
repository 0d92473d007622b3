/**
 * scenarios/supervisor-log: what a supervisor tells the log.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { actor, protocol, supervisor } from 'troupe'
import { testNode } from 'troupe/testing'

const Db = protocol('db', {})

describe('A supervisor', () => {
  it('tells of each try to start a child that does not, with the next wait', async () => {
    await using test = await testNode()
    let tries = 0
    const dbActor = actor(Db, {
      init: () => {
        tries += 1
        if (tries < 3) throw new Error('no database')
      },
      on: {},
    })
    const top = supervisor({
      name: 'top',
      children: [{ name: 'db', start: dbActor }],
      backoff: { firstMs: 100, factor: 2, jitter: 0 },
    })
    await test.clock.until(test.node.spawn(top))
    const told = test.log.filter(({ message }) => message.startsWith('a child did not start'))
    assert.deepEqual(
      told.map(({ level, fields }) => [level, fields['child']]),
      [
        ['warning', 'db'],
        ['warning', 'db'],
      ],
    )
    assert.match(String(told[0]?.fields['reason']), /no database/)
    assert.ok(told.every(({ fields }) => typeof fields['retryMs'] === 'number'))
  })
})
