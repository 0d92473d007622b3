/**
 * scenarios/schema-entrance: schemas are checked where a message enters through a port, once.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  type AnyProtocol,
  actor,
  type Behaviour,
  behaviourOf,
  message,
  type ProcessContext,
  protocol,
  request,
  type Spawnable,
  type StandardSchema,
  TroupeError,
} from 'troupe'
import { testNode } from 'troupe/testing'
import { z } from 'zod'

const Speed = z.object({ kmh: z.number().max(300), unit: z.string().default('km/h') })
const Gauge = protocol('gauge', { set: message(Speed), ask: request(Speed) })

const taken: unknown[] = []
const gaugeActor = actor(Gauge, {
  on: {
    set: (_, speed) => void taken.push(speed),
    ask: (_, speed) => void taken.push(speed),
  },
})

type Act = (context: ProcessContext) => unknown

/** A port that does what it is told, in the name of the outside world. */
function testPort(act: Act): Spawnable<AnyProtocol> {
  const behaviour: Behaviour = {
    name: 'test port',
    kind: 'port',
    protocol: undefined,
    messages: new Map(),
    requests: new Map(),
    options: {},
    init: (context) => act(context),
  }
  return { [behaviourOf]: behaviour as unknown as Behaviour<never> }
}

describe('A schema', () => {
  it('is checked when a port sends, and gives the payload its form', async () => {
    await using test = await testNode()
    const { node, clock } = test
    taken.length = 0
    const gauge = await node.spawn(gaugeActor)
    const answers: unknown[] = []
    await node.spawnAny(
      testPort((context) => {
        answers.push(context.send(gauge, 'set', { kmh: 50 } as never))
        answers.push(context.send(gauge, 'set', { kmh: 900 } as never))
      }),
    )
    await clock.settle()
    assert.deepEqual(answers, [undefined, 'MESSAGE_INVALID'])
    assert.deepEqual(taken, [{ kmh: 50, unit: 'km/h' }])
    assert.equal(node.account().dropped['message-refused'], 1)
  })

  it('that refuses a request rejects its caller with what is wrong', async () => {
    await using test = await testNode()
    const { node, clock } = test
    const gauge = await node.spawn(gaugeActor)
    let refused: unknown
    await node.spawnAny(
      testPort((context) => {
        context.call(gauge, 'ask', { kmh: 900 } as never).catch((error: unknown) => {
          refused = error
        })
      }),
    )
    await clock.settle()
    assert.ok(TroupeError.is(refused, 'MESSAGE_INVALID'))
    assert.match(refused.message, /300/)
  })

  it('is not checked between local actors', async () => {
    await using test = await testNode()
    const { node, clock } = test
    taken.length = 0
    const gauge = await node.spawn(gaugeActor)
    node.send(gauge, 'set', { kmh: 900, unit: 'km/h' })
    await clock.settle()
    assert.deepEqual(taken, [{ kmh: 900, unit: 'km/h' }])
  })

  it('that answers later is refused when the protocol is defined', () => {
    const validate = async (value: unknown) => ({ value })
    const schema: StandardSchema = { '~standard': { version: 1, vendor: 'test', validate } }
    const define = () => protocol('late', { set: message(schema) })
    assert.throws(define, (thrown) => TroupeError.is(thrown, 'PROTOCOL_INVALID'))
  })

  it('that throws refuses the message and harms nobody', async () => {
    await using test = await testNode()
    const { node, clock } = test
    const validate = (value: unknown) => {
      if (value !== undefined) throw new Error('schema broke')
      return { value }
    }
    const schema: StandardSchema = { '~standard': { version: 1, vendor: 'test', validate } }
    const Broken = protocol('broken', { set: message(schema) })
    const broken = await node.spawn(actor(Broken, { on: { set: () => {} } }))
    let answer: unknown
    await node.spawnAny(
      testPort((context) => {
        answer = context.send(broken, 'set', 1 as never)
      }),
    )
    await clock.settle()
    assert.equal(answer, 'MESSAGE_INVALID')
    assert.equal(node.isAlive(broken), true)
  })
})
