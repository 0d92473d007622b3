/** What the tests of all ports share: a node, patience, and a reader that notes what it is told. */
import type { TestContext } from 'node:test'
import { type Node, startNode } from 'troupe'
import type { VirtualClock } from 'troupe/testing'

/** A node that ends with its test and says nothing. */
export async function startedAs(t: TestContext, name: string): Promise<Node> {
  const node = await startNode(`${name}@localhost`, { handleSignals: false, logSinks: [] })
  t.after(() => node.stop())
  return node
}

/** Longer than any of these tests should wait for anything. */
export const UNTIL_MS_MAX = 20_000

/** Turns the event loop until it is so, and fails when it never is. */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  const startMs = performance.now()
  while (!(await isSo())) {
    const isLate = performance.now() - startMs > UNTIL_MS_MAX
    if (isLate) throw new Error(`never became true: ${String(isSo)}`)
    await new Promise((resolve) => setImmediate(resolve))
  }
}

/** What a promise gives while time passes on this clock, whatever real sockets have to carry. */
export async function passing<T>(clock: VirtualClock, promise: Promise<T>): Promise<T> {
  let isOver = false
  const over = (): void => {
    isOver = true
  }
  promise.then(over, over)
  await until(async () => {
    if (!isOver) await clock.advance(10)
    return isOver
  })
  return promise
}

/** What readers of connections were told, in order. */
export interface Notes<Connected, Disconnected> {
  readonly connected: Connected[]
  readonly disconnected: Disconnected[]
  /** All of it, one word each: `connected`, `again`, what came, the word of an end. */
  readonly all: string[]
  /** Who was told, by the number of the reader. */
  readonly by: number[]
}

export const noNotes = <C, D>(): Notes<C, D> => ({
  connected: [],
  disconnected: [],
  all: [],
  by: [],
})

/** Notes who comes and goes as the reader of this number; `heard` notes the rest. */
export function noting<C extends { readonly again: boolean }, D extends { readonly end: string }>(
  notes: Notes<C, D>,
  number: number,
) {
  const heard = (word: string): void => {
    notes.all.push(word)
    notes.by.push(number)
  }
  return {
    heard,
    handlers: {
      connected(_state: unknown, connected: C): void {
        notes.connected.push(connected)
        heard(connected.again ? 'again' : 'connected')
      },
      disconnected(_state: unknown, disconnected: D): void {
        notes.disconnected.push(disconnected)
        heard(disconnected.end)
      },
    },
  }
}

/** The connection that a reader was told of. */
export function connectionIn<T>(notes: Notes<{ readonly connection: T }, unknown>, at = 0): T {
  const connected = notes.connected[at]
  if (connected === undefined) throw new RangeError(`nobody was told of connection ${at}`)
  return connected.connection
}
