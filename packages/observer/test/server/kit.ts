/** server/kit: an Observer over nodes of one program, asked over real HTTP. */
import type { TestContext } from 'node:test'
import { type ObserverOptions, startObserver } from '@troupe/observer'
import { type Node, type NodeOptions, startNode } from 'troupe'

const COOKIE = 'a-cookie-of-these-tests'

/** Nodes of one program, each known to the first; all stop with the test. */
export async function nodesOf(
  t: TestContext,
  names: readonly string[],
  options: NodeOptions = {},
): Promise<readonly Node[]> {
  const nodes: Node[] = []
  t.after(() => Promise.all(nodes.map((node) => node.stop({ timeoutMs: 1_000 }))))
  for (const name of names) {
    const acceptors = [{ port: 0 }]
    const alone = { registrar: 'none', unixSocket: false } as const
    const network = { cookie: COOKIE, acceptors, ...alone, ...options.network }
    const given = { logSinks: [], handleSignals: false, ...options }
    nodes.push(await startNode(name, { ...given, network }))
  }
  return nodes
}

/** What a viewer of an Observer does. */
export class Browser {
  readonly url: string
  cookie = ''
  csrf = ''

  constructor(url: string) {
    this.url = url
  }

  get headers(): Record<string, string> {
    return this.cookie === '' ? {} : { cookie: this.cookie }
  }

  fetch(path: string, init: RequestInit & { headers?: Record<string, string> } = {}) {
    const headers = { ...this.headers, ...init.headers }
    return fetch(`${this.url}${path}`, { redirect: 'manual', ...init, headers })
  }

  async json(path: string): Promise<[status: number, body: unknown]> {
    const response = await this.fetch(path)
    this.#keep(response)
    return [response.status, await response.json()]
  }

  /** Posts JSON with all that our own page sends. */
  async post(path: string, body: unknown): Promise<[status: number, body: unknown]> {
    const headers = { 'content-type': 'application/json', 'x-troupe-csrf': this.csrf }
    const response = await this.fetch(path, { method: 'POST', body: JSON.stringify(body), headers })
    this.#keep(response)
    const text = await response.text()
    return [response.status, text === '' ? undefined : JSON.parse(text)]
  }

  /** Asks who it is, and keeps what it needs to post. */
  async session(): Promise<Record<string, unknown>> {
    const [, body] = await this.json('/api/session')
    const session = body as Record<string, unknown>
    this.csrf = String(session['csrf'])
    return session
  }

  #keep(response: Response): void {
    const cookie = response.headers.get('set-cookie')
    if (cookie !== null) this.cookie = cookie.split(';')[0] ?? ''
  }
}

/** A node of its own with an Observer on a free port, and a browser. */
export async function observed(
  t: TestContext,
  options: ObserverOptions = {},
  nodeOptions: NodeOptions = {},
) {
  const [node] = await nodesOf(t, ['a@localhost'], nodeOptions)
  const observer = await startObserver(node as Node, { port: 0, ...options })
  const browser = new Browser(observer.addresses[0] as string)
  return { node: node as Node, observer, browser }
}

/** Two nodes that are connected, an Observer on the first, and a browser with a session. */
export async function twoNodes(t: TestContext) {
  const [a, b] = (await nodesOf(t, ['a@localhost', 'b@localhost'])) as [Node, Node]
  const [at] = b.network.listening
  // Whoever looks has to know the way; a registrar would tell it.
  a.network.addRoute({ match: 'b@localhost', address: `tcp://127.0.0.1:${at?.port}` })
  await a.network.connect('b@localhost')
  const { addresses } = await startObserver(a, { port: 0 })
  const browser = new Browser(addresses[0] as string)
  await browser.session()
  return { a, b, browser }
}

/** The sheet of the cluster as soon as each of its nodes has answered, or is known not to. */
export async function clusterSheet(browser: Browser): Promise<Record<string, unknown>> {
  for (;;) {
    const [status, body] = await browser.json('/api/cluster')
    const sheet = body as Record<string, unknown>
    const nodes = sheet['nodes'] as readonly { readonly state: string }[]
    if (status !== 200 || nodes.every(({ state }) => state !== 'looking')) return sheet
  }
}

/** One stream as its browser reads it. */
export class Listener {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>
  readonly #decoder = new TextDecoder()
  #text = ''

  constructor(response: Response) {
    this.#reader = (response.body as ReadableStream<Uint8Array>).getReader()
  }

  /** The next event; undefined: it is over. */
  async next(): Promise<Record<string, unknown> | undefined> {
    for (;;) {
      const at = this.#text.indexOf('\n\n')
      if (at >= 0) {
        const event = this.#text.slice(0, at)
        this.#text = this.#text.slice(at + 2)
        if (event.startsWith('data: ')) return JSON.parse(event.slice(6))
        continue
      }
      const { done, value } = await this.#reader.read()
      if (done) return undefined
      this.#text += this.#decoder.decode(value, { stream: true })
    }
  }

  /** The next event of this kind. */
  async until(kind: string): Promise<Record<string, unknown>> {
    for (;;) {
      const event = await this.next()
      if (event === undefined) return { kind: 'over' }
      if (event['kind'] === kind) return event
    }
  }

  close(): Promise<void> {
    return this.#reader.cancel()
  }
}

/** Opens a stream of this browser that is told these subjects. */
export async function streamOf(browser: Browser, subjects: readonly string[]) {
  const listener = new Listener(await browser.fetch('/api/stream'))
  const hello = await listener.until('hello')
  const id = String(hello['stream'])
  const [status] = await browser.post(`/api/stream/${id}`, { subjects })
  return { listener, id, status }
}
