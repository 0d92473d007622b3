/**
 * etcd/test/migration/rolling: a cluster that moves from one registrar to another at work.
 *
 * Every node serves and calls, all the time. A step drains one node and starts its next life with
 * another registrar; what the callers saw, and what each node was told, is kept.
 */
import assert from 'node:assert/strict'
import {
  actor,
  application,
  eventName,
  type Node,
  protocol,
  REGISTRAR_EVENT,
  type Registrar,
  type RegistrarEvent,
  request,
  service,
  startNode,
} from 'troupe'

const Till = protocol('till', { pay: request<number, string>() })

/** What one life of a node saw. */
export interface Life {
  readonly node: Node
  readonly told: readonly RegistrarEvent[]
  readonly calls: Calls
}

/** The calls of one life: those that were answered, and by whom. */
export class Calls {
  readonly answers = new Map<string, number>()
  readonly failures: string[] = []
  #isOver = false
  #done: Promise<void> = Promise.resolve()

  get count(): number {
    return [...this.answers.values()].reduce((sum, one) => sum + one, 0)
  }

  begin(node: Node): void {
    this.#done = this.#go(node)
  }

  async end(): Promise<void> {
    this.#isOver = true
    await this.#done
  }

  async #go(node: Node): Promise<void> {
    const tills = service('till', Till)
    for (let at = 0; !this.#isOver; at += 1) {
      try {
        const answer = await node.call(tills, 'pay', at)
        const [who = '', amount] = answer.split(' ')
        assert.equal(amount, String(at))
        this.answers.set(who, (this.answers.get(who) ?? 0) + 1)
      } catch (thrown) {
        this.failures.push(`${node.name} ${at}: ${String(thrown)}`)
      }
      await new Promise((later) => setTimeout(later, 2))
    }
  }
}

const watched = eventName<RegistrarEvent>(REGISTRAR_EVENT)

const watcherOf = (told: RegistrarEvent[]) =>
  actor(protocol('watcher', {}), {
    init: () => ({}),
    started: (_state, context) => context.subscribe(watched),
    on: {},
    handleEvent: (_state, { message }) => void told.push(message as RegistrarEvent),
  })

export interface Begin {
  readonly name: string
  readonly registrar: Registrar
}

/** A node that serves, and calls from the moment on when it knows another one. */
export async function beginLife({ name, registrar }: Begin): Promise<Life> {
  const told: RegistrarEvent[] = []
  const till = actor(Till, { init: () => ({}), on: { pay: (_state, at) => `${name} ${at}` } })
  const node = await startNode(name, {
    logLevel: 'silent',
    handleSignals: false,
    network: { cookie: 'the cookie of the move', acceptors: [{ port: 0 }], registrar },
    applications: [application({ name: 'till', members: [{ name: 'till', start: till }] })],
  })
  node.spawn(watcherOf(told))
  const calls = new Calls()
  calls.begin(node)
  return { node, told, calls }
}

/** A life ends in order: nothing that it has taken is left undone. */
export async function endLife({ node, calls }: Life): Promise<void> {
  await calls.end()
  const { finished } = await node.drain({ deadlineMs: 10_000, quietMs: 100 })
  assert.equal(finished, true, `${node.name} has finished its work`)
}

/** Waits until something holds; a case that waits for ever is ended by its timeout. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((later) => setTimeout(later, 5))
}

/** All of them see that the others serve. */
export const knowEachOther = (lives: readonly Life[]): boolean =>
  lives.every(({ node }) => {
    const routes = node.cluster.applications('till')
    const ready = routes.filter((one) => one.state === 'running' && one.nodeState === 'up')
    return ready.length === lives.length - 1
  })

const APPLICATION_STORY = /^(loaded )?(starting )?(started )?(stopping )?(stopped )?(unloaded )?$/

/** What a node was told of each life of another one is a story with a beginning and one end. */
export function assertSane(told: readonly RegistrarEvent[]): void {
  const stories = new Map<string, string>()
  const add = (key: string, word: string): void => {
    stories.set(key, `${stories.get(key) ?? ''}${word} `)
  }
  const lives = new Map<string, number>()
  for (const event of told) {
    if (event.kind === 'node-joined') lives.set(event.node, event.creation)
    if ('creation' in event) {
      const cause = event.kind === 'node-left' ? `-${event.cause}` : ''
      add(`${event.node} ${event.creation}`, `${event.kind.slice('node-'.length)}${cause}`)
    } else if ('name' in event) {
      const life = lives.get(event.node) ?? 'before'
      add(`${event.name} ${event.node} ${life}`, event.kind.slice('application-'.length))
    }
  }
  for (const [key, story] of stories) {
    const isOfNode = key.split(' ').length === 2
    const usual = isOfNode ? /^(joined )?(leaving (left-left )?)?$/ : APPLICATION_STORY
    assert.match(story, usual, key)
  }
}
