/**
 * contract/identity: the addresses of Troupe: pid, ref, alias, event, registered name, node.
 *
 * Each is an interface and a value of the same name, told by `kind`, so that one decoded by
 * another copy of the library is as good as ours. Knows nothing of what lives behind them.
 *
 * @source ergo-features 1; OTP "Distributed Erlang" on creations
 */
import { printed } from './errors.js'
import type { AnyProtocol } from './protocol.js'
import type { ServiceOptions } from './service.js'

declare const speaks: unique symbol
declare const carries: unique symbol

/**
 * Address of one process, valid for one life of its node. `P` is the protocol it speaks, as far as
 * the compiler knows. A value that can be sent; compare with `Pid.equals`.
 *
 * @example const stock = await node.spawn(stockActor) // Pid<typeof Stock>
 * @source OTP "Processes"; ergo-features 1
 */
export interface Pid<P extends AnyProtocol = AnyProtocol> {
  readonly kind: 'pid'
  readonly node: string
  readonly id: number
  /** Birth of the node in milliseconds since 1970: tells an old life from a new one. */
  readonly creation: number
  readonly [speaks]?: P
}

/** Makes, tells, compares and prints pids; `Pid.format` gives `<node.id>`. */
export const Pid = Object.freeze({
  of: (node: string, id: number, creation: number): Pid =>
    Object.freeze({ kind: 'pid' as const, node, id, creation }),
  is: (value: unknown): value is Pid => isKind(value, 'pid'),
  /** True when both name the same process of the same life of a node. */
  equals: (left: Pid, right: Pid): boolean =>
    left === right ||
    (left.id === right.id && left.node === right.node && left.creation === right.creation),
  format: (pid: Pid): string => `<${pid.node}.${pid.id}>`,
})

/** A name for one occurrence: a monitor, a token. Made by what it names; compare by `id`. */
export interface Ref {
  readonly kind: 'ref'
  readonly node: string
  readonly id: number
  readonly creation: number
}

/** Makes, tells and prints refs. */
export const Ref = Object.freeze({
  // Not frozen: one is made for each monitor, and freezing costs more than all the rest of it.
  of: (node: string, id: number, creation: number): Ref => ({ kind: 'ref', node, id, creation }),
  is: (value: unknown): value is Ref => isKind(value, 'ref'),
  format: (ref: Ref): string => `#ref<${ref.node}.${ref.id}>`,
})

/**
 * A further address of a process, made by `createAlias` and deleted at run time; ends with its
 * owner. For an address that shall be taken back.
 *
 * @source OTP alias/0
 */
export interface Alias<P extends AnyProtocol = AnyProtocol> {
  readonly kind: 'alias'
  readonly node: string
  readonly id: number
  readonly creation: number
  readonly [speaks]?: P
}

/** Makes, tells and prints aliases. */
export const Alias = Object.freeze({
  of: (node: string, id: number, creation: number): Alias =>
    Object.freeze({ kind: 'alias' as const, node, id, creation }),
  is: (value: unknown): value is Alias => isKind(value, 'alias'),
  format: (alias: Alias): string => `#alias<${alias.node}.${alias.id}>`,
})

/**
 * A registered name at a node; survives the restarts of the process behind it. Made by
 * `processName`.
 */
export interface ProcessName<P extends AnyProtocol = AnyProtocol> {
  readonly kind: 'name'
  readonly name: string
  /** The node, or undefined for the node that uses it. */
  readonly node: string | undefined
  readonly [speaks]?: P
}

/** Tells and prints names. */
export const ProcessName = Object.freeze({
  is: (value: unknown): value is ProcessName => isKind(value, 'name'),
  format: (name: ProcessName): string =>
    name.node === undefined ? name.name : `${name.name}@(${name.node})`,
})

/**
 * A typed address by name: for what is restarted under the same name. Checks nothing: a name that
 * nobody has is told when it is used, as NAME_UNKNOWN.
 *
 * @example node.send(processName('counter', Counter), 'increment', { by: 1 })
 */
export function processName<P extends AnyProtocol>(
  name: string,
  _protocol?: P,
  node?: string,
): ProcessName<P> {
  return Object.freeze({ kind: 'name' as const, name, node })
}

/**
 * The address of a topic: its name and the node that owns it. `T` is what it carries. Made by
 * `eventName`.
 */
export interface EventName<T = unknown> {
  readonly kind: 'event'
  readonly name: string
  /** The node, or undefined for the node that uses it. */
  readonly node: string | undefined
  readonly [carries]?: T
}

/** Tells and prints names of topics. */
export const EventName = Object.freeze({
  is: (value: unknown): value is EventName => isKind(value, 'event'),
  format: (event: EventName): string =>
    event.node === undefined ? `event:${event.name}` : `event:${event.name}@(${event.node})`,
})

/**
 * A typed name of a topic: publishing and subscribing by it is checked by the compiler.
 *
 * @example const positions = eventName<Position>('positions')
 */
export function eventName<T>(name: string, node?: string): EventName<T> {
  return Object.freeze({ kind: 'event' as const, name, node })
}

/** A node as the target of a link or a monitor. Made by `NodeName.of`. */
export interface NodeName {
  readonly kind: 'node'
  readonly node: string
}

/** Makes and tells nodes as targets. */
export const NodeName = Object.freeze({
  of: (node: string): NodeName => Object.freeze({ kind: 'node' as const, node }),
  is: (value: unknown): value is NodeName => isKind(value, 'node'),
})

/**
 * An application on whatever nodes it runs, as one address. Made by `service`.
 */
export interface Service<P extends AnyProtocol = AnyProtocol> {
  readonly kind: 'service'
  /** Of the application. */
  readonly name: string
  readonly node: undefined
  readonly options: ServiceOptions
  readonly [speaks]?: P
}

/** Tells and prints services. */
export const Service = Object.freeze({
  is: (value: unknown): value is Service => isKind(value, 'service'),
  format: (service: Service): string => `service:${service.name}`,
})

/** Where a message can be sent; a bare string is a name registered on the own node. */
export type Address<P extends AnyProtocol = AnyProtocol> =
  | Pid<P>
  | Alias<P>
  | ProcessName<P>
  | Service<P>
  | string

/** What can be linked to and monitored. */
export type Target = Pid | Alias | ProcessName | EventName | NodeName

/** The printed form of any address or target, for logs and errors. */
export function formatTarget(target: Target | Address | Ref): string {
  if (typeof target === 'string') return target
  switch (target?.kind) {
    case 'pid':
      return Pid.format(target)
    case 'ref':
      return Ref.format(target)
    case 'alias':
      return Alias.format(target)
    case 'name':
      return ProcessName.format(target)
    case 'event':
      return EventName.format(target)
    case 'node':
      return target.node
    case 'service':
      return Service.format(target)
    default:
      // Untyped callers and other nodes may give anything as an address.
      return printed(target)
  }
}

function isKind(value: unknown, kind: string): boolean {
  if (typeof value !== 'object' || value === null) return false
  try {
    return 'kind' in value && value.kind === kind
  } catch {
    // A proxy that refuses to be looked at is no address.
    return false
  }
}
