/**
 * etcd/test/portable/cluster-program: a small cluster as a user writes it, whatever its registrar.
 *
 * Three nodes come, tell each other of an application, answer calls by its name, follow the
 * configuration and go. It is given a registrar and nothing else that could tell which one it is.
 */
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

/** What differs between one registrar and another. */
export interface Surroundings {
  /** One for each node. */
  registrar(): Registrar
  /** As an operator does it, for all nodes. */
  setConfig(item: string, value: string): Promise<void>
}

const Greeter = protocol('greeter', { greet: request<string, string>() })
const greeter = actor(Greeter, {
  on: { greet: (_state, name, context) => `${name} from ${short(context.node)}` },
})
const greeting = application({ name: 'greeting', members: [{ name: 'greeting', start: greeter }] })

const short = (node: string): string => node.split('-')[0] ?? node

/** What a program says about its cluster, as its user would write it down. */
function wordOf(event: RegistrarEvent): string | undefined {
  switch (event.kind) {
    case 'node-joined':
      return `${short(event.node)} has joined`
    case 'node-leaving':
      return `${short(event.node)} is leaving`
    case 'node-left':
      return `${short(event.node)} has left: ${event.cause}`
    case 'application-started':
    case 'application-changed':
      return `${event.name} at ${short(event.node)} weighs ${event.weight}`
    case 'application-unloaded':
      return `${event.name} is no longer at ${short(event.node)}`
    case 'config-updated':
      return `${event.item} was ${event.before} and is ${event.value}`
    case 'config-invalid':
      return `${event.item} cannot be read`
    default:
      return undefined
  }
}

/** All that one node is told, and the wait for it. */
class Diary {
  readonly words: string[] = []
  readonly #waiting = new Map<string, () => void>()

  take(event: RegistrarEvent): void {
    const word = wordOf(event)
    if (word === undefined) return
    this.words.push(word)
    this.#waiting.get(word)?.()
  }

  until(word: string): Promise<void> {
    if (this.words.includes(word)) return Promise.resolve()
    return new Promise((resolve) => this.#waiting.set(word, resolve))
  }
}

const reader = actor(protocol('reader', {}), {
  init: (diary: Diary) => diary,
  started: (_diary, context) => context.subscribe(eventName(REGISTRAR_EVENT)),
  on: {},
  handleEvent: (diary, { message }) => diary.take(message as RegistrarEvent),
})

/** Plays it once; gives what its first node was told, and what was answered. */
export async function playCluster(
  mark: string,
  { registrar, setConfig }: Surroundings,
): Promise<readonly string[]> {
  const nodes: Node[] = []
  const begin = async (name: string): Promise<Node> => {
    const node = await startNode(`${name}-${mark}@localhost`, {
      logLevel: 'silent',
      network: {
        ...{ cookie: `a cookie of ${mark} alone`, acceptors: [{ port: 0 }], unixSocket: false },
        registrar: registrar(),
      },
    })
    nodes.push(node)
    return node
  }
  try {
    return await play(await begin('front'), begin, setConfig)
  } finally {
    for (const node of nodes.reverse()) await node.stop()
  }
}

async function play(
  front: Node,
  begin: (name: string) => Promise<Node>,
  setConfig: Surroundings['setConfig'],
): Promise<readonly string[]> {
  const diary = new Diary()
  await front.spawn(reader, { args: [diary] })
  const shop = await begin('shop')
  shop.loadApplication(greeting)
  await shop.startApplication('greeting')
  await diary.until('greeting at shop weighs 100')
  const address = service('greeting', Greeter)
  const answers = [await front.call(address, 'greet', 'good day')]
  const store = await begin('store')
  store.loadApplication(greeting)
  await store.startApplication('greeting')
  await diary.until('greeting at store weighs 100')
  shop.changeApplication('greeting', { weight: 0 })
  await diary.until('greeting at shop weighs 0')
  answers.push(await front.call(address, 'greet', 'good evening'))
  await setConfig('limit', 'int:5')
  await diary.until('limit was undefined and is 5')
  await setConfig('limit', 'int:many')
  await diary.until('limit cannot be read')
  await setConfig('limit', 'int:6')
  await diary.until('limit was 5 and is 6')
  answers.push(`limit ${front.cluster.configItem('limit', 1)}`)
  await shop.stop()
  await diary.until('shop has left: left')
  answers.push(`known: ${front.cluster.nodes().map(({ node }) => short(node))}`)
  return [...diary.words, ...answers]
}
