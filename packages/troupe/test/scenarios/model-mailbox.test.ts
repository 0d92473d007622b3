/**
 * Mailboxes against a plain model: what each send answers, what is handled, and in what order.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import {
  actor,
  type MailboxPolicy,
  message,
  type Node,
  type Pid,
  type Priority,
  protocol,
} from 'troupe'
import { testNode } from 'troupe/testing'
import { accountCloses, lives } from '#test/scenarios/bad-input'

type Step =
  | {
      readonly kind: 'send' | 'wait'
      readonly priority: Priority
      readonly key: number | undefined
    }
  | { readonly kind: 'take' }

interface Item {
  readonly id: number
  readonly key: number | undefined
}

const sent = (kind: 'send' | 'wait') =>
  fc.record({
    kind: fc.constant(kind),
    priority: fc.constantFrom<Priority>('normal', 'normal', 'high', 'max'),
    key: fc.option(fc.nat(3), { nil: undefined }),
  })
const step: fc.Arbitrary<Step> = fc.oneof({ weight: 3, arbitrary: sent('send') }, sent('wait'), {
  weight: 2,
  arbitrary: fc.record({ kind: fc.constant('take' as const) }),
})
const mailbox = fc.record({
  lengthMax: fc.constantFrom(1, 2, 3, 5, 40),
  policy: fc.constantFrom<MailboxPolicy>(
    'fail',
    'drop-newest',
    'drop-oldest',
    'latest-by-key',
    'block',
  ),
})

/** What a send answers; `waits` until there is room. */
type Answer = 'fine' | 'MAILBOX_FULL' | 'waits'

interface Limit {
  readonly lengthMax: number
  readonly policy: MailboxPolicy
}

const IN_ROW_MAX = 16

interface Waiting {
  readonly item: Item
  readonly priority: Priority
}

/** Three lists, searched and shifted in the plainest way. */
class Model {
  readonly handled: number[] = []
  readonly answers = new Map<number, Answer>()
  readonly drops = { full: 0, oldest: 0, replaced: 0 }
  readonly #max: Item[] = []
  readonly #high: Item[] = []
  readonly #normal: Item[] = []
  readonly #waiting: Waiting[] = []
  readonly #lengthMax: number
  readonly #policy: MailboxPolicy
  #inRow = 0
  #busy = true

  constructor({ lengthMax, policy }: Limit) {
    this.#lengthMax = lengthMax
    this.#policy = policy
  }

  get length(): number {
    return this.#max.length + this.#high.length + this.#normal.length
  }

