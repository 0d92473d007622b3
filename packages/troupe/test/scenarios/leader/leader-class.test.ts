/**
 * Leader actors as classes, in a bounded mailbox, under the kit for one process, and inspected.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  Actor,
  type Handlers,
  Leader,
  leader,
  message,
  type Pid,
  protocol,
  request,
  TroupeError,
} from 'troupe'
import { testNode, unitKit } from 'troupe/testing'

const Clerk = protocol('clerk', { count: request<void, number>(), wait: message<number>() })

class ClerkLeader
  extends Leader.of(Clerk, {
    election: (clusterId: string, _lines: string[]) => ({ clusterId }),
    mailbox: { lengthMax: 2 },
  })
  implements Handlers<typeof Clerk>
{
  #lines: string[] = []
  override init(_clusterId: string, lines: string[]): void {
    this.#lines = lines
    lines.push(`init, leads: ${this.leadership.isLeader}`)
  }
  count(): number {
    return this.#lines.length
  }
  async wait(ms: number): Promise<void> {
    await this.sleep(ms)
  }
  override handleBecomeLeader(term: number): void {
    this.#lines.push(`leads ${term}, ${this.leadership.isLeader}`)
  }
  override handleBecomeFollower(pid: Pid | undefined): void {
    this.#lines.push(`follows ${String(pid)}`)
  }
}

describe('a leader actor as a class', () => {
  it('has callbacks as methods, and this.leadership', async () => {
    await using test = await testNode()
    const lines: string[] = []
    const pid = await test.clock.until(test.node.spawn(ClerkLeader, { args: ['clerks', lines] }))
    await test.clock.advance(1)
    assert.deepEqual(lines, ['init, leads: false', 'leads 1, true'])
    assert.equal(await test.clock.until(test.node.call(pid, 'count')), 2)
  })

  it('is told of the lead though its mailbox is full, before what waits in it', async () => {
    await using test = await testNode()
    const { node, clock } = test
    const lines: string[] = []
    const pid = await clock.until(node.spawn(ClerkLeader, { args: ['clerks', lines] }))
    node.send(pid, 'wait', 100)
    await clock.settle()
    const failures = [1, 2, 3].map(() => node.send(pid, 'wait', 1_000))
    assert.deepEqual(failures, [undefined, undefined, 'MAILBOX_FULL'])
    await clock.advance(101)
    assert.deepEqual(lines, ['init, leads: false', 'leads 1, true'])
  })

  it('does not take a protocol that names a message like a callback', () => {
    const Foul = protocol('foul', { handleBecomeLeader: message<number>() })
    assert.throws(
      () => Leader.of(Foul as never, { election: () => ({ clusterId: 'x' }) }),
      (error) => TroupeError.is(error, 'HANDLER_RESERVED'),
    )
    assert.ok(Actor.of(Foul), 'an actor may')
  })

  it('needs an election', () => {
    for (const given of [undefined, {}, { election: { clusterId: 'x' } }]) {
      assert.throws(
        () => Leader.of(Clerk, given as never),
        (error) => TroupeError.is(error, 'OPTION_INVALID'),
      )
    }
    assert.throws(
      () => leader(Clerk, { on: {} } as never),
      (error) => TroupeError.is(error, 'OPTION_INVALID') && error.detail.option === 'election',
    )
  })
})

describe('a leader actor', () => {
  it('shows who leads to whoever inspects it or its elector', async () => {
    await using test = await testNode()
    const { node, clock } = test
    const pid = await clock.until(node.spawn(ClerkLeader, { args: ['clerks', []] }))
    await clock.advance(1)
    const shown = node.processInfo(pid)?.inspected as { readonly leadership: object }
    const elector = node.whereis('election/clerks')
    assert.ok(elector !== undefined)
    assert.deepEqual(shown.leadership, node.processInfo(elector)?.inspected)
    assert.match(JSON.stringify(shown), /"term":1.*leader.*"voters":\["test@localhost"\]/)
  })

  it('can be tried in the kit for one process', async () => {
    const lines: string[] = []
    await using kit = await unitKit(ClerkLeader, { args: ['clerks', lines] })
    // Its elector is a probe there, so that nobody leads.
    assert.equal(await kit.call('count'), 1)
    assert.deepEqual(lines, ['init, leads: false'])
  })
})
