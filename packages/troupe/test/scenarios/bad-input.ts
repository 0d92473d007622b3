/**
 * What must hold after anything bad has happened to a node, and values that are bad.
 */
import assert from 'node:assert/strict'
import { type Account, actor, type Node, protocol, request, TroupeError } from 'troupe'
import type { TestNode } from 'troupe/testing'

const Echo = protocol('echo', { ask: request<number, number>() })
const echo = actor(Echo, { on: { ask: (_state, value) => value } })

const sum = (counts: Account['dropped']): number =>
  Object.values(counts).reduce((total, count) => total + count, 0)

/** Every message is somewhere, and in one place only. */
export function accountCloses(node: Node): void {
  const { sent, handled, waiting, handling, dropped } = node.account()
  const told = `sent ${sent}, ${handled} handled, ${waiting} waiting, ${handling} handling`
  assert.equal(handled + waiting + handling + sum(dropped), sent, `the account: ${told}`)
}

/** The node answers, its account closes and its census is right. */
export async function lives({ node, clock }: TestNode): Promise<void> {
  await clock.settle()
  const pid = await node.spawn(echo)
  assert.equal(await node.call(pid, 'ask', 7), 7)
  node.kill(pid)
  await clock.settle()
  accountCloses(node)
  const { processes, spawned, ended } = node.info()
  const unborn = node.processes().filter((one) => node.processInfo(one)?.state === 'init').length
  assert.equal(processes - unborn, spawned - ended, 'processes are those spawned and not ended')
}

/** The code a promise rejects with, or `fine`; what is not coded is told as it is. */
export const codeOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'fine',
    (error: unknown) => (TroupeError.is(error) ? error.code : `not coded: ${String(error)}`),
  )

/** The code that a function throws, or `fine`; what is not coded is told as it is. */
export function codeThrown(run: () => unknown): string {
  try {
    run()
    return 'fine'
  } catch (error) {
    return TroupeError.is(error) ? error.code : `not coded: ${String(error)}`
  }
}

/** `CODE option` of what a promise rejects with. */
export async function optionOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise
    return 'fine'
  } catch (error) {
    return toldOption(error)
  }
}

/** `CODE option` of what a function throws. */
export function optionThrown(run: () => unknown): string {
  try {
    run()
    return 'fine'
  } catch (error) {
    return toldOption(error)
  }
}

function toldOption(error: unknown): string {
  if (!TroupeError.is(error)) return `not coded: ${String(error)}`
  return TroupeError.is(error, 'OPTION_INVALID')
    ? `${error.code} ${error.detail.option}`
    : error.code
}

const refuse = (): never => {
  throw new Error('do not touch me')
}

/** A proxy each of whose traps throws. */
export const hostileProxy = (): object =>
  new Proxy(
    {},
    {
      get: refuse,
      set: refuse,
      has: refuse,
      ownKeys: refuse,
      getPrototypeOf: refuse,
      setPrototypeOf: refuse,
      isExtensible: refuse,
      preventExtensions: refuse,
      getOwnPropertyDescriptor: refuse,
      defineProperty: refuse,
      deleteProperty: refuse,
    },
  )

/** A proxy that has been revoked: nothing can be asked of it. */
export function revokedProxy(): object {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  return proxy
}

/** An error that does not let itself be told. */
export function untellableError(): Error {
  return Object.defineProperties(new Error('x'), {
    name: { get: refuse },
    message: { get: refuse },
    stack: { get: refuse },
  })
}

/** Values that nobody expects to be thrown. */
export const HOSTILE_THROWN: readonly (readonly [string, () => unknown])[] = [
  ['undefined', () => undefined],
  ['null', () => null],
  ['a symbol', () => Symbol('thrown')],
  ['a bigint', () => 10n],
  ['a function', () => refuse],
  ['an object without a prototype', () => Object.create(null)],
  ['an object that holds itself', selfHolding],
  ['an object whose toJSON and toString throw', () => ({ toJSON: refuse, toString: refuse })],
  ['an error whose message throws', untellableError],
  ['an error whose message is a symbol', () => Object.assign(new Error(), { message: Symbol() })],
  ['a proxy that refuses everything', hostileProxy],
  ['a revoked proxy', revokedProxy],
  ['a thenable', () => Object.defineProperty({}, 'then', { value: refuse })],
]

export function selfHolding(): Record<string, unknown> {
  const value: Record<string, unknown> = {}
  value['self'] = value
  return value
}