  #queue(priority: Priority): Item[] {
    if (priority === 'max') return this.#max
    return priority === 'high' ? this.#high : this.#normal
  }

  send(item: Item, priority: Priority): Answer {
    if (this.#policy === 'latest-by-key' && item.key !== undefined) {
      return this.#keyed(item, priority)
    }
    if (this.length >= this.#lengthMax) {
      const oldest = this.#policy === 'drop-oldest' ? this.#normal.shift() : undefined
      if (oldest === undefined) {
        this.drops.full += 1
        return this.#policy === 'drop-newest' ? 'fine' : 'MAILBOX_FULL'
      }
      this.drops.oldest += 1
    }
    this.#queue(priority).push(item)
    return 'fine'
  }

  /** One message for each key, in the place and the queue of the first. */
  #keyed(item: Item, priority: Priority): Answer {
    for (const queue of [this.#max, this.#high, this.#normal]) {
      const at = queue.findIndex(({ key }) => key === item.key)
      if (at < 0) continue
      queue[at] = item
      this.drops.replaced += 1
      return 'fine'
    }
    if (this.length >= this.#lengthMax) {
      this.drops.full += 1
      return 'MAILBOX_FULL'
    }
    this.#queue(priority).push(item)
    return 'fine'
  }

  wait(item: Item, priority: Priority): Answer {
    const waits = this.#policy === 'fail' || this.#policy === 'block'
    const isFull = this.#waiting.length > 0 || this.length >= this.#lengthMax
    if (!waits || !isFull) return this.send(item, priority)
    this.#waiting.push({ item, priority })
    return 'waits'
  }

  /** The handler that ran is done: the next message is taken, if there is one. */
  take(): void {
    this.#busy = false
    this.rest()
  }

  /** Whoever is idle takes at once. */
  rest(): void {
    if (this.#busy) return
    const item = this.#next()
    if (item === undefined) return
    this.#busy = true
    this.handled.push(item.id)
    while (this.#waiting.length > 0 && this.length < this.#lengthMax) {
      const waiter = this.#waiting.shift() as Waiting
      this.answers.set(waiter.item.id, this.send(waiter.item, waiter.priority))
    }
  }

  /** Urgent, then system, then main; but main has its turn after so many others in a row. */
  #next(): Item | undefined {
    if (this.#normal.length === 0) this.#inRow = 0
    const isStarved = this.#inRow >= IN_ROW_MAX
    const item = isStarved ? undefined : (this.#max.shift() ?? this.#high.shift())
    this.#inRow = item === undefined ? 0 : this.#inRow + 1
    return item ?? this.#normal.shift()
  }
}

const Box = protocol('box', { hold: message(), item: message<Item>() })

/** The same steps on a node: an actor that is held up in each message until it is released. */
class Stage {
  readonly handled: number[] = []
  readonly answers = new Map<number, Answer>()
  readonly #node: Node
  #pid: Pid<typeof Box> | undefined
  #release: () => void = () => {}

  constructor(node: Node) {
    this.#node = node
  }

  async start({ lengthMax, policy }: Limit): Promise<void> {
    const permit = (): Promise<void> =>
      new Promise((resolve) => {
        this.#release = resolve
      })
    const box = actor(Box, {
      on: {
        hold: permit,
        item: (_state, { id }) => {
          this.handled.push(id)
          return permit()
        },
      },
    })
    const keyOf = (_message: string, payload: unknown) => (payload as Item | undefined)?.key
    const keyed = policy === 'latest-by-key' ? { keyOf } : {}
    this.#pid = await this.#node.spawn(box, { mailbox: { lengthMax, policy, ...keyed } })
    this.#node.send(this.#pid, 'hold')
  }

  take(): void {
    this.#release()
  }

  send(item: Item, priority: Priority): void {
    const answer = this.#node.send(this.#pid as Pid<typeof Box>, 'item', item, { priority })
    this.answers.set(item.id, told(answer))
  }

  wait(item: Item, priority: Priority): void {
    this.answers.set(item.id, 'waits')
    const pid = this.#pid as Pid<typeof Box>
    void this.#node.sendWhenRoom(pid, 'item', item, { priority }).then((failure) => {
      this.answers.set(item.id, told(failure))
    })
  }
}

const told = (failure: string | undefined): Answer =>
  failure === undefined ? 'fine' : (failure as Answer)

async function agrees(limit: Limit, steps: readonly Step[]): Promise<void> {
  await using test = await testNode()
  const { node, clock } = test
  const [model, stage] = [new Model(limit), new Stage(node)]
  await stage.start(limit)
  await clock.settle()
  const emptied = steps.map((): Step => ({ kind: 'take' }))
  for (const [id, given] of [...steps, ...emptied].entries()) {
    if (given.kind === 'take') {
      stage.take()
      model.take()
    } else {
      const item = { id, key: given.key }
      stage[given.kind](item, given.priority)
      model.answers.set(id, model[given.kind](item, given.priority))
    }
    await clock.settle()
    model.rest()
    assert.deepEqual([stage.handled, stage.answers], [model.handled, model.answers])
    assert.equal(node.account().waiting, model.length)
  }
  const { 'mailbox-full': full, 'mailbox-oldest': oldest } = node.account().dropped
  const replaced = node.account().dropped['mailbox-replaced']
  assert.deepEqual(model.drops, { full, oldest, replaced })
  accountCloses(node)
  await lives(test)
}

describe('a bounded mailbox', () => {
  it('answers, drops and hands out as the plain model does', async () => {
    const steps = fc.array(step, { minLength: 20, maxLength: 60, size: 'max' })
    await fc.assert(fc.asyncProperty(mailbox, steps, agrees), {
      numRuns: 800,
      seed: Number(process.env['TROUPE_SEED'] ?? 2),
    })
  })
})
